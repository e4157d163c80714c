"""Distrust the solver: every rule checked again and every level scored again, without it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from math import isfinite

from allocation_engine.optimiser.objective import name_of_ratio_level
from allocation_engine.optimiser.result import AllocationResult, Level, SolveStatus
from allocation_engine.optimiser.scaling import harm_error, ratio_error
from domain.allocation import AllocationProblem, Plan, Score, score, violations
from domain.rejection import Rejection
from domain.vocabulary import Priority

GAP_OF_ROUNDING = 1e-6
"""Gap [1] that a proven level may keep: that of the solver's whole steps."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an independent look at a result found: rules broken, and figures that do not hold."""

    broken: tuple[Rejection, ...]
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.broken and not self.wrong


def verify(problem: AllocationProblem, result: AllocationResult) -> Verdict:
    """Check a result against its problem.

    Every rule of `domain.allocation` must hold for the plan; the score must be the plan's own; each level's value must
    be the one scored, its bound not above it by more than the scaling may cost, and its place one that some order of
    aims gives it. What is said to be proven must have no gap, and what is said to be impossible must not be refuted by
    the plan that leaves everything as it is.
    """
    if result.status in {SolveStatus.INFEASIBLE, SolveStatus.UNKNOWN}:
        return Verdict((), tuple(_wrong_without_a_plan(problem, result)))
    broken = tuple(violations(problem, result.plan))
    if any(rejection.code == "one_primary" for rejection in broken):
        return Verdict(broken, ())
    wrong = [*_wrong_figures(problem, result), *_wrong_order(result.levels), *_wrong_status(result)]
    return Verdict(broken, tuple(wrong))


def _wrong_without_a_plan(problem: AllocationProblem, result: AllocationResult) -> Iterator[str]:
    if result.plan.primary or result.plan.co_worker:
        yield f"a result that is {result.status.value} holds a plan"
    if result.score is not None:
        yield f"a result that is {result.status.value} has a score"
    if result.status is SolveStatus.INFEASIBLE and not any(violations(problem, _as_it_is(problem))):
        yield "the result is infeasible, and to leave everything as it is keeps every rule"


def _as_it_is(problem: AllocationProblem) -> Plan:
    """Give the plan that does what is fixed and leaves every other case with who holds it, or waiting."""
    held = {case.case_id: case.current_worker_id for case in problem.cases if case.current_worker_id is not None}
    return Plan(primary=held | dict(sorted(problem.pinned)))


def _wrong_figures(problem: AllocationProblem, result: AllocationResult) -> Iterator[str]:
    rescored = score(problem, result.plan)
    if result.score != rescored:
        yield "the score is not the plan's own"
    expected = _value_by_level(problem, rescored)
    for level in result.levels:
        if level.name not in expected:
            yield f"{level.name} is no level"
            continue
        if not (isfinite(level.value) and isfinite(level.bound)):
            yield f"{level.name} has a value or a bound that is no number"
            continue
        value, slack = expected[level.name]
        # A level settled early keeps its bound, while later levels may still change its value within the rounding.
        if abs(level.value - value) > slack:
            yield f"{level.name} is {level.value:g} in the result and {value:g} in the plan"
        if level.bound > level.value + slack:
            yield f"{level.name} has a bound above its value"


def _value_by_level(problem: AllocationProblem, found: Score) -> dict[str, tuple[float, float]]:
    """Give each level's value under a score, and by how much the solver's whole steps may miss it."""
    of_ratios = ratio_error(problem) * (len(problem.workers) + 1)
    of_harm = 7 * harm_error(problem)
    most = max(len(found.ratios), len(problem.workers))
    waiting = {f"unallocated, {one.value}": (here, 0.0) for one, here in zip(Priority, found.unallocated, strict=True)}
    padded = [*found.ratios, *(0.0 for _ in range(most - len(found.ratios)))]
    ratios = {name_of_ratio_level(k): (sums, of_ratios) for k, sums in enumerate(accumulate(padded), start=1)}
    return {
        **waiting,
        **ratios,
        "sum of squared load ratios": (found.squares, of_ratios * (1 + 2 * max(found.ratios, default=0.0))),
        "harm types balanced": (found.harm_balance, of_harm),
        "area and language": (found.mismatch, 0.0),
        "continuity": (found.discontinuity, 0.0),
        "cost": (found.cost, of_ratios * (1 + abs(found.cost))),
    }


def _wrong_order(levels: tuple[Level, ...]) -> Iterator[str]:
    """Look for levels that come twice, and for ones out of a sequence: urgent cases first, sums of ratios as they grow.

    The heaviest ratio alone is an aim of its own, which may be asked for after the sums.
    """
    names = [level.name for level in levels]
    yield from (f"{name} comes {times} times" for name, times in Counter(names).items() if times > 1)
    waiting = [f"unallocated, {priority.value}" for priority in Priority]
    sums = [name_of_ratio_level(k) for k in range(2, len(names) + 2)]
    for sequence in (waiting, sums):
        there = [name for name in names if name in sequence]
        first = sequence.index(there[0]) if there else 0
        if there != sequence[first : first + len(there)]:
            yield f"{', '.join(there)} are not in order"


def _wrong_status(result: AllocationResult) -> Iterator[str]:
    """Look for what keeps a result from being proven the best, where it is said to be."""
    if result.status is not SolveStatus.OPTIMAL:
        return
    yield from (
        f"the result is optimal, and {level.name} has a gap" for level in result.levels if level.gap > GAP_OF_ROUNDING
    )
    if result.stopped is not None:
        yield f"the result is optimal, and the search ended early: {result.stopped.value}"
