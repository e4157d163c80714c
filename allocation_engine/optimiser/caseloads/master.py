"""Whole caseloads chosen together: a linear programme over those found so far gives prices, prices find better ones.

Column generation, kept steady in two ways: prices are tried a part of the way from the best ones so far to the
programme's, and these stay in a wide box, outside which a row may be taken too often or not at all. Every pricing gives
a bound, and the best is kept.

References
----------
.. [1] P. Wentges (1997), Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming, International
   Transactions in Operational Research 4:151-162, for going part of the way.
.. [2] O. du Merle, D. Villeneuve, J. Desrosiers, P. Hansen (1999), Stabilized column generation, Discrete Mathematics
   194:229-237, for the box.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from ortools.linear_solver import pywraplp
from scipy.sparse import csc_array

from allocation_engine.optimiser.caseloads.arrays import Bools, Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.cuts import OF_THREE, TWO, at_prices, paid, violated
from allocation_engine.optimiser.caseloads.dual import ROUNDING, Priced, nobody_waits, priced
from allocation_engine.optimiser.caseloads.part import Part

FIRST_BOX, NEAR_BOX, WIDER = 0.5, 0.03, 4.0
"""Half the width of the first box as a share of the mean price, the same where the first prices are to be trusted, and by
how much it grows where it is in the way."""

KEPT = 0.8
"""Share of the best prices in those that are tried next."""

LOOSE, SHARPER = 0.5, 8
"""Share of what is open that searches cut short leave, from which they are made longer, and how many times."""

MOST_STEPS = 100_000
"""Steps that a worker's search is given here at most."""

LEFT_UNFOUND, MOST_SLACK = 0.1, 1e-6
"""Share of what is open that searches may leave unfound, all together, and what each may leave at most."""

TOLERANCE = 1e-7
"""Share of a row that is rounding."""

SECONDS_A_PRICING, SECONDS_A_CASELOAD = 5e-4, 1e-5
"""What a step takes [deterministic seconds]: a pricing, for each worker, and a linear programme, for each caseload in it."""

LEAST_SECONDS = 0.01
"""What the solver is given when time is up."""


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

    def item_of(self, places: Iterable[int]) -> Ints:
        """Give the item of each row where these caseloads are taken, below zero where none holds it."""
        found = np.full(len(self.sheet.rows), -1, np.int64)
        items = np.array([item for place in places for item in self.items[place]], np.int64)
        found[self.sheet.items["row"][items]] = items
        return found

    def join(self, other: "Pool") -> None:
        """Add the caseloads of another pool of the same sheet."""
        for worker, items in zip(other.worker, other.items, strict=True):
            self.add_caseload(worker, items)

    def part(self, cut: Part, workers: Ints) -> "Pool":
        """Give the caseloads of a part: those of its workers that hold rows of the part only."""
        place_of = {item: place for place, item in enumerate(cut.items.tolist())}
        member = {worker: place for place, worker in enumerate(workers.tolist())}
        found = Pool(cut.sheet, self.lin[cut.items], self.curve)
        for worker, items in zip(self.worker, self.items, strict=True):
            if worker in member and all(item in place_of for item in items):
                found.add_caseload(member[worker], tuple(sorted(place_of[item] for item in items)))
        return found

    def take_over(self, other: "Pool", cut: Part, workers: Ints) -> None:
        """Take over the caseloads of a part."""
        for worker, items in zip(other.worker, other.items, strict=True):
            self.add_caseload(int(workers[worker]), tuple(sorted(cut.items[list(items)].tolist())))

    def within(self, base: Priced, gap: float) -> "Pool":
        """Give the caseloads that are worth less than the best of their worker, at these prices, by no more than a gap."""
        found = Pool(self.sheet, self.lin, self.curve)
        for place in np.flatnonzero(self.above(base) <= gap).tolist():
            found.add_caseload(self.worker[place], self.items[place])
        return found

    def above(self, base: Priced) -> Floats:
        """Give by how much each caseload is worth less than the best of its worker, at these prices."""
        holds, worths = self.matrix(), base.worths[self.worker]
        above: Floats = np.array(self.cost) - holds.T @ base.prices.row + paid(base.prices.cuts, holds) + worths
        return above

    def matrix(self) -> csc_array:
        """Give for each caseload the rows it takes."""
        rows = len(self.sheet.rows)
        at = np.cumsum([0, *(len(items) for items in self.items)])
        items = np.fromiter((item for items in self.items for item in items), np.int64, at[-1])
        return csc_array((np.ones(len(items)), self.sheet.items["row"][items], at), shape=(rows, len(self.items)))


def effort_of_a_step(pool: Pool) -> float:
    """Give what a pricing of all workers and a linear programme over a pool take [deterministic seconds]."""
    return SECONDS_A_PRICING * len(pool.sheet.rooms) + SECONDS_A_CASELOAD * len(pool.items)


def kept_from_step_to_step() -> pywraplp.Solver:
    """Give a solver for a linear programme to which caseloads are added: its last basis stays feasible then.

    It does when costs change, too; preprocessing would begin anew.
    """
    solver = pywraplp.Solver.CreateSolver("GLOP")
    solver.SetSolverSpecificParametersAsString("use_preprocessing:false use_dual_simplex:false")
    return solver


class Solved(NamedTuple):
    """The value of a linear programme, the prices of its rows and of its cuts, and whether they are free of the box."""

    value: float
    row: Floats
    cut: Floats
    free: bool


class Programme:
    """The linear programme over a pool, kept in the solver from step to step, so that each begins where the last ended.

    A row may be taken too seldom or too often, at prices a box's width above and below a centre: the duals stay between.

    Attributes
    ----------
    cuts
        The rows of the cuts, three each.
    """

    def __init__(self, pool: Pool) -> None:
        """State that each row is taken once and each worker has one caseload at most; what none takes costs nothing."""
        self._pool, self._known = pool, 0
        self._literals: list[tuple[int, pywraplp.Variable]] = []
        self._taken: list[float] = []
        self._solver = kept_from_step_to_step()
        endless = self._solver.infinity()
        self._rows = [self._solver.Constraint(1.0, 1.0) for _ in pool.sheet.rows]
        self._workers = [self._solver.Constraint(-endless, 1.0) for _ in pool.sheet.rooms]
        self.cuts = np.zeros((0, OF_THREE), np.int64)
        self._cuts = list[pywraplp.Constraint]()
        self._cuts_of: list[list[int]] = [[] for _ in self._rows]
        self._cost = self._solver.Objective()
        self._outside = [[self._solver.NumVar(0.0, endless, "") for _ in self._rows] for _ in (1, -1)]
        for sign, outside in zip((1.0, -1.0), self._outside, strict=True):
            for row, one in zip(self._rows, outside, strict=True):
                row.SetCoefficient(one, sign)

    def aim(self, centre: Floats, box: float) -> None:
        """Keep the prices within a box around a centre."""
        for sign, outside in zip((1.0, -1.0), self._outside, strict=True):
            for price, one in zip((sign * centre + box).tolist(), outside, strict=True):
                self._cost.SetCoefficient(one, price)

    def rule_out(self, items: Bools) -> None:
        """Leave out the caseloads that hold one of the marked items, and no others."""
        self._take_in()
        endless = self._solver.infinity()
        held = np.fromiter((item for place, _ in self._literals for item in self._pool.items[place]), np.int64)
        at = np.cumsum([0, *(len(self._pool.items[place]) for place, _ in self._literals)])[:-1]
        for (_, one), out in zip(
            self._literals, np.add.reduceat(items[held], at, dtype=np.int64).tolist(), strict=True
        ):
            one.SetUb(0.0 if out else endless)

    def cut(self, rows: Ints) -> None:
        """Add cuts: of three rows each, at most one caseload taken holds two or more."""
        self._take_in()
        for three in rows.tolist():
            for row in three:
                self._cuts_of[row].append(len(self._cuts))
            self._cuts.append(self._solver.Constraint(-self._solver.infinity(), 1.0))
        self.cuts = np.concatenate((self.cuts, rows))
        for place, one in self._literals:
            self._put_in_cuts(one, place, len(self._cuts) - len(rows))

    def _put_in_cuts(self, one: pywraplp.Variable, place: int, first: int) -> None:
        """Put a caseload into the cuts of which it holds two rows, from one on."""
        row_of = self._pool.sheet.items["row"]
        for cut, held in Counter(
            cut for item in self._pool.items[place] for cut in self._cuts_of[row_of[item]]
        ).items():
            if held >= TWO and cut >= first:
                self._cuts[cut].SetCoefficient(one, 1.0)

    def solve(self, seconds: float | None) -> Solved | None:
        """Solve it, by the clock in so many seconds at most; None if it is not solved."""
        self._take_in()
        if seconds is not None:
            self._solver.SetTimeLimit(int(1000 * max(seconds, LEAST_SECONDS)))
        if self._solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        prices = np.array([row.dual_value() for row in self._rows])
        cuts = np.array([max(-cut.dual_value(), 0.0) for cut in self._cuts])
        self._taken = [one.solution_value() for _, one in self._literals]
        free = all(one.solution_value() <= TOLERANCE for outside in self._outside for one in outside)
        return Solved(self._cost.Value(), prices, cuts, free)

    def shares(self) -> Floats:
        """Give how much of each caseload of the pool the last solution takes; none of those found since."""
        found = np.zeros(len(self._pool.items))
        found[[place for place, _ in self._literals[: len(self._taken)]]] = self._taken
        return found

    def _take_in(self) -> None:
        """Take in the caseloads found since."""
        pool, row_of, endless = self._pool, self._pool.sheet.items["row"].tolist(), self._solver.infinity()
        for place in range(self._known, len(pool.items)):
            if not pool.items[place]:
                continue
            one = self._solver.NumVar(0.0, endless, "")
            self._literals.append((place, one))
            self._cost.SetCoefficient(one, pool.cost[place])
            self._workers[pool.worker[place]].SetCoefficient(one, 1.0)
            for item in pool.items[place]:
                self._rows[row_of[item]].SetCoefficient(one, 1.0)
            if self._cuts:
                self._put_in_cuts(one, place, 0)
        self._known = len(pool.items)


class Climb:
    """Prices raised step by step.

    Attributes
    ----------
    pool
        The caseloads found; it holds at least those of one plan.
    base
        The best prices so far, with the bound that they prove.
    promised
        The value of the last programme: no prices prove more, as far as caseloads are known.
    programme
        The linear programme, as it was last solved.
    done
        Whether no step leads any higher.
    """

    def __init__(
        self, pool: Pool, base: Priced, threads: int, most_steps: int = MOST_STEPS, first_box: float = FIRST_BOX
    ) -> None:
        """Begin at prices; `most_steps` is what a worker's search is given at most, the slack of the prices what it may leave."""
        self.pool, self.base, self.done, self.promised = pool, base, False, np.inf
        self._threads, self._nodes, self._most = threads, base.prices.nodes, most_steps
        self._least = base.prices.slack
        self._box = first_box * max(float(np.abs(base.prices.row).sum()) / max(len(base.prices.row), 1), 1e-9)
        pool.add(base.chosen)
        self._cut_prices = np.zeros(0)
        self.programme = Programme(pool)
        self.programme.aim(base.prices.row, self._box)

    def step(self, seconds: float | None) -> None:
        """Ask the programme for prices, go part of the way there from the best ones, and price all caseloads.

        Parameters
        ----------
        seconds
            By the clock, at most; None for no limit.
        """
        solved = self.programme.solve(seconds)
        if solved is None:
            self.done = True
            return
        self.promised, row, cut, free = solved
        part_row = KEPT * self.base.prices.row + (1.0 - KEPT) * row
        if self.promised - self.base.bound <= ROUNDING * abs(self.promised):
            self._widen(free)
        elif not self._look(part_row, KEPT * self._cut_prices + (1.0 - KEPT) * cut) and not self._look(row, cut):
            # Nothing new even at the programme's own prices: searches were cut short, or the box is in the way.
            if self._nodes < self._most and self._loose(self.base) > 0.0:
                self._nodes = min(SHARPER * self._nodes, self._most)
            else:
                self._widen(free)

    def cut(self) -> int:
        """Add the cuts that the last programme's solution violates most; say how many."""
        known = {tuple(three) for three in self.programme.cuts.tolist()}
        new = violated(self.pool.matrix(), self.programme.shares(), known)
        self.programme.cut(new)
        self._cut_prices = np.concatenate((self._cut_prices, np.zeros(len(new))))
        if len(new):
            self.promised, self.done = np.inf, False
        return len(new)

    def _look(self, row: Floats, cut: Floats) -> bool:
        """Price all caseloads; say whether one is new or the bound is higher."""
        left = self.promised - self.base.bound
        slack = min(max(LEFT_UNFOUND * left / max(len(self.base.worths), 1), self._least), MOST_SLACK)
        cuts = at_prices(self.programme.cuts, cut, len(row))
        prices = self.base.prices._replace(row=row, nodes=self._nodes, slack=slack, cuts=cuts)
        now = priced(self.pool.sheet, prices, nobody_waits, self._threads)
        # Where what searches that are cut short leave open is most of what is open, longer ones are worth their time.
        if self._loose(now) > LOOSE * (self.promised - now.bound):
            self._nodes = min(SHARPER * self._nodes, self._most)
        new, higher = self.pool.add(now.chosen), now.bound > self.base.bound
        if higher:
            self.base, self._cut_prices = now, cut
        return new > 0 or higher

    def _loose(self, base: Priced) -> float:
        """Add up by how much the bounds of the workers are above what was found for them."""
        return float((base.worths - base.found(self.pool.sheet)).sum())

    def _widen(self, free: bool) -> None:  # noqa: FBT001
        """Move the box to the best prices and make it wider; where it was not in the way, nothing is left to find."""
        if free:
            self.done = True
            return
        self._box *= WIDER
        self.programme.aim(self.base.prices.row, self._box)
