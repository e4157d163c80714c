"""How good a plan is, level by level, worked out from the problem's figures alone: no solver, no rounding."""

from dataclasses import dataclass
from math import fsum, inf, sqrt

from domain.allocation.figures import figure
from domain.allocation.problem import AllocationProblem, Candidate, CaseNeed, Plan
from domain.identifiers import WorkerId
from domain.vocabulary import HarmType, Priority

MOST_WEEKS = 52
"""Waiting counts in whole weeks, up to a year: after that every week is as bad as the last."""


@dataclass(frozen=True, slots=True)
class Score:
    """A plan's value at each level, least is best; compare level by level, in this order.

    Attributes
    ----------
    unallocated
        For each priority, most urgent first: cases left waiting, each counting 1 and 1 more for every week it waited.
    ratios
        Predicted load over capacity [1] of those who receive something, heaviest first.
    squares
        By how much the plan raises the sum over all workers of the squared load ratio [1]: least when load is even.
    harm_balance
        Sum over harm types of the largest number of such cases per full-time capacity among those who receive one.
    mismatch
        Points of area and language not matched, over all pairs.
    discontinuity
        Cases that could have gone back to somebody who knows them and do not, and held cases that move.
    cost
        Sum of what the pairs cost; 0 where nothing does.
    """

    unallocated: tuple[int, ...]
    ratios: tuple[float, ...]
    squares: float
    harm_balance: float
    mismatch: int
    discontinuity: int
    cost: float = 0.0


def waiting_weight(case: CaseNeed) -> int:
    """Weigh a case left waiting: 1, and 1 for each whole week it has waited already."""
    return 1 + min(int(case.waiting_days // 7), MOST_WEEKS)


def mismatch_points(worker: Candidate, case: CaseNeed) -> int:
    """Count what does not match [point]: another area, each language the case needs and the worker has not.

    An area that is not known does not match: it may be anywhere.
    """
    area = int(case.area is not None and case.area != worker.area)
    return area + len(case.languages - worker.languages)


def knows(worker: Candidate, case: CaseNeed) -> bool:
    """Say whether the worker held this case before or holds one of its siblings."""
    siblings = case.sibling_group is not None and case.sibling_group in worker.sibling_groups
    return siblings or worker.worker_id in case.past_primaries


def discontinuity_points(problem: AllocationProblem, worker: Candidate, case: CaseNeed) -> int:
    """Count 1 if the case moves from its worker, or goes to a stranger although somebody in the problem knows it."""
    if case.current_worker_id is not None:
        return int(case.current_worker_id != worker.worker_id)
    return int(somebody_knows(problem, case) and not knows(worker, case))


def somebody_knows(problem: AllocationProblem, case: CaseNeed) -> bool:
    """Say whether a worker of the problem held this case before or holds one of its siblings."""
    return case.sibling_group in problem.sibling_groups_held or any(
        worker_id in problem.worker_index for worker_id in case.past_primaries
    )


def load_ratio(problem: AllocationProblem, plan: Plan, worker: Candidate) -> float:
    """Give predicted load over capacity [1] with the plan carried out; infinite without capacity."""
    if not worker.capacity:
        return inf
    index = problem.worker_index[worker.worker_id]
    places = problem.case_index
    added = [figure(problem.added_load, places[one], index) for one in plan.primaries_of(worker.worker_id)]
    added += [figure(problem.added_load_co, places[one], index) for one in plan.co_working_of(worker.worker_id)]
    return fsum([worker.predicted_load, *added]) / worker.capacity


def high_load_ratio(problem: AllocationProblem, plan: Plan, worker: Candidate) -> float:
    """Give mean load ahead and `deviations_above` standard deviations over capacity [1], with the plan carried out.

    Cases are independent of one another in the forecast, so the variances of those that one worker holds add up.
    """
    mean = load_ratio(problem, plan, worker)
    if not problem.looks_at_variance or not worker.capacity:
        return mean
    index, places = problem.worker_index[worker.worker_id], problem.case_index
    variances = [worker.predicted_variance or 0.0]
    for figures, case_ids in (
        (problem.added_variance, plan.primaries_of(worker.worker_id)),
        (problem.added_variance_co, plan.co_working_of(worker.worker_id)),
    ):
        if figures is not None:
            variances += [figure(figures, places[case_id], index) for case_id in case_ids]
    return mean + problem.caps.deviations_above * sqrt(fsum(variances)) / worker.capacity


def harm_per_capacity(worker: Candidate, harm: HarmType, placed: int) -> float:
    """Give cases with a harm type per 100 points of capacity [case]."""
    return 100.0 * (worker.by_harm.get(harm, 0) + placed) / (worker.capacity or inf)


def score(problem: AllocationProblem, plan: Plan) -> Score:
    """Score a plan at every level."""
    waiting = [case for case in problem.cases if case.case_id not in plan.primary]
    ratios = [load_ratio(problem, plan, problem.worker(who)) for who in sorted(plan.receivers(problem))]
    pairs = [(problem.worker(worker_id), problem.case(case_id)) for case_id, worker_id in plan.primary.items()]
    holders = {*plan.primary.values(), *plan.co_worker.values()}  # keeping a case that could move is load too
    return Score(
        unallocated=tuple(
            sum(waiting_weight(case) for case in waiting if case.priority is priority) for priority in Priority
        ),
        ratios=tuple(sorted(ratios, reverse=True)),
        squares=fsum(_rise_of_square(problem, plan, problem.worker(who)) for who in sorted(holders)),
        harm_balance=fsum(exposures(problem, plan).values()),
        mismatch=sum(mismatch_points(worker, case) for worker, case in pairs),
        discontinuity=sum(discontinuity_points(problem, worker, case) for worker, case in pairs),
        cost=fsum(cost_of(problem, worker, case) for worker, case in pairs),
    )


def cost_of(problem: AllocationProblem, worker: Candidate, case: CaseNeed) -> float:
    """Give what a pair costs; nothing where the problem has no costs."""
    if problem.cost is None:
        return 0.0
    return figure(problem.cost, problem.case_index[case.case_id], problem.worker_index[worker.worker_id])


def _rise_of_square(problem: AllocationProblem, plan: Plan, worker: Candidate) -> float:
    """Give by how much the plan raises one worker's squared load ratio [1]; nothing can be said without capacity."""
    if not worker.capacity:
        return 0.0
    return load_ratio(problem, plan, worker) ** 2 - (worker.predicted_load / worker.capacity) ** 2


def exposures(problem: AllocationProblem, plan: Plan) -> dict[HarmType, float]:
    """Give for each harm type received its largest number per full-time capacity among those who receive it [case]."""
    placed: dict[tuple[WorkerId, HarmType], int] = {}
    received: set[tuple[WorkerId, HarmType]] = set()
    for case_id, worker_id in plan.primary.items():
        case = problem.case(case_id)
        for harm in set(case.harm_types or ()):
            placed[worker_id, harm] = placed.get((worker_id, harm), 0) + 1
            if case.current_worker_id != worker_id:
                received.add((worker_id, harm))
    largest: dict[HarmType, float] = {}
    for worker_id, harm in received:
        theirs = harm_per_capacity(problem.worker(worker_id), harm, placed[worker_id, harm])
        largest[harm] = max(largest.get(harm, 0.0), theirs)
    return largest
