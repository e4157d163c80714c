"""The frontier between balance, continuity and match: the plans of which none is better at one without being worse at another.

Each point is the most even plan that has at most so many points of mismatch and of discontinuity, with as few cases
waiting as in the answer. These two are whole numbers: lowering the bounds one below what was found misses no point
(the epsilon-constraint method).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

from ortools.sat.python import cp_model

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.choices.limited_model import LimitedModel
from allocation_engine.optimiser.choices.sweep import sweep
from allocation_engine.optimiser.choices.within import SLACK, Limits, pairs_in
from allocation_engine.optimiser.level_values import SQUARES
from allocation_engine.optimiser.objective import LevelOfObjective, name_of_ratio_level
from allocation_engine.optimiser.result import AllocationResult
from domain.allocation import AllocationProblem, Plan, Score, score

ONE_MODEL_UP_TO = 1_500
"""Pairs of case and worker up to which each point is solved for; above, cases are passed on one by one."""

EFFORT = 2.0
"""Deterministic seconds for each point."""

NAMES = {Aim.SQUARES: SQUARES, Aim.HEAVIEST: name_of_ratio_level(1)}


@dataclass(frozen=True)
class FrontierPoint:
    """A row of the table: what a plan is worth at each of the three, least is best, and the plan."""

    balance: float
    mismatch: int
    discontinuity: int
    score: Score
    plan: Plan


@dataclass(frozen=True)
class Frontier:
    """The points, most even first.

    Attributes
    ----------
    balance
        What balance is measured by: the sum of squared load ratios or the heaviest.
    complete
        Whether it is proven, but for rounding, that there is no further point.
    """

    balance: str
    points: tuple[FrontierPoint, ...]
    complete: bool
    sentence: str


def frontier(
    problem: AllocationProblem,
    result: AllocationResult,
    *,
    balance: Aim = Aim.SQUARES,
    values: int = 5,
    effort: float = EFFORT,
    one_model_up_to: int = ONE_MODEL_UP_TO,
) -> Frontier:
    """Give the frontier around an answer.

    Parameters
    ----------
    problem, result
        A problem and its answer; as few cases wait at every point as there.
    balance
        `Aim.SQUARES` or `Aim.HEAVIEST`.
    values
        How many values of mismatch, and of discontinuity, are tried at most: evenly spaced where there are more.
    effort
        Deterministic time for each point.
    """
    if result.score is None:
        return Frontier(NAMES[balance], (), complete=True, sentence="There is no plan, and so nothing to trade.")
    if pairs_in(problem) > one_model_up_to:
        plans, complete = sweep(problem, result.plan, values * values, balance), False
    else:
        grid = _Grid(problem, result.score, balance, effort, result.seed)
        plans = list(grid.plans(values))
        complete = grid.complete
    points = non_dominated([_point(problem, plan, balance) for plan in plans])
    return Frontier(NAMES[balance], points, complete, _told(points, complete=complete))


def non_dominated(points: list[FrontierPoint]) -> tuple[FrontierPoint, ...]:
    """Keep the points that no other one beats, one of each worth, most even first."""
    kept: list[FrontierPoint] = []
    for one in sorted(points, key=lambda point: (point.balance, point.mismatch, point.discontinuity)):
        if not any(
            other.balance <= one.balance + SLACK
            and other.mismatch <= one.mismatch
            and other.discontinuity <= one.discontinuity
            for other in kept
        ):
            kept = [other for other in kept if not _beats(one, other)]
            kept.append(one)
    return tuple(kept)


def _beats(one: FrontierPoint, other: FrontierPoint) -> bool:
    """Say whether a point is as even within rounding as a more even one, and better at the others."""
    return (
        one.balance <= other.balance + SLACK
        and one.mismatch <= other.mismatch
        and one.discontinuity <= other.discontinuity
    )


class _Grid:
    """Bounds on mismatch and discontinuity, each solved for the most even plan."""

    def __init__(self, problem: AllocationProblem, best: Score, balance: Aim, effort: float, seed: int) -> None:
        self.problem, self.balance, self.effort, self.seed = problem, balance, effort, seed
        self.limits = Limits(tuple(map(float, best.unallocated)), inf, inf)
        self.complete = True

    def plans(self, values: int) -> Iterator[Plan]:
        """Give the most even plan for each pair of bounds, from none at all down to the least there is."""
        least = [self._least(aim) for aim in (Aim.MATCH, Aim.CONTINUITY)]
        discontinuity: int | None = None
        step: int | None = None
        while discontinuity is None or discontinuity >= least[1]:
            found = []
            for plan in self._down_from(discontinuity, least[0], values):
                found.append(score(self.problem, plan).discontinuity)
                yield plan
            if not found:
                return
            step = step or self._step(max(found) - least[1], values)
            discontinuity = max(found) - step

    def _down_from(self, discontinuity: int | None, least: int, values: int) -> Iterator[Plan]:
        """Give the most even plans of at most so much discontinuity, with ever less mismatch."""
        mismatch: int | None = None
        step: int | None = None
        while mismatch is None or mismatch >= least:
            plan = self._solved(mismatch, discontinuity)
            if plan is None:
                return
            yield plan
            at = score(self.problem, plan).mismatch
            step = step or self._step(at - least, values)
            mismatch = at - step

    def _step(self, width: int, values: int) -> int:
        step = max(1, -(-width // max(values - 1, 1)))
        self.complete = self.complete and step == 1
        return step

    def _least(self, aim: Aim) -> int:
        model = self._model(self.limits)
        plan = model.least(model.stated(aim)[0])
        if plan is None or not model.proven:
            self.complete = False
            return 0
        found = score(self.problem, plan)
        return found.mismatch if aim is Aim.MATCH else found.discontinuity

    def _solved(self, mismatch: int | None, discontinuity: int | None) -> Plan | None:
        """Give the most even plan within the bounds, and of those equally even the best at the two together."""
        model, _ = self._bounded(self.limits, mismatch, discontinuity)
        plan = model.least(model.levels[NAMES[self.balance]])
        self.complete = self.complete and (model.none_left if plan is None else model.proven)
        if plan is None:
            return None
        found = score(self.problem, plan)
        if self.balance is Aim.SQUARES:
            as_even = replace(self.limits, squares=found.squares)
        else:
            as_even = replace(self.limits, heaviest=max(found.ratios, default=0.0))
        again, both = self._bounded(as_even, mismatch, discontinuity)
        better = again.least(both)
        self.complete = self.complete and better is not None and again.proven
        return better or plan

    def _bounded(
        self, limits: Limits, mismatch: int | None, discontinuity: int | None
    ) -> tuple[LimitedModel, LevelOfObjective]:
        model = self._model(limits)
        match, continuity = model.stated(Aim.MATCH)[0], model.stated(Aim.CONTINUITY)[0]
        for level, most in ((match, mismatch), (continuity, discontinuity)):
            if most is not None:
                model.hold(level.expression, most)
        return model, replace(match, expression=cp_model.LinearExpr.sum([match.expression, continuity.expression]))

    def _model(self, limits: Limits) -> LimitedModel:
        return LimitedModel(self.problem, limits, self.effort, self.seed)


def _point(problem: AllocationProblem, plan: Plan, balance: Aim) -> FrontierPoint:
    found = score(problem, plan)
    even = found.squares if balance is Aim.SQUARES else max(found.ratios, default=0.0)
    return FrontierPoint(even, found.mismatch, found.discontinuity, found, plan)


def _told(points: tuple[FrontierPoint, ...], *, complete: bool) -> str:
    number = "1 plan" if len(points) == 1 else f"{len(points)} plans"
    more = "; there are no others" if complete else "; there may be others between them"
    return f"{number} of which none is better at one without being worse at another{more}."
