"""What another plan would change at every level of the objective, by the names under which the solver settles them."""

from dataclasses import dataclass
from math import fsum

from allocation_engine.optimiser.aims import Fairness
from allocation_engine.optimiser.objective import name_of_ratio_level
from domain.allocation import Score
from domain.vocabulary import Priority

TOLERANCE = 1e-6
"""Figures closer than this are as good as each other; counts differ by whole numbers."""

SQUARES = "sum of squared load ratios"


@dataclass(frozen=True, slots=True)
class LevelChange:
    """By how much a level changes: above zero is worse, zero is as good."""

    level: str
    change: float


def values_of(score: Score, fairness: Fairness, receivers: int) -> tuple[tuple[str, float], ...]:
    """Give a score as (level, value), most important first; leximin has one level for each of so many receivers."""
    waiting = [
        (f"unallocated, {priority.value}", float(points))
        for priority, points in zip(Priority, score.unallocated, strict=True)
    ]
    deepest = receivers if fairness is Fairness.LEXIMIN else 1
    ratios = [(name_of_ratio_level(k), fsum(score.ratios[:k])) for k in range(1, max(deepest, 1) + 1)]
    squares = [(SQUARES, score.squares)] if fairness is Fairness.SQUARES else []
    return (
        *waiting,
        *ratios,
        *squares,
        ("harm types balanced", score.harm_balance),
        ("area and language", float(score.mismatch)),
        ("cost", score.cost),
        ("continuity", float(score.discontinuity)),
    )


def changes_between(before: Score, after: Score, fairness: Fairness) -> tuple[LevelChange, ...]:
    """Give the change at every level, those of the tolerance as none."""
    receivers = max(len(before.ratios), len(after.ratios))
    pairs = zip(values_of(before, fairness, receivers), values_of(after, fairness, receivers), strict=True)
    return tuple(LevelChange(name, _change(then - now)) for (name, now), (_, then) in pairs)


def first_difference(changes: tuple[LevelChange, ...]) -> LevelChange | None:
    """Give the first level that changes, which decides; None where the two are as good as each other."""
    return next((one for one in changes if one.change), None)


def sort_key(changes: tuple[LevelChange, ...]) -> tuple[float, ...]:
    """Give changes as figures to compare level by level, least is best."""
    return tuple(one.change for one in changes)


def _change(difference: float) -> float:
    return 0.0 if abs(difference) < TOLERANCE else difference
