"""Whole caseloads chosen together: a linear programme over those found so far gives prices, prices find better ones.

Column generation, kept steady by a box around the best prices so far: outside it a row may be taken too often or not at
all, at the box's edge for a price. Every pricing gives a bound, and the best is kept.

References
----------
.. [1] O. du Merle, D. Villeneuve, J. Desrosiers, P. Hansen (1999), Stabilized column generation, Discrete Mathematics
   194:229-237. R. E. Marsten, W. W. Hogan, J. W. Blankenship (1975), The boxstep method for large-scale optimization,
   Operations Research 23:389-405.
"""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.dual import Priced, nobody_waits, priced

FIRST_BOX, WIDER, NARROWER, LEAST_BOX = 5e-3, 1.5, 0.9, 1e-6
"""Half the width of the first box as a share of the mean price, by how much it changes, and the width at which it ends."""

GOOD_STEP = 0.5
"""Share of the rise that the programme promises from which a step widens the box."""

NEAR_ENOUGH = 4.0
"""Caseloads whose reduced cost is above this many times the gap are left out of the programme."""


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

    def within(self, base: Priced, gap: float) -> "Pool":
        """Give the caseloads that are worth less than the best of their worker, at these prices, by no more than a gap."""
        found = Pool(self.sheet, self.lin, self.curve)
        for place in np.flatnonzero(self.above(base) <= gap).tolist():
            found.add_caseload(self.worker[place], self.items[place])
        return found

    def above(self, base: Priced) -> Floats:
        """Give by how much each caseload is worth less than the best of its worker, at these prices."""
        above: Floats = np.array(self.cost) - self.matrix().T @ base.prices.row + base.worths[self.worker]
        return above

    def matrix(self) -> csc_array:
        """Give for each caseload the rows it takes."""
        rows = len(self.sheet.rows)
        at = np.cumsum([0, *(len(items) for items in self.items)])
        items = np.fromiter((item for items in self.items for item in items), np.int64, at[-1])
        return csc_array((np.ones(len(items)), self.sheet.items["row"][items], at), shape=(rows, len(self.items)))


class Climb:
    """Prices raised step by step.

    Attributes
    ----------
    pool
        The caseloads found; it holds at least those of one plan.
    base
        The best prices so far, with the bound that they prove.
    done
        Whether no step leads any higher.
    """

    def __init__(self, pool: Pool, base: Priced, threads: int) -> None:
        self.pool, self.base, self.done = pool, base, False
        self._threads = threads
        self._box = FIRST_BOX * max(float(np.abs(base.prices.row).sum()) / max(len(base.prices.row), 1), 1e-9)
        self._least = LEAST_BOX * self._box
        pool.add(base.chosen)

    def step(self, best: float, seconds: float | None) -> None:
        """Ask the programme for prices near the best ones, and price all caseloads at them.

        Parameters
        ----------
        best
            Cost of the best plan so far, by which caseloads too far from any better plan are left out.
        seconds
            By the clock, at most; None for no limit.
        """
        promised, row = self._programme(best - self.base.bound, seconds)
        if not np.isfinite(promised):
            self.done = True
            return
        now = priced(self.pool.sheet, self.base.prices._replace(row=row), nobody_waits, self._threads)
        new = self.pool.add(now.chosen)
        if now.bound > self.base.bound:
            good = now.bound - self.base.bound > GOOD_STEP * (promised - self.base.bound)
            self._box *= WIDER if good else 1.0
            self.base = now
        else:
            self._box *= NARROWER
            self.done = new == 0 or self._box < self._least

    def _programme(self, gap: float, seconds: float | None) -> tuple[float, Floats]:
        """Solve the linear programme in the box: its value (infinite if it is not solved) and the prices of the rows."""
        sheet, centre = self.pool.sheet, self.base.prices.row
        rows, workers = len(sheet.rows), len(sheet.rooms)
        taken, cost, worker = self.pool.matrix(), np.array(self.pool.cost), np.array(self.pool.worker)
        kept = np.flatnonzero(self.pool.above(self.base) <= NEAR_ENOUGH * gap)
        answer = linprog(
            np.concatenate([cost[kept], centre + self._box, self._box - centre]),
            A_eq=_with_workers_and_box(csc_array(taken[:, kept]), worker[kept], workers),
            b_eq=np.ones(rows + workers),
            bounds=(0, None),
            method="highs-ds",
            options={} if seconds is None else {"time_limit": max(seconds, 0.01)},
        )
        if answer.status != 0:
            return np.inf, centre
        return float(answer.fun), np.ascontiguousarray(answer.eqlin.marginals[:rows])


def _with_workers_and_box(taken: csc_array, worker: Ints, workers: int) -> csc_array:
    """Add each caseload's worker below its rows, and for each row what takes it too seldom or too often."""
    rows, number = taken.shape
    lengths = np.diff(taken.indptr)
    at = np.concatenate([[0], np.cumsum(lengths + 1)])
    index, place = np.empty(at[-1], np.int64), at[:-1] + lengths
    index[place] = rows + worker
    others = np.ones(at[-1], np.bool_)
    others[place] = False
    index[others] = taken.indices
    values = np.concatenate([np.ones(at[-1] + rows), -np.ones(rows)])
    index = np.concatenate([index, np.arange(rows), np.arange(rows)])
    at = np.concatenate([at, at[-1] + 1 + np.arange(2 * rows)])
    return csc_array((values, index, at), shape=(rows + workers, number + 2 * rows))
