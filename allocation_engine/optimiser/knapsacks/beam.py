"""Many partial plans side by side: unit after unit, those kept that the Lagrangian relaxation says can still cost least.

At fixed prices the least that the open units can add is a sum of knapsacks, one for each worker, over the units still open
and the hours the worker has left. Tables by dynamic programming give each for every number of hours, so a partial plan
is bounded by looking up the few workers its next unit could go to. After some units the prices are raised anew, for the
plans kept then.

References
----------
P. S. Ow, T. E. Morton (1988), Filtered beam search in scheduling. M. L. Fisher (1981), The Lagrangian relaxation method
for solving integer programming problems.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.knapsacks.pairs import Pairs
from allocation_engine.optimiser.knapsacks.problem import Floats, Integers

Singles = NDArray[np.float32]

LEAST_STEP, STEP_SHARE = 10, 0.1
"""Units given between two rises of the prices: at least, and as a share of those that are open."""

PLANS_ASKED = 16
"""Plans for whose mean the prices are raised."""

PATIENCE, SMALLEST_STEP = 8, 0.1
"""Rounds without a better mean bound after which the step is halved, and the share of the first step at which it ends."""

KEPT = 0.6
"""Share of the last direction that is kept."""

SECONDS_A_CELL, SECONDS_A_LOOK = 1.2e-9, 4e-9
"""What a cell of a table takes, and what looking one up takes [deterministic seconds]."""

MOST_CELLS = 30_000_000
"""Cells that the tables may have together (120 MB); beyond, there is no such search."""


class Tables(NamedTuple):
    """The least that open units add for each worker, by hours left.

    Attributes
    ----------
    least
        All tables, one after another; in a table a row for each pair of the worker, in the order of the units, and one
        more; a row has a cell for each number of hours left.
    start
        Where the table of each worker begins.
    row
        The row of each worker at which the search is.
    """

    least: Singles
    start: Integers
    row: Integers


class Beam(NamedTuple):
    """Partial plans over the same units.

    Attributes
    ----------
    room
        Hours left [steps], plans by workers.
    bound, spent
        What each plan costs at least once it is complete, and what it costs so far.
    """

    room: Integers
    bound: Floats
    spent: Floats


class Search(NamedTuple):
    """How to search: plans kept, rounds of prices each time, and the first change of a price in them."""

    width: int
    rounds: int
    step: float


@compiled
def cells_of(pairs: Pairs) -> int:
    """Give the number of cells of the tables over all units."""
    cells = 0
    for worker in range(pairs.free.shape[0]):
        cells += (pairs.start[worker + 1] - pairs.start[worker] + 1) * (pairs.free[worker] + 1)
    return cells


@compiled
def tables_of(pairs: Pairs, prices: Floats, units: Integers) -> Tables:
    """Fill the tables for units that are given in this order."""
    workers = pairs.free.shape[0]
    row, start = np.zeros(workers, dtype=np.int64), np.zeros(workers + 1, dtype=np.int64)
    for unit in units:
        for at in range(pairs.unit_start[unit], pairs.unit_start[unit + 1]):
            row[pairs.worker[pairs.of_unit[at]]] += 1
    for worker in range(workers):
        start[worker + 1] = start[worker] + (row[worker] + 1) * (pairs.free[worker] + 1)
    least = np.zeros(start[workers], dtype=np.float32)
    for place in range(units.shape[0] - 1, -1, -1):
        unit = units[place]
        for at in range(pairs.unit_start[unit], pairs.unit_start[unit + 1]):
            pair = pairs.of_unit[at]
            worker, step = pairs.worker[pair], pairs.hours[pair]
            size = pairs.free[worker] + 1
            old = start[worker] + row[worker] * size
            new = old - size
            gain = np.float32(pairs.cost[pair] - prices[unit])
            row[worker] -= 1
            for h in range(min(step, size)):
                least[new + h] = least[old + h]
            for h in range(step, size):
                least[new + h] = min(least[old + h], least[old + h - step] + gain)
    return Tables(least, start, row)


@compiled
def bound_plans(pairs: Pairs, prices: Floats, units: Integers, tables: Tables, beam: Beam) -> None:
    """Work out the bound of every plan anew."""
    paid = 0.0
    for unit in units:
        paid += prices[unit]
    for plan in range(beam.bound.shape[0]):
        total = beam.spent[plan] + paid
        for worker in range(pairs.free.shape[0]):
            total += tables.least[
                tables.start[worker] + tables.row[worker] * (pairs.free[worker] + 1) + beam.room[plan, worker]
            ]
        beam.bound[plan] = total


@compiled
def take_away(pairs: Pairs, units: Integers, tables: Tables, room: Integers, share: float, direction: Floats) -> float:
    """Take from the direction of each unit how often the plans' knapsacks choose it; give the plans' mean least."""
    plans, workers = room.shape
    row, left, total = np.zeros(workers, dtype=np.int64), room.copy(), 0.0
    for worker in range(workers):
        for plan in range(plans):
            total += tables.least[tables.start[worker] + room[plan, worker]]
    for unit in units:
        for at in range(pairs.unit_start[unit], pairs.unit_start[unit + 1]):
            pair = pairs.of_unit[at]
            worker = pairs.worker[pair]
            size = pairs.free[worker] + 1
            here = tables.start[worker] + row[worker] * size
            row[worker] += 1
            for plan in range(plans):
                h = left[plan, worker]
                if tables.least[here + h] < tables.least[here + size + h]:
                    direction[unit] -= share / plans
                    left[plan, worker] = h - pairs.hours[pair]
    return total / plans


@compiled
def raise_prices(
    pairs: Pairs, prices: Floats, units: Integers, room: Integers, search: Search, stop: Integers
) -> float:
    """Raise the mean of some plans' bounds by a deflected subgradient; leave the best in `prices`, give the work."""
    here, direction = prices.copy(), np.zeros(prices.shape[0])
    first, best, waited, step, work = -np.inf, -np.inf, 0, search.step, 0.0
    number = 0
    for unit in units:
        number += pairs.unit_start[unit + 1] - pairs.unit_start[unit]
    for _ in range(search.rounds):
        tables = tables_of(pairs, here, units)
        work += SECONDS_A_CELL * tables.least.shape[0] + SECONDS_A_LOOK * room.shape[0] * number
        paid = 0.0
        for unit in units:
            paid += here[unit]
            direction[unit] = KEPT * direction[unit] + (1.0 - KEPT)
        bound = paid + take_away(pairs, units, tables, room, 1.0 - KEPT, direction)
        waited += 1
        if bound > best + 1e-3 * search.step:
            best, waited = bound, 0
            prices[:] = here
        length = 0.0
        for unit in units:
            length += direction[unit] * direction[unit]
        if first == -np.inf:
            first = bound + 1e-3 * search.step
        if waited >= PATIENCE:
            if step < search.step and best <= first:
                break
            step, waited = step * 0.5, 0
            here[:] = prices
            direction[:] = 0.0
        elif length > 0.0:
            here[units] += step * np.sqrt(units.shape[0] / length) * direction[units]
        if length == 0.0 or step < SMALLEST_STEP * search.step or stop[0] != 0:
            break
    return work


@compiled
def advance(
    pairs: Pairs, prices: Floats, unit: int, tables: Tables, beam: Beam, width: int, cutoff: float
) -> tuple[Beam, Integers, Integers]:
    """Give a unit to a worker in every way, and keep the plans of the least bounds; say from which plan by which pair."""
    first, last = pairs.unit_start[unit], pairs.unit_start[unit + 1]
    most = beam.bound.shape[0] * (last - first)
    bound, count = np.empty(most), 0
    parent, chosen = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    for plan in range(beam.bound.shape[0]):
        without = beam.bound[plan] - prices[unit]
        for at in range(first, last):
            worker = pairs.worker[pairs.of_unit[at]]
            size = pairs.free[worker] + 1
            here = tables.start[worker] + tables.row[worker] * size + beam.room[plan, worker]
            without += tables.least[here + size] - tables.least[here]
        for at in range(first, last):
            pair = pairs.of_unit[at]
            worker = pairs.worker[pair]
            if pairs.hours[pair] <= beam.room[plan, worker]:
                here = tables.start[worker] + (tables.row[worker] + 1) * (pairs.free[worker] + 1)
                here += beam.room[plan, worker]
                total = without + pairs.cost[pair] + tables.least[here - pairs.hours[pair]] - tables.least[here]
                if total < cutoff:
                    bound[count], parent[count], chosen[count] = total, plan, pair
                    count += 1
    for at in range(first, last):
        tables.row[pairs.worker[pairs.of_unit[at]]] += 1
    kept = np.argsort(bound[:count], kind="mergesort")[:width]
    room, spent = beam.room[parent[kept]], beam.spent[parent[kept]] + pairs.cost[chosen[kept]]
    for plan in range(kept.shape[0]):
        pair = chosen[kept[plan]]
        room[plan, pairs.worker[pair]] -= pairs.hours[pair]
    return Beam(room, bound[kept], spent), parent[kept], chosen[kept]


@compiled
def beam_search(
    pairs: Pairs, prices: Floats, order: Integers, search: Search, cutoff: float, stop: Integers
) -> tuple[Integers, float]:
    """Search once.

    Parameters
    ----------
    pairs
        All pairs that may be chosen.
    prices
        Where to start.
    order
        All units, in the order in which they are given.
    search
        How.
    cutoff
        Only plans that cost less are looked for.
    stop
        One number; not 0 ends it.

    Returns
    -------
    tuple
        The pair of each unit, all -1 without a plan; and the work done [deterministic seconds].
    """
    units, prices = order.shape[0], prices.copy()
    parents, pairs_of = np.zeros((units, search.width), dtype=np.int64), np.zeros((units, search.width), dtype=np.int64)
    beam = Beam(pairs.free.copy().reshape(1, -1), np.zeros(1), np.zeros(1))
    best, done, work = np.full(units, -1), 0, 0.0
    while done < units:
        left = order[done:]
        asked = np.arange(0, beam.bound.shape[0], max(1, beam.bound.shape[0] // PLANS_ASKED))[:PLANS_ASKED]
        work += raise_prices(pairs, prices, left, beam.room[asked], search, stop)
        tables = tables_of(pairs, prices, left)
        tables.row[:] = 0
        bound_plans(pairs, prices, left, tables, beam)
        for unit in left[: max(LEAST_STEP, int(STEP_SHARE * left.shape[0]))]:
            work += SECONDS_A_LOOK * beam.bound.shape[0] * (pairs.unit_start[unit + 1] - pairs.unit_start[unit])
            beam, parent, chosen = advance(pairs, prices, unit, tables, beam, search.width, cutoff)
            if chosen.shape[0] == 0 or stop[0] != 0:
                return best, work
            parents[done, : parent.shape[0]], pairs_of[done, : parent.shape[0]] = parent, chosen
            done += 1
    plan = int(np.argmin(beam.spent))
    for place in range(units - 1, -1, -1):
        best[order[place]] = pairs_of[place, plan]
        plan = parents[place, plan]
    return best, work
