"""One caseload for each worker, every row once, at the least cost: CP-SAT over listed caseloads."""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import Ints, Sheet
from allocation_engine.optimiser.caseloads.dual import Priced
from allocation_engine.optimiser.caseloads.master import Pool
from allocation_engine.optimiser.caseloads.pricing import Listing, list_caseloads

STEPS = 10**8
"""Integer steps in a cost of 1; half a step a worker is the error."""

MOST_LISTED = 60_000
"""Caseloads up to which all that could be part of a better plan are listed."""


@dataclass(frozen=True)
class Chosen:
    """The items of the best plan found, its cost, the solver's bound over the listed caseloads, and the effort used."""

    item_of: Ints
    cost: float
    bound: float
    effort: float


def choose(pool: Pool, hint: Ints | None, effort: float, seed: int) -> Chosen | None:
    """Choose among the caseloads of a pool; None if no plan was found in the effort (deterministic seconds)."""
    sheet = pool.sheet
    model = cp_model.CpModel()
    literals = [model.new_bool_var("") for _ in pool.items]
    of_row: list[list[cp_model.IntVar]] = [[] for _ in range(len(sheet.rows))]
    of_worker: list[list[cp_model.IntVar]] = [[] for _ in range(len(sheet.rooms))]
    row_of = sheet.items["row"].tolist()
    for literal, worker, items in zip(literals, pool.worker, pool.items, strict=True):
        of_worker[worker].append(literal)
        for item in items:
            of_row[row_of[item]].append(literal)
    for group in (*of_row, *of_worker):
        model.add_exactly_one(group)
    steps = [round(cost * STEPS) for cost in pool.cost]
    model.minimize(cp_model.LinearExpr.weighted_sum(literals, steps))
    if hint is not None:
        wanted = _caseloads(sheet, hint)
        for literal, worker, items in zip(literals, pool.worker, pool.items, strict=True):
            model.add_hint(literal, wanted.get(worker, ()) == items)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = max(effort, 1e-3)
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    item_of = np.full(len(sheet.rows), -1, np.int64)
    cost = 0.0
    for place, literal in enumerate(literals):
        if solver.boolean_value(literal):
            cost += pool.cost[place]
            for item in pool.items[place]:
                item_of[row_of[item]] = item
    error = len(sheet.rooms) / STEPS
    bound = cost - error if status == cp_model.OPTIMAL else solver.best_objective_bound / STEPS - error
    return Chosen(item_of, cost, bound, solver.deterministic_time)


def _caseloads(sheet: Sheet, item_of: Ints) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for item in sorted(item_of.tolist()):
        found.setdefault(int(sheet.items[item]["worker"]), []).append(item)
    return {worker: tuple(items) for worker, items in found.items()}


def list_all_within(pool: Pool, base: Priced, gap: float) -> bool:
    """List every caseload that a plan costing less than the bound and a gap could hold; False if there are too many.

    A plan's cost is the bound and, for each worker, what its caseload is worth less than the best at these prices. So
    one that is worth less than the best by more than the gap is in no such plan.
    """
    sheet = pool.sheet
    listing = Listing(
        np.empty(8 * MOST_LISTED, np.int64), np.zeros(MOST_LISTED + 2, np.int64), np.empty(MOST_LISTED + 2), np.zeros(1, np.int64)
    )
    for worker in range(len(sheet.rooms)):
        before = int(listing.number[0])
        if not list_caseloads(sheet, base.prices, worker, base.worths[worker] - gap, listing):
            return False
        for place in range(before, int(listing.number[0])):
            items = listing.items[listing.at[place] : listing.at[place + 1]]
            mark = tuple(sorted(items.tolist()))
            pool.add_caseload(worker, mark)
    return True

