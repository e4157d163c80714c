"""Rules about one worker and one case: whether this person may take it at all."""

from domain.allocation.problem import AllocationProblem, Candidate, CaseNeed
from domain.allocation.rules.rule import pair_rule
from domain.vocabulary import AssignmentRole

LOCAL = "Local allocation policy (the policy set in force)"


@pair_rule(
    "hours_known",
    "hours not recorded",
    "A worker whose hours are not recorded is not proposed.",
    "Unknown is never zero (docs/adr)",
)
def hours_known(_: AllocationProblem, worker: Candidate, case: CaseNeed, role: AssignmentRole) -> str | None:
    """Refuse where there is no capacity figure: free is the most dangerous wrong answer."""
    del case, role
    return f"the hours of {worker.worker_id} are not recorded" if worker.capacity is None else None


@pair_rule("at_work", "away", "A worker who is away takes no new case.", LOCAL)
def at_work(_: AllocationProblem, worker: Candidate, case: CaseNeed, role: AssignmentRole) -> str | None:
    """Refuse a worker who is absent, or who has no working day within the horizon."""
    del case, role
    return f"{worker.worker_id} is away" if worker.away or worker.capacity == 0 else None


@pair_rule(
    "role_holds_cases",
    "role holds no cases",
    "Only roles that hold cases are given one, as primary worker or as co-worker.",
    LOCAL,
)
def role_holds_cases(
    problem: AllocationProblem,
    worker: Candidate,
    case: CaseNeed,
    role: AssignmentRole,
) -> str | None:
    """Refuse a known role outside the policy's list; an unknown role is judged by the cases it holds, not refused."""
    del case
    primary = role is AssignmentRole.PRIMARY
    allowed = problem.caps.primary_roles if primary else problem.caps.co_worker_roles
    if worker.role is None or worker.role in allowed:
        return None
    return f"{worker.worker_id} is a {worker.role.value.replace('_', ' ')}, a role that {'holds' if primary else 'co-works'} no cases"


@pair_rule(
    "conflict_of_interest",
    "conflict of interest",
    "A worker with a conflict of interest does not work the case.",
    "Professional standards",
)
def conflict_of_interest(
    _: AllocationProblem,
    worker: Candidate,
    case: CaseNeed,
    role: AssignmentRole,
) -> str | None:
    """Refuse a worker with a conflict of interest on record."""
    del role
    return f"{worker.worker_id} has a conflict of interest" if worker.worker_id in case.conflicts else None


@pair_rule("team_takes_case", "another team's case", "A case goes to a worker of a team that may take it.", LOCAL)
def team_takes_case(_: AllocationProblem, worker: Candidate, case: CaseNeed, role: AssignmentRole) -> str | None:
    """Refuse a worker of no such team, where the case names teams."""
    del role
    if not case.teams or worker.team_id in case.teams:
        return None
    return f"{worker.worker_id} is in no team that may take it"


@pair_rule("skills", "skill missing", "A case goes to a worker who has the skills it needs.", LOCAL)
def skills(_: AllocationProblem, worker: Candidate, case: CaseNeed, role: AssignmentRole) -> str | None:
    """Refuse a primary worker who lacks a needed skill; a co-worker may complement."""
    lacking = sorted(case.needs - worker.skills)
    if role is AssignmentRole.CO_WORKER or not lacking:
        return None
    return f"{worker.worker_id} has not {', '.join(lacking)}"


@pair_rule("peers_held", "holds a peer's case", "Young people of one peer group have different workers.", LOCAL)
def peers_held(_: AllocationProblem, worker: Candidate, case: CaseNeed, role: AssignmentRole) -> str | None:
    """Refuse a worker who holds another case of the same peer group."""
    if role is AssignmentRole.CO_WORKER or case.peer_group is None or case.peer_group not in worker.peer_groups:
        return None
    return f"{worker.worker_id} holds a case of the same peer group"


@pair_rule("not_held_twice", "on the case already", "A worker is on a case in one role only.", LOCAL)
def not_held_twice(_: AllocationProblem, worker: Candidate, case: CaseNeed, role: AssignmentRole) -> str | None:
    """Refuse somebody who co-works the case already: making them primary is a handover, done by hand."""
    del role
    return f"{worker.worker_id} co-works this case already" if worker.worker_id in case.co_workers else None


@pair_rule(
    "forbidden_pair",
    "ruled out by a manager",
    "A pair that a manager has ruled out stays out.",
    "The manager's own instruction",
)
def forbidden_pair(
    problem: AllocationProblem,
    worker: Candidate,
    case: CaseNeed,
    role: AssignmentRole,
) -> str | None:
    """Refuse a forbidden pair."""
    del role
    ruled_out = (case.case_id, worker.worker_id) in problem.forbidden
    return f"{worker.worker_id} was ruled out for this case" if ruled_out else None


PAIR_RULES = (
    hours_known,
    at_work,
    role_holds_cases,
    conflict_of_interest,
    team_takes_case,
    skills,
    peers_held,
    not_held_twice,
    forbidden_pair,
)
