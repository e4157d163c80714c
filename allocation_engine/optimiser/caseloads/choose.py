"""One caseload for each worker, every row once, at the least cost: a choice among listed caseloads."""

from collections.abc import Callable
from dataclasses import dataclass
from math import fsum
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.cuts import pays
from allocation_engine.optimiser.caseloads.dual import Priced
from allocation_engine.optimiser.caseloads.listing import FEW_STEPS, list_caseloads, new_listing
from allocation_engine.optimiser.caseloads.master import Pool
from allocation_engine.optimiser.caseloads.prices import Prices
from allocation_engine.optimiser.cp_sat import run

STEPS = 10**8
"""Integer steps in a cost of 1; half a step a worker is the error."""

LEAST_SECONDS = 0.01
"""What a solver is given when time is up."""

ROOM_FOR_EACH, NEAREST, FARTHER = 20, 1e-5, 6.0
"""How many times more caseloads than are wanted may be looked at, how near they are looked for first, and how much farther
next [squared load ratio]."""


class Most(NamedTuple):
    """Up to how many caseloads all are listed that could be part of a better plan, and in how many steps for each worker."""

    caseloads: int
    steps: int


@dataclass(frozen=True)
class Chosen:
    """The items of the best plan found, its cost, the solver's bound over the caseloads of the pool, and the effort spent."""

    item_of: Ints
    cost: float
    bound: float
    effort: float


def model_of(pool: Pool, hint: Ints | None) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """State that each worker has one caseload and each row is taken once; a literal for each caseload of the pool."""
    sheet = pool.sheet
    model = cp_model.CpModel()
    literals = [model.new_bool_var("") for _ in pool.items]
    of_row: list[list[cp_model.IntVar]] = [[] for _ in range(len(sheet.rows))]
    of_worker: list[list[cp_model.IntVar]] = [[] for _ in range(len(sheet.rooms))]
    row_of = sheet.items["row"].tolist()
    wanted = {} if hint is None else caseloads_of(sheet, hint)
    for literal, worker, items in zip(literals, pool.worker, pool.items, strict=True):
        of_worker[worker].append(literal)
        for item in items:
            of_row[row_of[item]].append(literal)
        if hint is not None:
            model.add_hint(literal, wanted.get(worker, ()) == items)
    for group in (*of_row, *of_worker):
        model.add_exactly_one(group)
    return model, literals


def steps_above(pool: Pool, base: Priced) -> tuple[list[int], float]:
    """Give for each caseload by how much it is worth less than the best of its worker in the pool, in steps.

    For the caseloads of a plan these add up to what it costs beyond what prices for the rows leave, which is given too:
    the same plans are best, and what is too much to add rules caseloads out one by one, which costs do not.
    """
    dearer, worker = np.array(pool.cost) - pool.matrix().T @ base.prices.row, np.array(pool.worker)
    least = np.full(len(pool.sheet.rooms), np.inf)
    np.minimum.at(least, worker, dearer)
    steps: list[int] = np.rint((dearer - least[worker]) * STEPS).astype(np.int64).tolist()
    return steps, fsum(base.prices.row) + fsum(least)


def solver_of(effort: float, seed: int, seconds: float | None) -> cp_model.CpSolver:
    """Give a solver on one thread that stops after so many deterministic seconds, or by the clock if that is limited."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False  # Ctrl-C is the caller's, who may want the plan so far
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = max(effort, 1e-3)
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(seconds, LEAST_SECONDS)
    return solver


def items_of(pool: Pool, literals: list[cp_model.IntVar], solver: cp_model.CpSolver) -> Ints:
    """Read the item of each row off a solution."""
    return pool.item_of(place for place, literal in enumerate(literals) if solver.boolean_value(literal))


def choose(
    pool: Pool, base: Priced, hint: Ints, effort: float, seed: int, seconds: float | None, *, proves: bool = False
) -> Chosen | None:
    """Choose among the caseloads of a pool; None if no plan was found in the effort (deterministic seconds).

    Parameters
    ----------
    base
        Prices of the pool's sheet, near the best: caseloads are compared at these.
    proves
        Whether it is the proof that counts: where the linear relaxation is nearly whole, following it is shortest.
    """
    model, literals = model_of(pool, hint)
    steps, least = steps_above(pool, base)
    _cut(model, literals, pool, base)
    model.minimize(cp_model.LinearExpr.weighted_sum(literals, steps))
    solver = solver_of(effort, seed, seconds)
    if proves:
        solver.parameters.search_branching = cp_model.LP_SEARCH
        solver.parameters.cp_model_probing_level = 0
    status = run(solver, model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    chosen = (one for one, literal in zip(pool.cost, literals, strict=True) if solver.boolean_value(literal))
    cost, error = fsum(chosen), len(pool.sheet.rooms) / STEPS
    bound = (cost if status == cp_model.OPTIMAL else least + solver.best_objective_bound / STEPS) - error
    return Chosen(items_of(pool, literals, solver), cost, bound, solver.response_proto.deterministic_time)


def _cut(model: cp_model.CpModel, literals: list[cp_model.IntVar], pool: Pool, base: Priced) -> None:
    """Add the cuts that have a price: every plan meets them, and what is proven is then proven sooner."""
    if len(base.prices.cuts.price):
        for paying in pays(base.prices.cuts.rows, pool.matrix()):
            model.add_at_most_one(literals[place] for place in np.flatnonzero(paying).tolist())


def caseloads_of(sheet: Sheet, item_of: Ints) -> dict[int, tuple[int, ...]]:
    """Give the items of each worker's caseload in a plan, in order; who has none is left out."""
    found: dict[int, list[int]] = {}
    for item in sorted(item_of.tolist()):
        found.setdefault(int(sheet.items[item]["worker"]), []).append(item)
    return {worker: tuple(items) for worker, items in found.items()}


def list_all_within(
    pool: Pool, prices: Prices, worths: Floats, gap: float, most: Most, keep_going: Callable[[], bool]
) -> bool:
    """List every caseload that a plan costing less than the bound and a gap could hold; False if that is too much.

    A plan's cost is the bound and, for each worker, what its caseload is worth less than the best at these prices. So
    one that is worth less than the best by more than the gap is in no such plan.

    Parameters
    ----------
    worths
        What each worker's caseload is worth at most.
    """
    sheet, listing = pool.sheet, new_listing(most.caseloads)
    for worker in range(len(sheet.rooms)):
        before = int(listing.number[0])
        if not keep_going() or not list_caseloads(sheet, prices, worker, worths[worker] - gap, listing, most.steps):
            return False
        for place in range(before, int(listing.number[0])):
            items = listing.items[listing.at[place] : listing.at[place + 1]]
            mark = tuple(sorted(items.tolist()))
            pool.add_caseload(worker, mark)
    return True


def list_nearest(pool: Pool, base: Priced, each: int, gap: float) -> None:
    """List, for each worker, the caseloads worth least less than the best at these prices: so many, within a gap."""
    sheet, rows = pool.sheet, pool.sheet.items["row"]
    listing = new_listing(ROOM_FOR_EACH * each)
    for worker in np.flatnonzero(base.worths > 0.0).tolist():
        within, found = min(gap, NEAREST), list[tuple[float, tuple[int, ...]]]()
        while True:
            listing.number[0] = 0
            whole = list_caseloads(sheet, base.prices, worker, base.worths[worker] - within, listing, FEW_STEPS)
            number = int(listing.number[0])
            if whole or not found:
                spans = (listing.items[listing.at[k] : listing.at[k + 1]] for k in range(number))
                found = [
                    (float(cost) - float(base.prices.row[rows[items]].sum()), tuple(sorted(items.tolist())))
                    for cost, items in zip(listing.costs[:number], spans, strict=True)
                ]
            if not whole or number >= each or within >= gap:
                break
            within = min(FARTHER * within, gap)
        for _, items in sorted(found)[:each]:
            pool.add_caseload(worker, items)
