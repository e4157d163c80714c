"""Whole caseloads chosen together: a linear programme over those found so far gives prices, prices find better ones.

Column generation. The linear programme's prices are smoothed towards the best ones so far, which keeps them from
swinging (Wentges 1997); every pricing gives a bound, and the best is kept.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.dual import ROUNDING, Priced, nobody_waits, priced

SMOOTHING, LESS, LEAST = 0.6, 0.5, 0.02
"""Share of the best prices so far in those that are asked next [1], by what it falls where it does not help, and when
the programme's own prices have as good as been asked."""


class Pool:
    """Caseloads found so far: of each its worker, its items, and what it costs; the first of each worker is the empty one."""

    def __init__(self, sheet: Sheet, lin: Floats, curve: float) -> None:
        self.sheet, self.lin, self.curve = sheet, lin, curve
        self.worker: list[int] = []
        self.items: list[tuple[int, ...]] = []
        self.cost: list[float] = []
        self._known: set[tuple[int, ...]] = set()
        for worker in range(len(sheet.rooms)):
            self._put(worker, ())

    def add(self, chosen: Ints) -> int:
        """Add the caseloads that the marked items make, one a worker; say how many are new."""
        before = len(self.items)
        items = np.flatnonzero(chosen)
        for part in np.split(items, np.flatnonzero(np.diff(self.sheet.items["worker"][items])) + 1):
            if len(part):
                self.add_caseload(int(self.sheet.items["worker"][part[0]]), tuple(part.tolist()))
        return len(self.items) - before

    def add_plan(self, item_of: Ints) -> None:
        """Add the caseloads of a plan."""
        mark = np.zeros(len(self.sheet.items), np.int64)
        mark[item_of[item_of >= 0]] = 1
        self.add(mark)

    def add_caseload(self, worker: int, items: tuple[int, ...]) -> None:
        """Add a caseload by its items in order, unless it is there."""
        if items and items not in self._known:
            self._known.add(items)
            self._put(worker, items)

    def _put(self, worker: int, items: tuple[int, ...]) -> None:
        load = float(self.sheet.items["load"][list(items)].sum())
        self.worker.append(worker)
        self.items.append(items)
        squares = load * (2.0 * float(self.sheet.rooms[worker]["ratio"]) + load)
        self.cost.append(self.curve * squares + float(self.lin[list(items)].sum()))

    def matrix(self) -> csc_array:
        """Give for each caseload the rows it takes, and below them its worker."""
        rows = len(self.sheet.rows)
        lengths = [len(items) + 1 for items in self.items]
        at = np.concatenate([[0], np.cumsum(lengths)])
        row_of = self.sheet.items["row"]
        index = [
            place
            for worker, items in zip(self.worker, self.items, strict=True)
            for place in (*row_of[list(items)].tolist(), rows + worker)
        ]
        shape = (rows + len(self.sheet.rooms), len(self.items))
        return csc_array((np.ones(len(index)), np.array(index, np.int64), at), shape=shape)

    def prices(self) -> tuple[float, Floats, Floats]:
        """Solve the linear programme over the pool: its value, the prices of the rows, and the share of each caseload."""
        answer = linprog(
            self.cost,
            A_eq=self.matrix(),
            b_eq=np.ones(len(self.sheet.rows) + len(self.sheet.rooms)),
            bounds=(0, None),
            method="highs",
        )
        if answer.status != 0:
            return np.inf, np.zeros(len(self.sheet.rows)), np.zeros(len(self.items))
        return float(answer.fun), answer.eqlin.marginals[: len(self.sheet.rows)], answer.x


def generate(
    pool: Pool,
    start: Priced,
    rounds: int,
    *,
    threads: int,
    close: float,
    keep_going: Callable[[float], bool],
) -> tuple[Priced, float]:
    """Find caseloads and better prices, round by round; give the best prices with their bound, and the pool's value.

    Parameters
    ----------
    pool
        Holds at least the caseloads of one plan; it grows.
    start
        Prices to begin with.
    rounds
        Pricings at most.
    close
        Difference between the pool's linear optimum and the bound at which it ends.
    """
    best, value = start, np.inf
    pool.add(start.chosen)
    smoothing = SMOOTHING
    for _ in range(rounds):
        value, row, _ = pool.prices()
        if value - best.bound <= close + ROUNDING * abs(value) or not keep_going(best.bound):
            break
        asked = smoothing * best.prices.row + (1.0 - smoothing) * row
        now = priced(pool.sheet, best.prices._replace(row=asked), nobody_waits, threads)
        new = pool.add(now.chosen)
        if now.bound > best.bound:
            best, smoothing = now, SMOOTHING
        else:
            smoothing *= LESS
        if new == 0 and smoothing < LEAST:
            break
    return best, value
