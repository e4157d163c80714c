"""What an area's total load alone proves: squares are least when the load is spread as evenly as its units allow."""

import numpy as np

from allocation_engine.optimiser.areas.problem import UNREACHABLE, Integers


def spread(total: int, count: int) -> int:
    """Give the least sum of squares of `count` whole numbers with this total; `count` is at least 1."""
    each, over = divmod(total, count)
    return over * (each + 1) ** 2 + (count - over) * each**2


def least_by_spreading(loads: Integers, count: int, fewest: int, most: int, largest: int) -> int:
    """Bound the sum of squares of `count` workers from below; `UNREACHABLE` if they plainly cannot take these units.

    A unit beyond the average makes one worker's load at least its own (and that of `fewest` - 1 light ones); squares
    are then least with exactly that there, and the rest spread evenly over the others, and so on with the next unit.

    Parameters
    ----------
    loads
        Of the area's units, heaviest first [steps].
    """
    total = int(loads.sum())
    if not count * fewest <= len(loads) <= count * most or total > count * largest:
        return UNREACHABLE
    if count == 0:
        return 0
    company = int(np.sort(loads)[: fewest - 1].sum())
    if int(loads[0]) + company > largest:
        return UNREACHABLE
    fixed = 0
    for load in (loads[: count - 1] + company).tolist():
        if load * count <= total:
            break
        fixed += load * load
        total -= load
        count -= 1
    return fixed + spread(total, count)
