"""Alternatives of large problems: cases passed on one by one, or exchanged, where that costs least and limits are kept."""

from collections.abc import Iterator
from itertools import islice

from allocation_engine.optimiser.choices.within import Limits
from allocation_engine.optimiser.explain.plan_in_hand import Change, PlanInHand
from domain.allocation import AllocationProblem, Plan, blocked
from domain.identifiers import CaseId, WorkerId

OTHERS = 4
"""Workers to whom each case is tried to be passed on: the least loaded of those who may take it."""

CASES = 400
"""Cases that are tried to be passed on, those of the most loaded first."""

EXCHANGES = 1_500
"""Exchanges that are looked at for each plan, where passing on is not enough."""


def pass_on(problem: AllocationProblem, plan: Plan, limits: Limits, k: int, differ_in: int) -> list[Plan]:
    """Give up to k plans that differ from the given one and from one another in so many cases, within the limits.

    Each passes on other cases than those before it, so that any two differ in all of them. Not every alternative is
    found that way, but what is found holds.
    """
    hand = PlanInHand(problem, plan)
    moves = _single_moves(hand, limits)
    used: set[CaseId] = set()
    found: list[Plan] = []
    while len(found) < k:
        change = _put_together(hand, limits, moves, used, differ_in)
        if change is None:
            break
        used |= set(change)
        found.append(hand.after(change))
    return found


def _put_together(
    hand: PlanInHand, limits: Limits, moves: list[Change], used: set[CaseId], differ_in: int
) -> Change | None:
    change: dict[CaseId, tuple[WorkerId | None, WorkerId | None]] = {}
    exchanges = islice(_exchanges(hand, used), EXCHANGES)
    for source in (moves, exchanges):
        for move in source:
            if not (set(move) & (used | set(change))) and _keeps(hand, limits, {**change, **move}):
                change |= move
                if _differing(hand, change) >= differ_in:
                    return change
    return None


def _differing(hand: PlanInHand, change: Change) -> int:
    return sum(seats[0] != hand.seats(case_id, {})[0] for case_id, seats in change.items())


def _single_moves(hand: PlanInHand, limits: Limits) -> list[Change]:
    """Give the moves of one case that keep within the limits by themselves, those first that keep load most even."""
    found = []
    for place, case_id in enumerate(_heaviest_first(hand)[:CASES]):
        for who in _open_to(hand, case_id)[:OTHERS]:
            change = hand.handed_to(case_id, who)
            if who != hand.plan.primary[case_id] and not any(hand.faults(change)):
                scored = hand.score_after(change)
                if limits.hold(scored):
                    found.append((scored.squares, place, who, change))
    return [change for *_, change in sorted(found, key=lambda one: one[:3])]


def _exchanges(hand: PlanInHand, used: set[CaseId]) -> Iterator[Change]:
    """Give exchanges of two cases between their workers, by id."""
    alone = [one for one in hand.plan.primary if one not in used and hand.problem.case(one).sibling_group is None]
    for place, one in enumerate(alone):
        for other in alone[place + 1 :]:
            first, second = hand.plan.primary[one], hand.plan.primary[other]
            if first != second and _may(hand, one, second) and _may(hand, other, first):
                yield hand.handed_to(other, first, hand.handed_to(one, second))


def _keeps(hand: PlanInHand, limits: Limits, change: Change) -> bool:
    return not any(hand.faults(change)) and limits.hold(hand.score_after(change))


def _heaviest_first(hand: PlanInHand) -> list[CaseId]:
    ratio = {who: ratio for ratio, who in hand.ratios}
    return sorted(hand.plan.primary, key=lambda one: (-ratio.get(hand.plan.primary[one], 0.0), one))


def _open_to(hand: PlanInHand, case_id: CaseId) -> list[WorkerId]:
    carried = {one.worker_id: one.predicted_load / (one.capacity or 1.0) for one in hand.problem.workers}
    ratio = carried | {who: ratio for ratio, who in hand.ratios}
    return sorted((who for who in ratio if _may(hand, case_id, who)), key=lambda who: (ratio[who], who))


def _may(hand: PlanInHand, case_id: CaseId, worker_id: WorkerId) -> bool:
    return blocked(hand.problem, hand.problem.worker(worker_id), hand.problem.case(case_id)) is None
