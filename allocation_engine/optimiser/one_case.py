"""One case alone: its plans are few enough to be looked at one by one, so that the best is known at once and for certain."""

from collections.abc import Iterator

from allocation_engine.optimiser.aims import Fairness, aims_of
from allocation_engine.optimiser.level_values import SAME, values_of
from allocation_engine.optimiser.request import Outcome, Request
from allocation_engine.optimiser.result import Level
from domain.allocation import AllocationProblem, Candidate, Plan, Score, blocked, score, violations
from domain.allocation.score import load_ratio
from domain.vocabulary import AssignmentRole

PROOF = "every worker looked at"
METHOD = "one case: every worker looked at"


def solve_one_case(request: Request) -> Outcome | None:
    """Solve the problem of a single case; None for any other, or for aims that are not a proposal's.

    Whoever would have the lowest load ratio comes first, so that rules which look at a whole caseload are only asked of
    those who come before the first that keeps them all, and of those who are as good.
    """
    problem = request.problem
    fairness = _fairness(request)
    if fairness is None or len(problem.cases) != 1 or not problem.workers:
        return None
    if any(worker.is_below_minimum for worker in problem.workers):
        return None
    best = _best(problem, list(_as_good_as_the_first(problem)), fairness)
    if best is None:
        nobody = Plan()
        if any(violations(problem, nobody)):
            return Outcome(None, (), METHOD, proven_infeasible=True)
        best = nobody, score(problem, nobody)
    plan, worth = best
    levels = tuple(
        Level(name, value, value, PROOF)
        for name, value in values_of(worth, fairness, len(worth.ratios))
        if name != "cost" or problem.cost is not None
    )
    for level in levels:
        request.on_level(level)
    return Outcome(plan, levels, METHOD)


def _fairness(request: Request) -> Fairness | None:
    return next((one for one in Fairness if request.aims == aims_of(request.problem, one)), None)


def _as_good_as_the_first(problem: AllocationProblem) -> Iterator[Plan]:
    """Give the plans that place the case, keep every rule and have the least heaviest load ratio."""
    reached: float | None = None
    for heaviest, plan in sorted(_plans(problem), key=lambda one: one[0]):
        if reached is not None and heaviest > reached + SAME:
            return
        if not any(violations(_those_of(problem, plan), plan)):
            reached = heaviest if reached is None else reached
            yield plan


def _plans(problem: AllocationProblem) -> Iterator[tuple[float, Plan]]:
    """Give each plan that places the case, but for rules that look at more than a pair, with its heaviest load ratio."""
    (case,) = problem.cases
    primary, co_working = (list(_ratios(problem, role)) for role in (AssignmentRole.PRIMARY, AssignmentRole.CO_WORKER))
    for ratio, who in primary:
        if not case.needs_co_worker:
            yield ratio, Plan({case.case_id: who.worker_id})
            continue
        for beside, other in co_working:
            if other is not who:
                yield max(ratio, beside), Plan({case.case_id: who.worker_id}, {case.case_id: other.worker_id})


def _ratios(problem: AllocationProblem, role: AssignmentRole) -> Iterator[tuple[float, Candidate]]:
    """Give who may have the case, each with the load ratio they would receive it at; who keeps it receives nothing."""
    (case,) = problem.cases
    for worker in problem.workers:
        if blocked(problem, worker, case, role) is not None:
            continue
        theirs = {case.case_id: worker.worker_id}
        alone = Plan(primary=theirs) if role is AssignmentRole.PRIMARY else Plan(co_worker=theirs)
        yield (load_ratio(problem, alone, worker) if alone.receivers(problem) else 0.0), worker


def _those_of(problem: AllocationProblem, plan: Plan) -> AllocationProblem:
    """Give the problem of those workers alone whom a plan or a rule names: the rest have nothing to break one with."""
    named = {*plan.primary.values(), *plan.co_worker.values(), *(who for _, who in problem.pinned)}
    places = [place for place, worker in enumerate(problem.workers) if worker.worker_id in named]
    return problem.part([0], places)


def _best(problem: AllocationProblem, plans: list[Plan], fairness: Fairness) -> tuple[Plan, Score] | None:
    """Give the best of some plans level by level; of equals the one that comes first by id."""
    worth = [score(problem, plan) for plan in plans]
    receivers = max((len(one.ratios) for one in worth), default=0)
    by_level = zip(*([value for _, value in values_of(one, fairness, receivers)] for one in worth), strict=True)
    left = list(range(len(plans)))
    for values in by_level:
        least = min(values[one] for one in left)
        left = [one for one in left if values[one] <= least + SAME]
    best = min(left, key=lambda one: (*plans[one].primary.values(), *plans[one].co_worker.values()), default=None)
    return None if best is None else (plans[best], worth[best])
