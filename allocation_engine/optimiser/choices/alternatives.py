"""Other plans that are nearly as good: each differs in at least so many assignments and costs at most so much more."""

from dataclasses import dataclass

from allocation_engine.optimiser.choices.limited_model import LimitedModel
from allocation_engine.optimiser.choices.passing_on import pass_on
from allocation_engine.optimiser.choices.within import Limits, distance, pairs_in
from allocation_engine.optimiser.explain.levels_changed import LevelChange, changes_between, first_difference
from allocation_engine.optimiser.explain.moved import Moved, moved_between, moves_told
from allocation_engine.optimiser.explain.regret import fairness_of
from allocation_engine.optimiser.explain.sentences import amount, in_words
from allocation_engine.optimiser.result import AllocationResult
from domain.allocation import AllocationProblem, Plan, Score, score, violations

ONE_MODEL_UP_TO = 1_500
"""Pairs of case and worker up to which one model finds each alternative; above, cases are passed on one by one."""

EFFORT = 2.0
"""Deterministic seconds for each alternative."""


@dataclass(frozen=True)
class AlternativePlan:
    """Another plan: what moves against the best one, and what changes at every level."""

    plan: Plan
    score: Score
    moved: tuple[Moved, ...]
    changes: tuple[LevelChange, ...]
    sentence: str


@dataclass(frozen=True)
class Alternatives:
    """Other plans, and whether it is proven that no further one differs enough from all of these within the cost."""

    plans: tuple[AlternativePlan, ...]
    no_more: bool
    sentence: str


def alternatives(
    problem: AllocationProblem,
    result: AllocationResult,
    k: int = 3,
    *,
    differ_in: int = 2,
    cost_at_most: float = 0.05,
    effort: float = EFFORT,
    one_model_up_to: int = ONE_MODEL_UP_TO,
) -> Alternatives:
    """Give up to k other plans that keep every rule.

    Parameters
    ----------
    problem, result
        A problem and its answer.
    k
        Plans to give at most.
    differ_in
        Fewest cases whose primary worker differs, from the best plan and between any two.
    cost_at_most
        Share [1] by which a plan may be worse than the best at each level up to fairness; see `within.Limits`. The
        levels after it (harm types, match, continuity) may change freely and are told.
    effort
        Deterministic time for each.
    """
    if result.score is None:
        return Alternatives((), no_more=True, sentence="There is no plan, and so no alternative to it.")
    limits = Limits.above(result.score, cost_at_most)
    if pairs_in(problem) <= one_model_up_to:
        found, no_more = _by_model(problem, result, k, differ_in, limits, effort)
    else:
        found, no_more = pass_on(problem, result.plan, limits, k, differ_in), False
    plans = tuple(_alternative(problem, result, plan) for plan in found if not any(violations(problem, plan)))
    return Alternatives(plans, no_more, _told(plans, differ_in, cost_at_most, no_more=no_more))


def _by_model(
    problem: AllocationProblem, result: AllocationResult, k: int, differ_in: int, limits: Limits, effort: float
) -> tuple[list[Plan], bool]:
    model = LimitedModel(problem, limits, effort, result.seed)
    known, found = [result.plan], list[Plan]()
    model.differ_from(result.plan, differ_in)
    while len(found) < k:
        plan = model.most_even()
        if plan is None:
            return found, model.none_left
        assert all(distance(plan, other) >= differ_in for other in known)  # noqa: S101  our own promise
        found.append(plan)
        known.append(plan)
        model.differ_from(plan, differ_in)
    return found, False


def _alternative(problem: AllocationProblem, result: AllocationResult, plan: Plan) -> AlternativePlan:
    scored = score(problem, plan)
    changes = changes_between(result.score or scored, scored, fairness_of(result))
    moved = moved_between(result.plan, plan)
    first = first_difference(changes)
    if first is None:
        cost = "as good at every level"
    else:
        cost = f"{amount(first.level, first.change)} {'worse' if first.change > 0 else 'better'} on the {in_words(first.level)}"
    return AlternativePlan(plan, scored, moved, changes, f"{moves_told(moved)}: {cost}.")


def _told(plans: tuple[AlternativePlan, ...], differ_in: int, cost_at_most: float, *, no_more: bool) -> str:
    one = len(plans) <= 1
    cases = "1 case" if differ_in == 1 else f"{differ_in} cases"
    what = f"that {'differs' if one else 'differ'} in {cases} or more and {'costs' if one else 'cost'} at most {cost_at_most:.1%} more"
    number = "No other plan was found" if not plans else "1 other plan" if one else f"{len(plans)} other plans"
    return f"{number} {what}{'; it is proven that there are no more' if no_more else ''}."
