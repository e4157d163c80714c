"""Rules about the plan as a whole: one primary worker, groups, co-workers, moves, pins."""

from collections.abc import Iterator, Sequence

from domain.allocation.problem import AllocationProblem, CaseNeed, Plan
from domain.allocation.rules.pairs import LOCAL
from domain.allocation.rules.rule import plan_rule
from domain.identifiers import GroupId


@plan_rule(
    "one_primary",
    "primary worker",
    "A case has at most one primary worker, and a case that may move keeps one.",
    "Working Together to Safeguard Children: one lead practitioner for a child",
)
def one_primary(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check that the plan speaks of this problem's cases and workers, and drops nobody's case."""
    for case_id, worker_id in [*plan.primary.items(), *plan.co_worker.items()]:
        if case_id not in problem.case_index:
            yield f"{case_id} is not waiting and was not asked to move", case_id
        if worker_id not in problem.worker_index:
            yield f"{worker_id} is not a worker here", worker_id
    for case in problem.cases:
        if case.current_worker_id is not None and case.case_id not in plan.primary:
            yield f"{case.case_id} has a worker and would lose them without another", case.case_id


def grouped(cases: Sequence[CaseNeed], by: str) -> dict[GroupId, list[CaseNeed]]:
    """Give the groups of two and more among the cases, by `sibling_group` or `peer_group`."""
    groups: dict[GroupId, list[CaseNeed]] = {}
    for case in cases:
        group: GroupId | None = getattr(case, by)
        if group is not None:
            groups.setdefault(group, []).append(case)
    return {group: members for group, members in groups.items() if len(members) > 1}


@plan_rule("siblings_together", "siblings stay together", "Siblings who are allocated go to one worker.", LOCAL)
def siblings_together(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check that each sibling group's allocated cases share a worker."""
    for group, members in grouped(problem.cases, "sibling_group").items():
        workers = {plan.primary[case.case_id] for case in members if case.case_id in plan.primary}
        if len(workers) > 1:
            yield f"siblings of group {group} would have {len(workers)} workers", group


@plan_rule("peers_apart", "peers stay apart", "Young people of one peer group go to different workers.", LOCAL)
def peers_apart(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check that no worker takes two cases of one peer group."""
    for group, members in grouped(problem.cases, "peer_group").items():
        workers = [plan.primary[case.case_id] for case in members if case.case_id in plan.primary]
        if len(workers) != len(set(workers)):
            yield f"two young people of peer group {group} would share a worker", group


@plan_rule("co_worker_required", "no co-worker", "A case of the highest risk is worked by two.", LOCAL)
def co_worker_required(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check that an allocated case that needs a co-worker has one, another person, and that no other case has."""
    for case in problem.cases:
        primary, co_worker = plan.primary.get(case.case_id), plan.co_worker.get(case.case_id)
        wanted = case.needs_co_worker and primary is not None
        if wanted and co_worker is None:
            yield f"{case.case_id} would have no co-worker", case.case_id
        elif not wanted and co_worker is not None:
            yield f"{case.case_id} would have a co-worker that it does not need", case.case_id
        elif co_worker is not None and co_worker == primary:
            yield f"{case.case_id} would have {primary} in both roles", case.case_id


@plan_rule(
    "moves_allowed",
    "no moves",
    "Held cases stay where they are, but for the moves asked for.",
    "Relationships first (docs/adr)",
)
def moves_allowed(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check the number of held cases that change worker."""
    moved = moves(problem, plan)
    if moved > problem.caps.moves_allowed:
        yield f"{moved} held cases would move; {problem.caps.moves_allowed} may", ""


def moves(problem: AllocationProblem, plan: Plan) -> int:
    """Count the held cases that change worker [case]."""
    return sum(
        case.current_worker_id is not None
        and plan.primary.get(case.case_id, case.current_worker_id) != case.current_worker_id
        for case in problem.cases
    )


@plan_rule(
    "pinned_pair", "fixed by a manager", "A pair that a manager has fixed stays.", "The manager's own instruction"
)
def pinned_pair(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check that every pinned pair is in the plan."""
    for case_id, worker_id in sorted(problem.pinned):
        if plan.primary.get(case_id) != worker_id:
            yield f"{case_id} is fixed to {worker_id} and would not go there", case_id


PLAN_RULES = (one_primary, siblings_together, peers_apart, co_worker_required, moves_allowed, pinned_pair)
