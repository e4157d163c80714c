"""What another plan would change at every level of the objective, by the names under which the solver settles them."""

from dataclasses import dataclass

from allocation_engine.optimiser.aims import Fairness
from allocation_engine.optimiser.level_values import values_of
from domain.allocation import Score

TOLERANCE = 1e-6
"""Figures closer than this are as good as each other; counts differ by whole numbers."""


@dataclass(frozen=True, slots=True)
class LevelChange:
    """By how much a level changes: above zero is worse, zero is as good."""

    level: str
    change: float


def changes_between(
    before: Score, after: Score, fairness: Fairness, receivers: int | None = None
) -> tuple[LevelChange, ...]:
    """Give the change at every level, those of the tolerance as none.

    `receivers`: for how many there are to be levels; where plans are compared with one another, as many for each of them.
    """
    if receivers is None:
        receivers = max(len(before.ratios), len(after.ratios))
    pairs = zip(values_of(before, fairness, receivers), values_of(after, fairness, receivers), strict=True)
    return tuple(LevelChange(name, _change(then - now)) for (name, now), (_, then) in pairs)


def first_difference(changes: tuple[LevelChange, ...]) -> LevelChange | None:
    """Give the first level that changes, which decides; None where the two are as good as each other."""
    return next((one for one in changes if one.change), None)


def sort_key(changes: tuple[LevelChange, ...]) -> tuple[float, ...]:
    """Give changes as figures to compare level by level, least is best; all of as many receivers (`changes_between`)."""
    return tuple(one.change for one in changes)


def _change(difference: float) -> float:
    return 0.0 if abs(difference) < TOLERANCE else difference
