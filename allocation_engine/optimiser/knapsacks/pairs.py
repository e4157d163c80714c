"""The pairs that are still in question, as flat arrays that compiled code walks: by worker, and by unit."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allocation_engine.optimiser.knapsacks.problem import Floats, Integers, KnapsackProblem

Flags = NDArray[np.uint8]

MOST_CELLS = 8_000_000
"""Cells a table of a knapsack may have [1] (64 MB); finer hours than that are rounded so that the bound stays true."""

MOST_STEPS = 100_000
"""Steps that a worker's hours have at most: rounded to these, a few units lose next to nothing."""


class Pairs(NamedTuple):
    """Allowed pairs, numbered worker after worker.

    Attributes
    ----------
    start
        Pairs of worker w are start[w] to start[w + 1].
    unit, worker, cost, hours
        Of each pair.
    unit_start, of_unit
        Pairs of unit u are of_unit[unit_start[u] : unit_start[u + 1]].
    free
        Steps each worker has.
    """

    start: Integers
    unit: Integers
    worker: Integers
    cost: Floats
    hours: Integers
    unit_start: Integers
    of_unit: Integers
    free: Integers


def pairs_of(problem: KnapsackProblem) -> Pairs:
    """List a problem's allowed pairs."""
    worker, unit = np.nonzero(problem.allowed.T)
    return _listed(
        worker, unit, problem.cost[unit, worker], problem.hours[unit, worker], problem.free, len(problem.cost)
    )


def only(pairs: Pairs, kept: NDArray[np.bool_]) -> Pairs:
    """Keep some pairs; units and workers keep their numbers."""
    units = len(pairs.unit_start) - 1
    return _listed(pairs.worker[kept], pairs.unit[kept], pairs.cost[kept], pairs.hours[kept], pairs.free, units)


def rest(pairs: Pairs, alive: Flags, chosen: Integers, room: Integers) -> tuple[Pairs, Integers]:
    """Take out the units that are still open, renumbered, with the steps that are left; return their old numbers."""
    units = np.flatnonzero(chosen < 0)
    at_unit = np.full(len(chosen), -1)
    at_unit[units] = np.arange(len(units))
    ids = np.flatnonzero((alive == 1) & (at_unit[pairs.unit] >= 0))
    return _listed(
        pairs.worker[ids], at_unit[pairs.unit[ids]], pairs.cost[ids], pairs.hours[ids], room, len(units)
    ), units


def part(pairs: Pairs, worker_of: Integers, workers: Integers) -> tuple[Pairs, Integers]:
    """Take out some workers with the units they hold, renumbered; return the part and its units' old numbers."""
    at_worker = np.full(len(pairs.free), -1)
    at_worker[workers] = np.arange(len(workers))
    units = np.flatnonzero(at_worker[worker_of] >= 0)
    at_unit = np.full(len(worker_of), -1)
    at_unit[units] = np.arange(len(units))
    ids = np.concatenate([np.arange(pairs.start[w], pairs.start[w + 1]) for w in workers])
    ids = ids[at_unit[pairs.unit[ids]] >= 0]
    of = at_worker[pairs.worker[ids]]
    return _listed(
        of, at_unit[pairs.unit[ids]], pairs.cost[ids], pairs.hours[ids], pairs.free[workers], len(units)
    ), units


def in_coarse_steps(pairs: Pairs) -> tuple[Pairs, Pairs]:
    """Divide hours by what they have in common, and round what is still too fine for a table.

    Returns
    -------
    tuple
        One with hours rounded down, which allows every plan that was allowed before, so that bounds stay true; and one
        with hours rounded up, whose plans are all allowed. Nearly always nothing is rounded, and they are the same.
    """
    common = max(int(np.gcd.reduce(pairs.hours, initial=0)), 1)
    reach = np.zeros(len(pairs.free), dtype=np.int64)
    np.add.at(reach, pairs.worker, pairs.hours // common)
    free = np.minimum(np.maximum(pairs.free, 0) // common, reach)
    rows = int(np.diff(pairs.start).max(initial=0)) + 1
    most = int(free.max(initial=0)) + 1
    step = max(1, -(-rows * most // MOST_CELLS), -(-most // MOST_STEPS))
    loose = pairs._replace(hours=pairs.hours // common // step, free=free // step)
    return loose, loose if step == 1 else loose._replace(hours=-(-pairs.hours // common // step))


def _listed(worker: Integers, unit: Integers, cost: Floats, hours: Integers, free: Integers, units: int) -> Pairs:
    order = np.argsort(unit, kind="stable")
    return Pairs(
        start=np.searchsorted(worker, np.arange(len(free) + 1)).astype(np.int64),
        unit=np.ascontiguousarray(unit, dtype=np.int64),
        worker=np.ascontiguousarray(worker, dtype=np.int64),
        cost=np.ascontiguousarray(cost, dtype=np.float64),
        hours=np.ascontiguousarray(hours, dtype=np.int64),
        unit_start=np.searchsorted(unit[order], np.arange(units + 1)).astype(np.int64),
        of_unit=order.astype(np.int64),
        free=np.ascontiguousarray(free, dtype=np.int64),
    )
