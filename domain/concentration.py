"""How unevenly something is held, against the shares that an even holding would have."""

from collections.abc import Sequence
from itertools import pairwise

Holding = tuple[float, float]
"""A weight above 0, such as hours, and what is held with it."""


def gini(held: Sequence[Holding]) -> float | None:
    """Give the Gini coefficient of what is held for each unit of weight.

    Twice the area between the Lorenz curve and the diagonal, ``G = 1 - Σ (F_i - F_{i-1}) (L_i + L_{i-1})``: 0 where all
    hold alike for their weight, near 1 where one holds everything. None where nothing is held.
    """
    curve = _lorenz(held)
    if curve is None:
        return None
    return 1 - sum((after[0] - before[0]) * (after[1] + before[1]) for before, after in pairwise(curve))


def top_share(held: Sequence[Holding], share: float) -> float | None:
    """Give the part of all that is held [1] by the given share [1] of the weight that holds most; None of nothing."""
    curve = _lorenz(held)
    if curve is None:
        return None
    wanted = 1 - share
    steps = pairwise(curve)
    (weight, part), (next_weight, next_part) = next(step for step in steps if step[1][0] >= wanted)
    return 1 - part - (next_part - part) * (wanted - weight) / (next_weight - weight)


def _lorenz(held: Sequence[Holding]) -> list[Holding] | None:
    """Add up weight and holding from who holds least for their weight to who holds most, as shares of all."""
    weight, total = sum(one for one, _ in held), sum(one for _, one in held)
    if not total:
        return None
    curve = [(0.0, 0.0)]
    so_far, so_much = 0.0, 0.0
    for own, part in sorted(held, key=lambda one: one[1] / one[0]):
        so_far, so_much = so_far + own, so_much + part
        curve.append((so_far / weight, so_much / total))
    curve[-1] = (1.0, 1.0)  # whatever was lost in adding up
    return curve
