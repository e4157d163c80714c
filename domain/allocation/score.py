"""How good a plan is, level by level, worked out from the problem's figures alone: no solver, no rounding."""

from dataclasses import dataclass
from math import fsum, inf

from domain.allocation.problem import AllocationProblem, Candidate, CaseNeed, Plan
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
    """

    unallocated: tuple[int, ...]
    ratios: tuple[float, ...]
    squares: float
    harm_balance: float
    mismatch: int
    discontinuity: int


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
    return int(not knows(worker, case) and any(knows(other, case) for other in problem.workers))


def load_ratio(problem: AllocationProblem, plan: Plan, worker: Candidate) -> float:
    """Give predicted load over capacity [1] with the plan carried out; infinite without capacity."""
    if not worker.capacity:
        return inf
    index = problem.worker_index[worker.worker_id]
    added = [problem.added_load[problem.case_index[case_id]][index] for case_id in plan.primaries_of(worker.worker_id)]
    added += [
        problem.added_load_co[problem.case_index[case_id]][index] for case_id in plan.co_working_of(worker.worker_id)
    ]
    return fsum([worker.predicted_load, *added]) / worker.capacity


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
        harm_balance=fsum(_largest_exposure(problem, plan, harm) for harm in HarmType),
        mismatch=sum(mismatch_points(worker, case) for worker, case in pairs),
        discontinuity=sum(discontinuity_points(problem, worker, case) for worker, case in pairs),
    )


def _rise_of_square(problem: AllocationProblem, plan: Plan, worker: Candidate) -> float:
    """Give by how much the plan raises one worker's squared load ratio [1]; nothing can be said without capacity."""
    if not worker.capacity:
        return 0.0
    return load_ratio(problem, plan, worker) ** 2 - (worker.predicted_load / worker.capacity) ** 2


def _largest_exposure(problem: AllocationProblem, plan: Plan, harm: HarmType) -> float:
    placed: dict[str, int] = {}
    received: set[str] = set()
    for case_id, worker_id in plan.primary.items():
        case = problem.case(case_id)
        if harm in (case.harm_types or ()):
            placed[worker_id] = placed.get(worker_id, 0) + 1
            if case.current_worker_id != worker_id:
                received.add(worker_id)
    return max(
        (
            harm_per_capacity(worker, harm, placed[worker.worker_id])
            for worker in problem.workers
            if worker.worker_id in received
        ),
        default=0.0,
    )
