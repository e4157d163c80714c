"""The same problem with one rule left out: the data on which the rule rests are set so that it can refuse nothing.

Every method of solving then does without the rule, and whoever reads the problem sees what was assumed.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from domain.allocation import AllocationProblem, Candidate, CaseNeed
from domain.identifiers import GroupId
from domain.vocabulary import Role

ASSUMED_CAPACITY = 100.0
"""Capacity [lp] at which a worker whose hours are not recorded is taken where that rule is left out: full time."""

NEVER_LEFT_OUT = frozenset({"one_primary"})
"""That a case has at most one primary worker is what a plan is, not a limit on it."""


def left_out(problem: AllocationProblem, codes: Iterable[str]) -> AllocationProblem:
    """Give the problem without these rules."""
    for code in sorted(codes):
        problem = LEFT_OUT[code](problem)
    return problem


def _hours_known(problem: AllocationProblem) -> AllocationProblem:
    return _workers(problem, lambda one: replace(one, capacity=ASSUMED_CAPACITY) if one.capacity is None else one)


def _at_work(problem: AllocationProblem) -> AllocationProblem:
    """Take everybody as at work; who has no capacity left at all is taken at full time, as nothing else is known."""
    return _workers(
        problem, lambda one: replace(one, away=False, capacity=ASSUMED_CAPACITY if one.capacity == 0 else one.capacity)
    )


def _role_holds_cases(problem: AllocationProblem) -> AllocationProblem:
    anybody = frozenset(Role)
    return replace(problem, caps=replace(problem.caps, primary_roles=anybody, co_worker_roles=anybody))


def _conflict_of_interest(problem: AllocationProblem) -> AllocationProblem:
    return _cases(problem, lambda case: replace(case, conflicts=frozenset()))


def _team_takes_case(problem: AllocationProblem) -> AllocationProblem:
    return _cases(problem, lambda case: replace(case, teams=frozenset()))


def _skills(problem: AllocationProblem) -> AllocationProblem:
    return _cases(problem, lambda case: replace(case, needs=frozenset()))


def _peers_held(problem: AllocationProblem) -> AllocationProblem:
    return _workers(problem, lambda one: replace(one, peer_groups=frozenset()))


def _not_held_twice(problem: AllocationProblem) -> AllocationProblem:
    return _cases(problem, lambda case: replace(case, co_workers=frozenset()))


def _forbidden_pair(problem: AllocationProblem) -> AllocationProblem:
    return replace(problem, forbidden=frozenset())


def _caseload_cap(problem: AllocationProblem) -> AllocationProblem:
    return _workers(problem, lambda one: replace(one, caseload_cap=one.caseload + len(problem.cases)))


def _caseload_minimum(problem: AllocationProblem) -> AllocationProblem:
    return _workers(problem, lambda one: replace(one, caseload_minimum=0))


def _new_cases_cap(problem: AllocationProblem) -> AllocationProblem:
    return _workers(problem, lambda one: replace(one, new_cases_cap=None))


def _high_risk_cap(problem: AllocationProblem) -> AllocationProblem:
    return _workers(problem, lambda one: replace(one, high_risk_cap=one.high_risk + len(problem.cases)))


def _harm_type_cap(problem: AllocationProblem) -> AllocationProblem:
    def uncapped(one: Candidate) -> Candidate:
        return replace(one, harm_type_cap=max(one.by_harm.values(), default=0) + len(problem.cases))

    return _workers(problem, uncapped)


def _harm_type_share(problem: AllocationProblem) -> AllocationProblem:
    most_held = max((held for one in problem.workers for held in one.by_harm.values()), default=0)
    size = most_held + len(problem.cases)
    return replace(problem, caps=replace(problem.caps, harm_type_share=1.0, harm_type_share_from=max(size, 1)))


def _one_area(problem: AllocationProblem) -> AllocationProblem:
    return replace(problem, caps=replace(problem.caps, one_area=False))


def _protected_hours(problem: AllocationProblem) -> AllocationProblem:
    cases, workers = range(len(problem.cases)), range(len(problem.workers))
    if problem.hours is None:
        most = sum(case.hours for case in problem.cases)
    else:
        most = sum(max((problem.hours_of(c, w) for w in workers), default=0.0) for c in cases)
    return _workers(problem, lambda one: replace(one, hours_available=one.hours_taken + 2 * most + 1.0))


def _load_limit(problem: AllocationProblem) -> AllocationProblem:
    return replace(problem, caps=replace(problem.caps, load_limit=None))


def _siblings_together(problem: AllocationProblem) -> AllocationProblem:
    """Let each sibling count alone; whoever holds one of the group still knows them all."""
    return _each_in_a_group_of_its_own(problem, "sibling_group", "sibling_groups")


def _peers_apart(problem: AllocationProblem) -> AllocationProblem:
    """Let each of the waiting peers count alone; a peer's case that somebody holds still keeps the others from them."""
    return _each_in_a_group_of_its_own(problem, "peer_group", "peer_groups")


def _co_worker_required(problem: AllocationProblem) -> AllocationProblem:
    return _cases(problem, lambda case: replace(case, needs_co_worker=False))


def _moves_allowed(problem: AllocationProblem) -> AllocationProblem:
    return replace(problem, caps=replace(problem.caps, moves_allowed=len(problem.cases)))


def _pinned_pair(problem: AllocationProblem) -> AllocationProblem:
    return replace(problem, pinned=frozenset())


def _workers(problem: AllocationProblem, change: Callable[[Candidate], Candidate]) -> AllocationProblem:
    return replace(problem, workers=tuple(change(one) for one in problem.workers))


def _cases(problem: AllocationProblem, change: Callable[[CaseNeed], CaseNeed]) -> AllocationProblem:
    return replace(problem, cases=tuple(change(one) for one in problem.cases))


def _each_in_a_group_of_its_own(problem: AllocationProblem, of_case: str, of_worker: str) -> AllocationProblem:
    own: dict[GroupId, set[GroupId]] = {}
    cases = []
    for case in problem.cases:
        group: GroupId | None = getattr(case, of_case)
        alone = None if group is None else GroupId(f"{group}/{case.case_id}")
        if group is not None and alone is not None:
            own.setdefault(group, set()).add(alone)
        cases.append(replace(case, **{of_case: alone}))  # type: ignore[arg-type]
    workers = []
    for worker in problem.workers:
        held: frozenset[GroupId] = getattr(worker, of_worker)
        theirs = held.union(*(own.get(group, set()) for group in held))
        workers.append(replace(worker, **{of_worker: theirs}))  # type: ignore[arg-type]
    return replace(problem, cases=tuple(cases), workers=tuple(workers))


LEFT_OUT: dict[str, Callable[[AllocationProblem], AllocationProblem]] = {
    "hours_known": _hours_known,
    "at_work": _at_work,
    "role_holds_cases": _role_holds_cases,
    "conflict_of_interest": _conflict_of_interest,
    "team_takes_case": _team_takes_case,
    "skills": _skills,
    "peers_held": _peers_held,
    "not_held_twice": _not_held_twice,
    "forbidden_pair": _forbidden_pair,
    "caseload_cap": _caseload_cap,
    "caseload_minimum": _caseload_minimum,
    "new_cases_cap": _new_cases_cap,
    "high_risk_cap": _high_risk_cap,
    "harm_type_cap": _harm_type_cap,
    "harm_type_share": _harm_type_share,
    "one_area": _one_area,
    "protected_hours": _protected_hours,
    "load_limit": _load_limit,
    "siblings_together": _siblings_together,
    "peers_apart": _peers_apart,
    "co_worker_required": _co_worker_required,
    "moves_allowed": _moves_allowed,
    "pinned_pair": _pinned_pair,
}
"""Rule code to the problem without it; a test holds it against the rules."""
