"""The shape of a problem as arrays, for compiled code."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Records = NDArray[Any]

NO_CAP = 1_000_000
NO_AREA, SEVERAL_AREAS = -1, -2
UNTIL_SETTLED = 1e18
"""A load ratio [1] that nobody reaches: the ceiling before the level of the heaviest ratio is settled."""

ROWS = np.dtype([("cases", "i8"), ("high", "i8"), ("area", "i8"), ("weight", "f8")])
"""What is to be taken exactly once: a unit (a case, or siblings who stay together) or a co-worker's place on a case.

Cases, those of high risk, the place of their area, and what it costs to leave the row waiting.
"""

ITEMS = np.dtype(
    [(name, "i8") for name in ("row", "worker", "new", "receives", "moved", "mismatch", "discontinuity")]
    + [(name, "f8") for name in ("load", "hours", "variance", "cost")]
)
"""A row taken by a worker: how many cases of it are new to them and moved from another, whether it brings something
new, its points, and what it adds to load over capacity [1], hours [h/week] and variance (of load over capacity, times
the square of the deviations looked at), and its cost."""

ROOMS = np.dtype(
    [(name, "i8") for name in ("cases", "new", "high", "area", "caseload")]
    + [(name, "f8") for name in ("ratio", "variance", "hours", "capacity")]
)
"""What a worker may still be given (cases, new ones, of high risk, hours), and what they begin with: the area of their
cases, their caseload, their load over capacity [1] and its variance, and their capacity [lp]."""


class Sheet(NamedTuple):
    """A problem as arrays.

    Attributes
    ----------
    rows, items, rooms
        Records; items are sorted by worker and row, `at` gives where each worker's begin.
    row_at, by_row
        Where each row's items begin in `by_row`, which lists items by row and worker.
    row_harm, room_harm, held_harm
        Cases by harm type: of each row, what each worker may still be given, what each holds.
    clash_at, clashes
        For each row the groups of which one worker takes one row at most: a peer group, or the two roles on a case.
    limit, share, share_from, one_area
        The load limit [1], and the caps on one-sided caseloads and on areas, as in `domain.allocation.Caps`.
    """

    rows: Records
    items: Records
    rooms: Records
    at: Ints
    row_at: Ints
    by_row: Ints
    row_harm: Ints
    room_harm: Ints
    held_harm: Ints
    clash_at: Ints
    clashes: Ints
    limit: float
    share: float
    share_from: int
    one_area: bool


def least_for_each(sheet: Sheet, values: NDArray[Any]) -> Floats:
    """Give the least value among the items of each row; infinite where nobody could take it."""
    least = np.full(len(sheet.rows), np.inf)
    np.minimum.at(least, sheet.items["row"], values)
    return least
