"""Rules about what one worker would hold: caps, mix and protected time.

A worker who is past a cap already is not at fault for it: the rule is that nothing more is added.
"""

from collections.abc import Iterator, Sequence
from math import floor

from domain.allocation.problem import AllocationProblem, Candidate, CaseNeed, Plan
from domain.allocation.rules.pairs import LOCAL
from domain.allocation.rules.rule import plan_rule
from domain.allocation.score import high_load_ratio
from domain.vocabulary import HarmType

HOURS_TOLERANCE = 5e-5
"""Slack for sums of hours [h/week], a fifth of a second: more than any rounding on the way, so that exact fits are kept,
and less than a step where hours are given to four decimals, so that what is over by one is over."""

RATIO_TOLERANCE = 1e-6
"""Slack for a load over capacity [1]: a ten-thousandth of a load point, so that a limit met exactly is kept."""

SHARE_TOLERANCE = 1e-9
"""Slack for a share of a whole number of cases, so that 0.75 of 8 is 6."""


def room(cap: int, held: int, already_theirs: int) -> int:
    """Give how many cases [case] a plan may put on a worker: what the cap leaves, and always those already theirs."""
    return max(cap - held, already_theirs)


def hours_to_fill(worker: Candidate) -> float:
    """Give the hours [h/week] that a method may fill: half the rule's slack is theirs, the other is for their rounding."""
    return worker.hours_available - worker.hours_taken + HOURS_TOLERANCE / 2


def placed_on(problem: AllocationProblem, plan: Plan, worker: Candidate) -> tuple[CaseNeed, ...]:
    """Give the cases for which the plan makes this worker primary."""
    return tuple(problem.case(case_id) for case_id in plan.primaries_of(worker.worker_id))


def movable_of(problem: AllocationProblem, worker: Candidate) -> tuple[CaseNeed, ...]:
    """Give the cases that this worker holds now and that may move."""
    return problem.movable_of.get(worker.worker_id, ())


def holders(problem: AllocationProblem, plan: Plan) -> list[Candidate]:
    """Give the workers whom the plan makes primary of something, by id: nobody else can be past a cap by it."""
    return [problem.worker(worker_id) for worker_id in sorted(plan.primaries)]


@plan_rule("caseload_cap", "at caseload cap", "No worker goes past the caseload cap.", LOCAL)
def caseload_cap(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check each worker's number of cases."""
    for worker in holders(problem, plan):
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
    for worker in holders(problem, plan):
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
    for worker in holders(problem, plan):
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
    for worker in holders(problem, plan):
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
    for worker in holders(problem, plan):
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
    for worker in receivers(problem, plan):
        hours = worker.hours_taken + hours_placed(problem, plan, worker)
        if hours > worker.hours_available + HOURS_TOLERANCE:
            free = f"{worker.hours_available:.1f} are free of protected time"
            yield f"the cases of {worker.worker_id} would take {hours:.1f} hours a week; {free}", worker.worker_id


def receivers(problem: AllocationProblem, plan: Plan) -> list[Candidate]:
    """Give the workers to whom the plan brings something new, by id."""
    return [problem.worker(worker_id) for worker_id in sorted(plan.receivers(problem))]


def hours_placed(problem: AllocationProblem, plan: Plan, worker: Candidate) -> float:
    """Give the hours [h/week] that a plan puts on a worker, as primary worker and as co-worker."""
    index, places = problem.worker_index[worker.worker_id], problem.case_index
    primary = sum(problem.hours_of(places[case_id], index) for case_id in plan.primaries_of(worker.worker_id))
    co_working = sum(problem.hours_of(places[case_id], index) for case_id in plan.co_working_of(worker.worker_id))
    return primary + problem.caps.co_worker_hours_share * co_working


@plan_rule("caseload_minimum", "below minimum caseload", "A worker with a minimum caseload holds as many cases.", LOCAL)
def caseload_minimum(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check each worker for whom a minimum is set."""
    for worker in problem.workers:
        total = worker.caseload + len(plan.primaries_of(worker.worker_id))
        if total < worker.caseload_minimum:
            told = f"{worker.worker_id} would hold {total} cases; the minimum is {worker.caseload_minimum}"
            yield told, worker.worker_id


@plan_rule("one_area", "works another area", "All cases of a worker lie in one area.", LOCAL)
def one_area(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check the areas of whoever receives a case, where the rule is on; a case whose area is not known is not judged."""
    if not problem.caps.one_area:
        return
    for worker in holders(problem, plan):
        placed = placed_on(problem, plan, worker)
        if all(case.current_worker_id == worker.worker_id for case in placed):
            continue
        areas = worker.areas_held | {case.area for case in placed if case.area is not None}
        if len(areas) > 1:
            yield f"{worker.worker_id} would work {len(areas)} areas: {', '.join(sorted(areas))}", worker.worker_id


@plan_rule("load_limit", "past the load limit", "No plan brings anybody past the limit on load.", LOCAL)
def load_limit(problem: AllocationProblem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Check the load ahead of whoever receives something: its mean, and as many deviations as are asked for."""
    limit, deviations = problem.caps.load_limit, problem.caps.deviations_above
    if limit is None:
        return
    for worker in receivers(problem, plan):
        high = high_load_ratio(problem, plan, worker)
        if high > limit + RATIO_TOLERANCE:
            above = f" with {deviations:g} standard deviations added" if problem.looks_at_variance else ""
            yield (
                f"{worker.worker_id} would reach {high:.1%} of capacity{above}; the limit is {limit:.1%}",
                worker.worker_id,
            )


CASELOAD_RULES = (
    caseload_cap,
    caseload_minimum,
    new_cases_cap,
    high_risk_cap,
    harm_type_cap,
    harm_type_share,
    one_area,
    protected_hours,
    load_limit,
)
