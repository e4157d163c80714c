"""Every caseload one worker might have: a choice of units within the limits, whose load lies in a window.

Units of equal load change nothing between them, so caseloads are told apart by loads only.
"""

from dataclasses import dataclass
from math import isqrt

import numpy as np
from scipy.sparse import csc_array

from allocation_engine.optimiser.areas.problem import Integers, Limits


@dataclass(frozen=True)
class Caseloads:
    """The possible caseloads of one area.

    Attributes
    ----------
    taken
        Kinds of unit by caseloads: how many units of that load it takes.
    there
        How many units of each kind there are.
    load
        Of each caseload [steps].
    """

    taken: csc_array
    there: Integers
    load: Integers

    def only(self, which: Integers) -> "Caseloads":
        """Give some of the caseloads."""
        return Caseloads(self.taken[:, which], self.there, self.load[which])


def window(total: int, count: int, below: int, limits: Limits) -> tuple[int, int]:
    """Give least and greatest load of one of `count` workers if the sum of squares is to be less than `below`.

    A load x leaves squares of at least ``(total - x)²/(count - 1)`` to the others, so ``(x - mean)² <= (below -
    count·mean²)·(count - 1)/count``; and what the others may not have is left to this one.
    """
    excess = below * count - total * total
    reach = isqrt(max(excess * (count - 1), 0)) // count + 1
    left_over = total - (count - 1) * limits.largest
    return max(total // count - reach, left_over, 0), min(total // count + 1 + reach, limits.largest)


def caseloads_within(
    loads: Integers, sizes: tuple[int, int], lowest: int, highest: int, limit: int
) -> Caseloads | None:
    """List every caseload whose number of units and whose load lie within bounds; None if there are more than `limit`.

    Built a unit at a time in order of load, heaviest first; a beginning is dropped as soon as nothing that may follow
    brings it into the window, and of equal units the first is taken first.

    Parameters
    ----------
    loads
        Of the area's units, heaviest first [steps].
    sizes
        Fewest and most units of a caseload.
    limit
        The most caseloads, or beginnings of some, to be held at once.
    """
    fewest, most = sizes
    kinds = np.cumsum(np.diff(loads, prepend=loads[:1]) != 0)
    sums = np.concatenate([[0], np.cumsum(loads)])
    units = np.empty((1, 0), dtype=np.int64)
    load = np.zeros(1, dtype=np.int64)
    found: list[tuple[Integers, Integers]] = []
    held = 0
    for size in range(1, most + 1):
        first, end = _next_units(loads, sums, units, load, (fewest - size, most - size), (lowest, highest))
        if held + int((end - first).clip(0).sum()) > 4 * limit:
            return None
        units, load = _one_more(loads, units, load, first, end)
        inside = np.flatnonzero((load >= lowest) & (load <= highest)) if size >= fewest else np.empty(0, dtype=np.int64)
        found.append((kinds[units[inside]], load[inside]))
        held += len(inside)
        if held > limit or len(load) > limit:
            return None
    return _gathered(found, np.bincount(kinds))


def _next_units(
    loads: Integers, sums: Integers, units: Integers, load: Integers, more: tuple[int, int], within: tuple[int, int]
) -> tuple[Integers, Integers]:
    """Give for each beginning the range of places of units that may come next.

    Not so heavy that the lightest company goes beyond the window, nor so light that the heaviest that may follow
    falls short of it.
    """
    least, most = max(more[0], 0), more[1]
    places = np.arange(len(loads))
    lightest = loads + (sums[-1] - sums[len(loads) - least])
    heaviest = sums[np.minimum(places + 1 + most, len(loads))] - sums[places]
    after = units[:, -1] + 1 if units.shape[1] else np.zeros(len(load), dtype=np.int64)
    first = np.searchsorted(-lightest, load - within[1], side="left")
    end = np.searchsorted(-heaviest, load - within[0], side="right")
    return np.maximum(first, after), np.minimum(end, len(loads) - least)


def _one_more(
    loads: Integers, units: Integers, load: Integers, first: Integers, end: Integers
) -> tuple[Integers, Integers]:
    """Lengthen each beginning by every unit in its range, of equal units only by the first that is free."""
    ways = (end - first).clip(0)
    of = np.repeat(np.arange(len(load)), ways)
    unit = np.arange(len(of)) - np.repeat(np.cumsum(ways) - ways, ways) + np.repeat(first, ways)
    last = units[of, -1] if units.shape[1] else np.full(len(of), -1)
    new = (unit == last + 1) | (loads[unit] != loads[unit - 1])
    of, unit = of[new], unit[new]
    return np.column_stack([units[of], unit]), load[of] + loads[unit]


def _gathered(found: list[tuple[Integers, Integers]], there: Integers) -> Caseloads:
    sizes = np.concatenate([np.full(len(load), kinds.shape[1]) for kinds, load in found])
    rows = np.concatenate([kinds.ravel() for kinds, _ in found])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    taken = csc_array((np.ones(len(rows), dtype=np.int64), rows, starts), shape=(len(there), len(sizes)))
    taken.sum_duplicates()
    return Caseloads(taken, there, np.concatenate([load for _, load in found]))
