"""A score level by level, by the names under which the solver settles them."""

from math import fsum

from allocation_engine.optimiser.aims import Fairness
from allocation_engine.optimiser.objective import name_of_ratio_level
from domain.allocation import Score
from domain.vocabulary import Priority

SQUARES = "sum of squared load ratios"

SAME = 1e-9
"""Values that differ by no more are one, but for rounding."""


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
