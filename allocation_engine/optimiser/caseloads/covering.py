"""Whether caseloads under a ceiling can cover every row, parts of caseloads allowed: a sharper no than parts of cases give.

With prices for the rows, each worker's caseload under the ceiling is worth so much at most. If all of them together are
worth less than all the rows, some row waits in every plan, so the ceiling is too low. Prices come from a linear programme
over the caseloads found so far, which lets parts of rows wait; pricing finds better caseloads until nothing waits, and
nothing is proven, or the prices prove it. How exactly loads add up to a ceiling counts here, which parts of cases hide.
"""

from collections.abc import Callable

import numpy as np
from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import NO_CAP, Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.choose import STEPS, Most, items_of, list_all_within, model_of, solver_of
from allocation_engine.optimiser.caseloads.dual import ROUNDING
from allocation_engine.optimiser.caseloads.master import Pool, kept_from_step_to_step
from allocation_engine.optimiser.caseloads.pricing import Prices, price_each
from allocation_engine.optimiser.caseloads.relaxed import under_ceiling
from allocation_engine.optimiser.caseloads.searched import any_within
from allocation_engine.optimiser.cp_sat import run

CURVE = 1e-9
"""Weight of the squares here: next to nothing, but pricing sorts by what an item brings for its load."""

LADDER = ((1e-4, 3_000), (1e-5, 50_000), (1e-6, 500_000))
"""What a pricing may leave unfound and its steps; the next where that neither proves anything nor finds a new caseload."""

CERTAIN = 1e-6
"""Rows that have to wait from which a ceiling counts as too low: far above rounding."""

SECONDS_A_PROGRAMME, SECONDS_A_CASELOAD, SECONDS_A_NODE = 1e-3, 5e-6, 4e-7
"""What things take [deterministic seconds]: a linear programme, each caseload in it, and a step of pricing."""

MOST_LISTED, LISTING_STEPS, LISTING_SLACK = 20_000, 300_000, 1e-7
"""Caseloads up to which all are listed that a plan under a ceiling could hold, steps for each worker, and what the pricing
before may leave unfound."""

CHOOSING_ALL = 3.0
"""Deterministic seconds for choosing among all of them."""

QUICK_SHARE = 0.3
"""Share of the steps allowed that a quick pricing takes about."""


def loosened(sheet: Sheet) -> Sheet:
    """Allow one-sided caseloads: where only some rows are looked at, others may come besides and mend them."""
    return sheet._replace(share=1.0, share_from=NO_CAP)


def who_decides(sheet: Sheet, rows: Ints, ceiling: float) -> tuple[Ints, Ints]:
    """Give those who could take some of these rows under a ceiling, and all rows that nobody else could take."""
    items = sheet.items
    may = under_ceiling(sheet, ceiling)
    workers = np.unique(items["worker"][may & np.isin(items["row"], rows)])
    outside = np.unique(items["row"][may & ~np.isin(items["worker"], workers)])
    return workers, np.setdiff1d(np.arange(len(sheet.rows)), outside)


class FewestWaiting:
    """The linear programme that lets as few rows wait as some caseloads of a pool allow, kept in the solver from step to step."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._solver = kept_from_step_to_step()
        endless, least = self._solver.infinity(), self._solver.Objective()
        self._rows = [self._solver.Constraint(1.0, endless) for _ in pool.sheet.rows]
        self._workers = [self._solver.Constraint(-endless, 1.0) for _ in pool.sheet.rooms]
        self._taken = list[pywraplp.Variable]()
        for row in self._rows:
            waits = self._solver.NumVar(0.0, endless, "")
            row.SetCoefficient(waits, 1.0)
            least.SetCoefficient(waits, 1.0)

    def fewest(self, allowed: Ints) -> tuple[float, Floats]:
        """Take parts of the caseloads that are allowed; give how many rows wait, and a price for each row."""
        self._take_in()
        may = np.zeros(len(self._taken), np.bool_)
        may[allowed] = True
        for one, yes in zip(self._taken, may.tolist(), strict=True):
            one.SetUb(1.0 if yes else 0.0)
        if self._solver.Solve() != pywraplp.Solver.OPTIMAL:
            return 0.0, np.zeros(len(self._rows))
        price = np.array([max(row.dual_value(), 0.0) for row in self._rows])
        return self._solver.Objective().Value(), price

    def _take_in(self) -> None:
        """Take in the caseloads found since."""
        pool, row_of = self._pool, self._pool.sheet.items["row"].tolist()
        for place in range(len(self._taken), len(pool.items)):
            one = self._solver.NumVar(0.0, 1.0, "")
            self._taken.append(one)
            self._workers[pool.worker[place]].SetCoefficient(one, 1.0)
            for item in pool.items[place]:
                self._rows[row_of[item]].SetCoefficient(one, 1.0)


class Covering:
    """Some workers and the rows that only they could take, asked about at ceiling after ceiling; caseloads found are kept.

    Attributes
    ----------
    sheet
        Those workers and rows, loosened.
    left
        Deterministic seconds left.
    """

    def __init__(self, part: Sheet, plan: Ints, price: Floats, effort: float, keep_going: Callable[[], bool]) -> None:
        """Begin with the caseloads of a plan, and with first prices for the rows, in any unit."""
        self.sheet, self.left, self._keep_going = loosened(part), effort, keep_going
        self._lin = np.zeros(len(part.items))
        self._pool = Pool(self.sheet, self._lin, 0.0)
        self.know(plan)
        self._waiting = FewestWaiting(self._pool)
        self._first = price / max(float(price.max(initial=0.0)), 1e-12)
        self._proof = np.zeros(len(part.rows))

    def know(self, plan: Ints) -> None:
        """Keep the caseloads of a plan."""
        self._pool.add_plan(plan)

    def impossible(self, ceiling: float) -> bool:
        """Say whether it is proven that no plan stays at or below a ceiling."""
        if self._first.any():
            first, self._first = self._first, np.zeros(0)
            if self._priced(ceiling, first)[0]:
                return True
        while self.left > 0.0 and self._keep_going():
            waiting, price = self._programme(ceiling)
            if waiting <= CERTAIN:
                return False
            proven, new = self._priced(ceiling, price)
            if proven or not new:
                return proven
        return False

    def _programme(self, ceiling: float) -> tuple[float, Floats]:
        """Let as few rows wait as the caseloads found under the ceiling allow: how many, and a price for each row."""
        self.left -= SECONDS_A_PROGRAMME + SECONDS_A_CASELOAD * len(self._pool.items)
        return self._waiting.fewest(self._under(ceiling))

    def _under(self, ceiling: float) -> Ints:
        """Give the caseloads found that stay under a ceiling."""
        items, worker = self.sheet.items, np.array(self._pool.worker)
        mine = [list(one) for one in self._pool.items]
        ratio = self.sheet.rooms["ratio"][worker] + np.array([items["load"][one].sum() for one in mine])
        receives = np.array([bool(items["receives"][one].any()) for one in mine])
        return np.flatnonzero((ratio <= ceiling) | ~receives)

    def plan(self, ceiling: float, effort: float, seed: int, seconds: float | None) -> Ints | None:
        """Choose among the caseloads found under a ceiling so that every row is taken: its items, or None.

        A row that two caseloads hold goes to one of them.
        """
        pool, items = self._pool, self.sheet.items
        model = cp_model.CpModel()
        of_row: list[list[cp_model.IntVar]] = [[] for _ in self.sheet.rows]
        of_worker: list[list[cp_model.IntVar]] = [[] for _ in self.sheet.rooms]
        literals = {place: model.new_bool_var("") for place in self._under(ceiling).tolist()}
        for place, literal in literals.items():
            of_worker[pool.worker[place]].append(literal)
            for item in pool.items[place]:
                of_row[items[item]["row"]].append(literal)
        for group in of_row:
            model.add_at_least_one(group)
        for group in of_worker:
            model.add_at_most_one(group)
        solver = solver_of(min(effort, max(self.left, 0.0)), seed, seconds)
        status = run(solver, model)
        self.left -= solver.response_proto.deterministic_time
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return None
        return pool.item_of(place for place, literal in literals.items() if solver.boolean_value(literal))

    def listed(self, ceiling: float, seed: int, seconds: float | None) -> tuple[bool, Ints | None]:
        """List every caseload that a plan under a ceiling could hold: whether it is proven too low, or a plan.

        At prices that prove a lower ceiling too low, a plan's caseloads are worth all the rows together: each less than the
        best of its worker by no more than all of these are worth beyond the rows. Neither if they are too many, or if
        choosing among them takes too long.
        """
        sheet, workers = self.sheet, len(self.sheet.rooms)
        worths, chosen = np.zeros(workers), np.zeros(len(sheet.items), np.int64)
        prices = Prices(self._proof, self._lin, CURVE, ceiling, LISTING_SLACK, LISTING_STEPS)
        price_each(sheet, prices, np.arange(workers), worths, chosen)
        self.left -= SECONDS_A_NODE * QUICK_SHARE * LISTING_STEPS * workers
        total, spent = float(self._proof.sum()), float(worths.sum())
        beyond = spent - total + self._squares(ceiling) + ROUNDING * (total + spent)
        pool = Pool(sheet, self._lin, 0.0)
        if not list_all_within(pool, prices, worths, beyond, Most(MOST_LISTED, LISTING_STEPS), self._keep_going):
            return False, None
        above = worths[pool.worker] - pool.matrix().T @ self._proof
        searched = any_within(pool, above, beyond, seconds)
        self.left -= searched.effort
        if searched.whole or searched.item_of is not None:
            return searched.item_of is None, searched.item_of
        less = np.floor(above * STEPS).astype(np.int64)
        model, literals = model_of(pool, None)
        model.add(cp_model.LinearExpr.weighted_sum(literals, less.tolist()) <= int(np.ceil(beyond * STEPS)))
        solver = solver_of(min(CHOOSING_ALL, max(self.left, 0.0)), seed, seconds)
        status = run(solver, model)
        self.left -= solver.response_proto.deterministic_time
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return False, items_of(pool, literals, solver)
        return status == cp_model.INFEASIBLE, None

    def _priced(self, ceiling: float, price: Floats) -> tuple[bool, bool]:
        """Find each worker's best caseload at these prices: whether they prove the ceiling too low, and found anything new."""
        sheet, workers = self.sheet, len(self.sheet.rooms)
        worths, chosen, these = np.zeros(workers), np.zeros(len(sheet.items), np.int64), np.arange(workers)
        for slack, nodes in LADDER:
            nodes_left = int(self.left / (SECONDS_A_NODE * len(these)))
            if nodes_left <= 0:
                break
            price_each(
                sheet, Prices(price, self._lin, CURVE, ceiling, slack, min(nodes, nodes_left)), these, worths, chosen
            )
            share = QUICK_SHARE if nodes == LADDER[0][1] else 1.0
            self.left -= SECONDS_A_NODE * share * min(nodes, nodes_left) * len(these)
            total, spent = float(price.sum()), float(worths.sum())
            if total - spent - self._squares(ceiling) - ROUNDING * (total + spent) > CERTAIN:
                self._proof = price
                return True, True
            if self._pool.add(chosen):
                return False, True
            found = np.bincount(sheet.items["worker"], price[sheet.items["row"]] * chosen, minlength=workers)
            these = np.flatnonzero(worths - found > CERTAIN / max(workers, 1))
            if len(these) == 0:
                break
        return False, False

    def _squares(self, ceiling: float) -> float:
        """Give what the squares, of next to no weight, take off what all caseloads are worth at most."""
        items, ratio = self.sheet.items, self.sheet.rooms["ratio"]
        stays = np.bincount(items["worker"], items["load"] * (items["receives"] == 0), minlength=len(ratio))
        return float(CURVE * (np.maximum(ratio + stays, ceiling) ** 2).sum())
