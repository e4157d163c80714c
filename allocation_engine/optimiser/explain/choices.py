"""Why this worker: who else could, what it would change at every level, and who could not and by which rule."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from allocation_engine.optimiser.aims import Fairness
from allocation_engine.optimiser.explain.levels_changed import (
    LevelChange,
    changes_between,
    first_difference,
    sort_key,
)
from allocation_engine.optimiser.explain.plan_in_hand import PlanInHand
from allocation_engine.optimiser.explain.sentences import why_chosen, why_waiting
from domain.allocation import AllocationProblem, Candidate, CaseNeed, Plan, Score, blocked
from domain.allocation.score import load_ratio, mismatch_points
from domain.identifiers import CaseId, WorkerId
from domain.rejection import Rejection


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another worker for the same case, everything else as planned.

    `changes` says for every level of the objective, most important first, by how much it changes: above zero is worse.
    `ratio` is the other worker's load ratio then [1].
    """

    worker_id: WorkerId
    ratio: float
    changes: tuple[LevelChange, ...]

    @property
    def level(self) -> str | None:
        """The first level that changes, which decides; None where the other worker would be as good."""
        first = first_difference(self.changes)
        return None if first is None else first.level

    @property
    def change(self) -> float:
        """By how much that level changes; zero where none does."""
        first = first_difference(self.changes)
        return 0.0 if first is None else first.change


@dataclass(frozen=True, slots=True)
class ChoiceExplained:
    """One choice: the worker's load ratio without and with the plan [1], the alternatives, least costly first, the rest's rules."""

    case_id: CaseId
    worker_id: WorkerId
    ratio_before: float
    ratio_after: float
    mismatch: int
    alternatives: tuple[Alternative, ...]
    ruled_out: tuple[Rejection, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class UnallocatedExplained:
    """One case left waiting, and for every worker the first rule in the way."""

    case_id: CaseId
    ruled_out: tuple[Rejection, ...]
    sentence: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules in the way, most frequent first."""
        return tuple(code for code, _ in Counter(one.code for one in self.ruled_out).most_common())


def explain_choices(
    problem: AllocationProblem,
    plan: Plan,
    fairness: Fairness = Fairness.LEXIMIN,
    only: frozenset[CaseId] | None = None,
) -> tuple[ChoiceExplained, ...]:
    """Explain every case that the plan gives to somebody new, or only some of them, by case id.

    One that stays where it is needs no reason. `fairness` is what the plan was solved for.
    """
    hand = PlanInHand(problem, plan)
    return tuple(
        _explain(hand, fairness, case_id)
        for case_id, worker_id in sorted(plan.primary.items())
        if problem.case(case_id).current_worker_id != worker_id and (only is None or case_id in only)
    )


def explain_unallocated(problem: AllocationProblem, plan: Plan) -> tuple[UnallocatedExplained, ...]:
    """Explain every case that the plan leaves waiting, by case id."""
    hand, found = PlanInHand(problem, plan), []
    for case in sorted(problem.cases, key=lambda one: one.case_id):
        if case.case_id in plan.primary:
            continue
        looked_at = (_in_the_way(hand, case, worker) for worker in problem.workers)
        ruled_out = tuple(rejection for rejection in looked_at if rejection is not None)
        told = why_waiting(case, ruled_out, len(problem.workers))
        found.append(UnallocatedExplained(case.case_id, ruled_out, told))
    return tuple(found)


def _explain(hand: PlanInHand, fairness: Fairness, case_id: CaseId) -> ChoiceExplained:
    problem, plan = hand.problem, hand.plan
    case, chosen = problem.case(case_id), problem.worker(plan.primary[case_id])
    found: list[tuple[Alternative, Score]] = []
    ruled_out: list[Rejection] = []
    for other in problem.workers:
        if other.worker_id == chosen.worker_id:
            continue
        rejection = _in_the_way(hand, case, other)
        if rejection is not None:
            ruled_out.append(rejection)
            continue
        change = hand.handed_to(case_id, other.worker_id)
        worth = hand.score_after(change)
        changes = changes_between(hand.score, worth, fairness)
        found.append(
            (Alternative(other.worker_id, load_ratio(problem, hand.held_after(change), other), changes), worth)
        )
    alternatives = _best_first(hand.score, found, fairness)
    before, after = load_ratio(problem, Plan(), chosen), load_ratio(problem, plan, chosen)
    return ChoiceExplained(
        case_id,
        chosen.worker_id,
        before,
        after,
        mismatch_points(chosen, case),
        alternatives,
        tuple(ruled_out),
        why_chosen(case, chosen, before, after, alternatives, tuple(ruled_out)),
    )


def _best_first(
    planned: Score, found: Sequence[tuple[Alternative, Score]], fairness: Fairness
) -> tuple[Alternative, ...]:
    """Sort alternatives by what they change, level by level; of equals the one that comes first by id."""
    deepest = max(len(worth.ratios) for worth in (planned, *(worth for _, worth in found)))

    def order(told: tuple[Alternative, Score]) -> tuple[tuple[float, ...], WorkerId]:
        alternative, worth = told
        return sort_key(changes_between(planned, worth, fairness, deepest)), alternative.worker_id

    return tuple(alternative for alternative, _ in sorted(found, key=order))


def _in_the_way(hand: PlanInHand, case: CaseNeed, worker: Candidate) -> Rejection | None:
    """Give the first rule that breaks if this worker took the case, everything else as planned."""
    rejection = blocked(hand.problem, worker, case)
    if rejection is not None:
        return rejection
    ignored = {"co_worker_required"} if case.case_id not in hand.plan.primary else set()  # it has no co-worker yet
    change = hand.handed_to(case.case_id, worker.worker_id)
    return next((one for one in hand.faults(change) if one.code not in ignored), None)
