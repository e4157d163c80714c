"""Rules about what one worker would hold: caps, mix and protected time.

A worker who is past a cap already is not at fault for it: the rule is that nothing more is added.
"""

from collections.abc import Iterator, Sequence
from math import floor

from domain.allocation.problem import AllocationProblem, Candidate, CaseNeed, Plan
from domain.allocation.rules.pairs import LOCAL
from domain.allocation.rules.rule import plan_rule
from domain.vocabulary import HarmType

HOURS_TOLERANCE = 1e-4
"""Slack for sums of hours [h/week], under a second: more than any rounding on the way, so that exact fits are kept."""

SHARE_TOLERANCE = 1e-9
"""Slack for a share of a whole number of cases, so that 0.75 of 8 is 6."""


def room(cap: int, held: int, already_theirs: int) -> int:
    """Give how many cases [case] a plan may put on a worker: what the cap leaves, and always those already theirs."""
    return max(cap - held, already_theirs)


def placed_on(problem: AllocationProblem, plan: Plan, worker: Candidate) -> tuple[CaseNeed, ...]:
    """Give the cases for which the plan makes this worker primary."""
    return tuple(problem.case(case_id) for case_id in plan.primaries_of(worker.worker_id))


def movable_of(problem: AllocationProblem, worker: Candidate) -> tuple[CaseNeed, ...]:
    """Give the cases that this worker holds now and that may move."""
    return tuple(case for case in problem.cases if case.current_worker_id == worker.worker_id)


@plan_rule("caseload_cap", "at caseload cap", "No worker goes past the caseload cap.", LOCAL)
def caseload_cap(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check each worker's number of cases."""
    for worker in problem.workers:
        placed = len(placed_on(problem, plan, worker))
        theirs = len(movable_of(problem, worker))
        if placed > room(worker.caseload_cap, worker.caseload, theirs):
            yield (
                f"{worker.worker_id} would hold {worker.caseload + placed} cases; the cap is {worker.caseload_cap}",
                worker.worker_id,
            )


@plan_rule("high_risk_cap", "at high-risk cap", "No worker goes past the cap on high-risk cases.", LOCAL)
def high_risk_cap(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check each worker's number of cases of high or very high risk."""
    for worker in problem.workers:
        placed = sum(case.is_high_risk for case in placed_on(problem, plan, worker))
        theirs = sum(case.is_high_risk for case in movable_of(problem, worker))
        if placed > room(worker.high_risk_cap, worker.high_risk, theirs):
            total = worker.high_risk + placed
            yield (
                f"{worker.worker_id} would hold {total} high-risk cases; the cap is {worker.high_risk_cap}",
                worker.worker_id,
            )


@plan_rule("new_cases_cap", "enough new cases for one round", "Nobody starts many cases at once.", LOCAL)
def new_cases_cap(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check how many cases the plan brings each worker: each beginning takes time that a caseload does not show."""
    for worker in problem.workers:
        placed = placed_on(problem, plan, worker)
        new = sum(case.current_worker_id != worker.worker_id for case in placed)
        if worker.new_cases_cap is not None and new > worker.new_cases_cap:
            yield (
                f"{worker.worker_id} would start {new} cases at once; the most is {worker.new_cases_cap}",
                worker.worker_id,
            )


def with_harm(cases: Sequence[CaseNeed], harm: HarmType) -> int:
    """Count the cases with a harm type [case]; a case not assessed counts for none."""
    return sum(harm in (case.harm_types or ()) for case in cases)


@plan_rule("harm_type_cap", "at harm-type cap", "No worker goes past the cap on cases with one harm type.", LOCAL)
def harm_type_cap(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check each worker's number of cases by harm type."""
    for worker in problem.workers:
        placed, theirs = placed_on(problem, plan, worker), movable_of(problem, worker)
        for harm in HarmType:
            held = worker.by_harm.get(harm, 0)
            if with_harm(placed, harm) > room(worker.harm_type_cap, held, with_harm(theirs, harm)):
                total = held + with_harm(placed, harm)
                name = harm.value.replace("_", " ")
                yield (
                    f"{worker.worker_id} would hold {total} cases of {name}; the cap is {worker.harm_type_cap}",
                    worker.worker_id,
                )


@plan_rule(
    "harm_type_share", "caseload would be one-sided", "No worker's caseload is nearly all of one harm type.", LOCAL
)
def harm_type_share(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check the share of each harm type, where a case with it is received and the caseload is large enough."""
    share, size = problem.caps.harm_type_share, problem.caps.harm_type_share_from
    for worker in problem.workers:
        placed = placed_on(problem, plan, worker)
        received = [case for case in placed if case.current_worker_id != worker.worker_id]
        for harm in HarmType:
            if not with_harm(received, harm):
                continue
            count = worker.by_harm.get(harm, 0) + with_harm(placed, harm)
            if count > most_of_one_harm(share, size, worker.caseload + len(placed)):
                name = harm.value.replace("_", " ")
                total = worker.caseload + len(placed)
                whose = f"{count} of the {total} cases of {worker.worker_id}"
                yield f"{whose} would be {name}; the most is {share:.0%}", worker.worker_id


def most_of_one_harm(share: float, size: int, caseload: int) -> int:
    """Give how many cases [case] may share a harm type in a caseload; below the size, as many as at the size."""
    return floor(share * max(caseload, size) + SHARE_TOLERANCE)


@plan_rule("protected_hours", "no hours free", "Time for supervision and reflection is kept free of cases.", LOCAL)
def protected_hours(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check that new cases fit in the hours that protected time leaves."""
    for worker in problem.workers:
        if worker.worker_id not in plan.receivers(problem):
            continue
        hours = worker.hours_taken + hours_placed(problem, plan, worker)
        if hours > worker.hours_available + HOURS_TOLERANCE:
            free = f"{worker.hours_available:.1f} are free of protected time"
            yield f"the cases of {worker.worker_id} would take {hours:.1f} hours a week; {free}", worker.worker_id


def hours_placed(problem: AllocationProblem, plan: Plan, worker: Candidate) -> float:
    """Give the hours [h/week] that a plan puts on a worker, as primary worker and as co-worker."""
    primary = sum(case.hours for case in placed_on(problem, plan, worker))
    co_working = sum(problem.case(case_id).hours for case_id in plan.co_working_of(worker.worker_id))
    return primary + problem.caps.co_worker_hours_share * co_working


CASELOAD_RULES = (caseload_cap, new_cases_cap, high_risk_cap, harm_type_cap, harm_type_share, protected_hours)
