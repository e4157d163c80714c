"""What would have to change for a rule to stand in nobody's way: one plain clause for every rule."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from domain.allocation import AllocationProblem, Candidate, CaseNeed, Plan
from domain.allocation.rules.caseloads import hours_placed, placed_on, with_harm
from domain.allocation.score import high_load_ratio
from domain.rejection import Rejection
from domain.vocabulary import HarmType


@dataclass(frozen=True, slots=True)
class Hurdle:
    """A rule in the way: which, about whom, what it says, and what would have to change."""

    code: str
    subject: str | None
    reason: str
    change: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """What the clauses speak of: a case that a worker would take, and the plan then."""

    problem: AllocationProblem
    plan: Plan
    case: CaseNeed
    worker: Candidate

    @property
    def placed(self) -> tuple[CaseNeed, ...]:
        return placed_on(self.problem, self.plan, self.worker)


def hurdle(problem: AllocationProblem, plan: Plan, case: CaseNeed, worker: Candidate, rejection: Rejection) -> Hurdle:
    """Put a refusal with what would have to change; `plan` is what the worker would hold with the case."""
    subject = problem.worker(worker.worker_id)
    if rejection.subject in problem.worker_index:  # a caseload rule may be about whoever loses the case
        subject = next(one for one in problem.workers if one.worker_id == rejection.subject)
    told = CLAUSES[rejection.code](_Pair(problem, plan, case, subject))
    return Hurdle(rejection.code, rejection.subject, rejection.reason, told)


def _skills(pair: _Pair) -> str:
    return f"{pair.worker.worker_id} would need {', '.join(sorted(pair.case.needs - pair.worker.skills))}"


def _team(pair: _Pair) -> str:
    team = pair.worker.team_id
    if team is None:
        return f"{pair.worker.worker_id} would have to be in a team that may take {pair.case.case_id}"
    return f"{pair.case.case_id} would have to be open to team {team}"


def _role(pair: _Pair) -> str:
    role = "" if pair.worker.role is None else pair.worker.role.value.replace("_", " ")
    return f"the policy would have to let the role of {role} hold cases"


def _caseload_cap(pair: _Pair) -> str:
    return _cap(pair, "caseload cap", pair.worker.caseload + len(pair.placed), pair.worker.caseload_cap)


def _high_risk_cap(pair: _Pair) -> str:
    placed = sum(case.is_high_risk for case in pair.placed)
    return _cap(pair, "cap on high-risk cases", pair.worker.high_risk + placed, pair.worker.high_risk_cap)


def _new_cases_cap(pair: _Pair) -> str:
    new = sum(case.current_worker_id != pair.worker.worker_id for case in pair.placed)
    return _cap(pair, "most new cases in one round", new, pair.worker.new_cases_cap or 0)


def _harm_type_cap(pair: _Pair) -> str:
    return _cap(pair, "cap on cases of one harm type", max(_harms(pair).values()), pair.worker.harm_type_cap)


def _harm_type_share(pair: _Pair) -> str:
    size = max(pair.worker.caseload + len(pair.placed), pair.problem.caps.harm_type_share_from)
    needed = ceil(100 * max(_harms(pair).values()) / size)
    share = pair.problem.caps.harm_type_share
    whose = f"for {pair.worker.worker_id}" if pair.placed else "for them"
    return f"the largest share of one harm type would have to be {needed}% instead of {share:.0%} {whose}"


def _hours(pair: _Pair) -> str:
    worker = pair.worker
    needed = worker.hours_taken + hours_placed(pair.problem, pair.plan, worker)
    now = worker.hours_available
    return f"{worker.worker_id} would need {needed:.1f} hours a week for cases instead of {now:.1f}"


def _load_limit(pair: _Pair) -> str:
    needed = high_load_ratio(pair.problem, pair.plan, pair.worker)
    limit = pair.problem.caps.load_limit or 0.0
    return f"the limit on load would have to be {needed:.1%} of capacity instead of {limit:.1%}"


def _minimum(pair: _Pair) -> str:
    total = pair.worker.caseload + len(pair.placed)
    minimum = pair.worker.caseload_minimum
    return f"the minimum caseload of {pair.worker.worker_id} would have to be {total} instead of {minimum}"


def _harms(pair: _Pair) -> dict[HarmType, int]:
    held = pair.worker.by_harm
    here = {harm for case in pair.placed for harm in case.harm_types or ()}
    return {harm: held.get(harm, 0) + with_harm(pair.placed, harm) for harm in here} or {HarmType.MISSING: 0}


def _cap(pair: _Pair, what: str, needed: int, now: int) -> str:
    return f"the {what} of {pair.worker.worker_id} would have to be {needed} instead of {now}"


CLAUSES: dict[str, Callable[[_Pair], str]] = {
    "hours_known": lambda pair: f"the hours of {pair.worker.worker_id} would have to be recorded",
    "at_work": lambda pair: f"{pair.worker.worker_id} would have to be at work in the coming weeks",
    "role_holds_cases": _role,
    "conflict_of_interest": lambda pair: (
        f"the conflict of interest of {pair.worker.worker_id} would have to be lifted by whoever declared it"
    ),
    "team_takes_case": _team,
    "skills": _skills,
    "peers_held": lambda pair: (
        f"{pair.worker.worker_id} would have to hold no other case of peer group {pair.case.peer_group}"
    ),
    "not_held_twice": lambda pair: (
        f"{pair.worker.worker_id} would have to stop co-working {pair.case.case_id}: a handover, done by hand"
    ),
    "forbidden_pair": lambda pair: (
        f"the instruction that rules out {pair.worker.worker_id} for {pair.case.case_id} would have to be taken back"
    ),
    "caseload_cap": _caseload_cap,
    "caseload_minimum": _minimum,
    "new_cases_cap": _new_cases_cap,
    "high_risk_cap": _high_risk_cap,
    "harm_type_cap": _harm_type_cap,
    "harm_type_share": _harm_type_share,
    "one_area": lambda pair: f"{pair.worker.worker_id} would have to work more than one area",
    "protected_hours": _hours,
    "load_limit": _load_limit,
    "one_primary": lambda _: "a case that may move would have to be left with nobody",
    "siblings_together": lambda pair: f"the siblings of {pair.case.case_id} would have to have different workers",
    "peers_apart": lambda pair: (
        f"the other young people of peer group {pair.case.peer_group} would have to go to somebody else"
    ),
    "co_worker_required": lambda pair: f"somebody would have to co-work {pair.case.case_id}",
    "moves_allowed": lambda _: "one more held case would have to be allowed to move",
    "pinned_pair": lambda pair: f"what a manager fixed for {pair.case.case_id} would have to be taken back",
}
"""Rule code to what would have to change; a test holds it against the rules."""
