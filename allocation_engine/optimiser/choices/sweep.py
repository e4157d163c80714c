"""The frontier of a large problem, found by passing cases on: first what gains most match and continuity for least balance."""

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.explain.plan_in_hand import Change, PlanInHand
from domain.allocation import AllocationProblem, Plan, Score, blocked
from domain.allocation.score import discontinuity_points, mismatch_points
from domain.identifiers import CaseId, WorkerId

OTHERS = 3
"""Workers to whom each case is tried to be passed on: those it matches best, the least loaded of them first."""


def sweep(problem: AllocationProblem, plan: Plan, points: int, balance: Aim) -> list[Plan]:
    """Give plans from the given one to the best matched that passing on leads to, evenly spaced among its steps."""
    hand = PlanInHand(problem, plan)
    change: Change = {}
    steps = [change]
    for _, move in sorted(_moves(hand, balance), key=lambda one: one[0]):
        together = {**change, **move}
        if set(move) & set(change) or any(hand.faults(together)):
            continue
        if _points(hand.score_after(together)) < _points(hand.score_after(change)):
            change = together
            steps.append(change)
    places = sorted({round(place * (len(steps) - 1) / max(points - 1, 1)) for place in range(points)})
    return [hand.after(steps[place]) for place in places]


def _moves(hand: PlanInHand, balance: Aim) -> list[tuple[tuple[float, CaseId, WorkerId], Change]]:
    """Give the moves of one case that gain match or continuity, with what a point costs in balance."""
    now, found = hand.score, []
    for case_id in hand.plan.primary:
        for who in _better_for(hand, case_id):
            change = hand.handed_to(case_id, who)
            if any(hand.faults(change)):
                continue
            then = hand.score_after(change)
            gained = _points(now) - _points(then)
            if gained > 0 and then.unallocated == now.unallocated:
                found.append((((_even(then, balance) - _even(now, balance)) / gained, case_id, who), change))
    return found


def _better_for(hand: PlanInHand, case_id: CaseId) -> list[WorkerId]:
    """Give the workers for whom the case has fewer points than now, fewest first."""
    problem, case = hand.problem, hand.problem.case(case_id)
    points = {
        one.worker_id: mismatch_points(one, case) + discontinuity_points(problem, one, case) for one in problem.workers
    }
    now = points[hand.plan.primary[case_id]]
    carried = {one.worker_id: one.predicted_load / (one.capacity or 1.0) for one in problem.workers}
    ratio = carried | {who: ratio for ratio, who in hand.ratios}
    better = (who for who in points if points[who] < now and blocked(problem, problem.worker(who), case) is None)
    return sorted(better, key=lambda who: (points[who], ratio[who], who))[:OTHERS]


def _points(score: Score) -> int:
    return score.mismatch + score.discontinuity


def _even(score: Score, balance: Aim) -> float:
    return score.squares if balance is Aim.SQUARES else max(score.ratios, default=0.0)
