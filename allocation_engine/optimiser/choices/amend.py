"""Solve again around a decision: some pairs fixed, some ruled out, starting from the plan there is."""

from dataclasses import dataclass, replace

from allocation_engine.optimiser.aims import Fairness
from allocation_engine.optimiser.explain.levels_changed import LevelChange, changes_between, first_difference
from allocation_engine.optimiser.explain.moved import Moved, moved_between, moves_told
from allocation_engine.optimiser.explain.plan_in_hand import Change, PlanInHand
from allocation_engine.optimiser.explain.regret import fairness_of
from allocation_engine.optimiser.explain.repairs import best_repair
from allocation_engine.optimiser.explain.sentences import amount, in_words
from allocation_engine.optimiser.explain.what_would_change import Hurdle
from allocation_engine.optimiser.explain.why_not import why_not
from allocation_engine.optimiser.result import AllocationResult, SolveStatus
from allocation_engine.optimiser.solve import DEFAULT_EFFORT, solve
from domain.allocation import AllocationProblem, Plan, blocked, violations
from domain.identifiers import CaseId, WorkerId

Pairs = frozenset[tuple[CaseId, WorkerId]]


@dataclass(frozen=True)
class SolvedAgain:
    """The answer with what was fixed and ruled out, and what changed.

    Attributes
    ----------
    problem, result
        The problem with the pins, and its answer.
    moved, changes
        Cases that go to somebody else than before, and the change at every level.
    in_the_way
        Where there is no such plan, the rules that a fixed pair runs into.
    warm
        Whether the plan there was, put right, was there to start from.
    """

    problem: AllocationProblem
    result: AllocationResult
    moved: tuple[Moved, ...]
    changes: tuple[LevelChange, ...]
    in_the_way: tuple[Hurdle, ...]
    warm: bool
    sentence: str


def solve_again(
    problem: AllocationProblem,
    result: AllocationResult,
    *,
    pinned: Pairs = frozenset(),
    forbidden: Pairs = frozenset(),
    effort: float = DEFAULT_EFFORT,
) -> SolvedAgain:
    """Solve with these pairs fixed and ruled out, on top of those that are already."""
    fairness = fairness_of(result)
    fixed = replace(problem, pinned=problem.pinned | pinned, forbidden=problem.forbidden | forbidden)
    start = _put_right(problem, fixed, result.plan, fairness)
    again = solve(fixed, fairness=fairness, seed=result.seed, effort=effort, start=start)
    if again.score is None or result.score is None:
        told, hurdles = _no_plan(problem, result, again, pinned)
        return SolvedAgain(fixed, again, (), (), hurdles, start is not None, told)
    moved = moved_between(result.plan, again.plan)
    changes = changes_between(result.score, again.score, fairness)
    return SolvedAgain(fixed, again, moved, changes, (), start is not None, _told(moved, changes))


def _put_right(problem: AllocationProblem, fixed: AllocationProblem, plan: Plan, fairness: Fairness) -> Plan | None:
    """Give the plan with each fixed pair repaired into it and each ruled-out one taken out; None where that fails."""
    for case_id, worker_id in sorted(fixed.forbidden - problem.forbidden):
        hand = PlanInHand(fixed, plan)
        if worker_id in hand.seats(case_id, {}):
            change = _without(hand, case_id)
            plan = plan if change is None else hand.after(change)
    for case_id, worker_id in sorted(fixed.pinned - problem.pinned):
        if plan.primary.get(case_id) != worker_id:
            earlier = frozenset(pair for pair in fixed.pinned if plan.primary.get(pair[0]) == pair[1])
            hand = PlanInHand(replace(fixed, pinned=earlier), plan)
            repaired = best_repair(hand, case_id, worker_id, fairness)
            plan = plan if repaired is None else hand.after(repaired)
    return None if any(violations(fixed, plan)) else plan


def _without(hand: PlanInHand, case_id: CaseId) -> Change | None:
    """Hand a case to whoever may take it at the least cost in balance, else leave it waiting."""
    case, problem = hand.problem.case(case_id), hand.problem
    open_to = [one.worker_id for one in problem.workers if blocked(problem, one, case) is None]
    changes = [hand.handed_to(case_id, who) for who in open_to]
    kept = [change for change in changes if not any(hand.faults(change))]
    if not kept:
        kept = [change for change in [hand.left_waiting(case_id, {})] if not any(hand.faults(change))]
    return min(kept, key=lambda change: hand.score_after(change).squares, default=None)


def _no_plan(
    problem: AllocationProblem, result: AllocationResult, again: AllocationResult, pinned: Pairs
) -> tuple[str, tuple[Hurdle, ...]]:
    if again.status is not SolveStatus.INFEASIBLE:
        return "No plan was found in the effort allowed.", ()
    asked = [why_not(problem, result, case_id, worker_id) for case_id, worker_id in sorted(pinned)]
    refused = [one for one in asked if one.possible is False]
    told = " ".join(one.sentence for one in refused) or "What was fixed contradicts a rule when taken together."
    return f"No plan keeps every rule with what was fixed. {told}", tuple(
        hurdle for one in refused for hurdle in one.in_the_way
    )


def _told(moved: tuple[Moved, ...], changes: tuple[LevelChange, ...]) -> str:
    if not moved:
        return "Nothing changes: the plan had it so already."
    first = first_difference(changes)
    if first is None:
        return f"{moves_told(moved)}; the plan is as good as before."
    side = "worse" if first.change > 0 else "better"
    return f"{moves_told(moved)}; that is {amount(first.level, first.change)} {side} on the {in_words(first.level)}."
