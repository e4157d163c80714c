"""Who could wait where there is no room for all: what only a few workers could take is asked about by itself, exactly.

Rows that nobody but some workers could take compete for those workers alone. What of them waits in every plan, and which
choices of who waits there are, siblings placed in part among them, CP-SAT says of these rows only: whatever else is planned
leaves these workers less room. Where such cores account for all that waits, nothing outside them waits in any plan as good.
"""

from collections import Counter
from dataclasses import dataclass
from math import ceil

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints, Sheet
from allocation_engine.optimiser.caseloads.choose import solver_of
from allocation_engine.optimiser.caseloads.pair_model import WaysModel
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.table import Table, laid_out, pairs_of
from allocation_engine.optimiser.caseloads.ways import Way, ways_of
from allocation_engine.optimiser.cp_sat import run

MOST_ROWS, MOST_CHOICES = 100, 40
"""Rows of a core up to which it is asked about, and choices of who waits up to which all are told apart."""

MOST_WORKERS = 40
"""Workers of a core at most."""

EFFORT = 0.2
"""Deterministic seconds for one question."""

BELOW = 1e-6
"""Share of a weight by which the solver's bound may be off."""


@dataclass(frozen=True)
class Core:
    """Units that only a few could take, or a co-worker's place of which.

    Attributes
    ----------
    units
        Their places in the table.
    least
        Proven: so much of them waits in every plan [weight].
    choices
        All sets of ways to leave units out, one of which is taken in any plan in which no more of them than `least` waits;
        None where these are not all known.
    """

    units: Ints
    least: float
    choices: tuple[tuple[Way, ...], ...] | None

    def others(self, choice: tuple[Way, ...]) -> list[int]:
        """Give those that are placed whole by a choice of who waits."""
        left = {way.unit for way in choice}
        return [unit for unit in self.units.tolist() if unit not in left]


def competing(sheet: Sheet, workers: Ints) -> Ints:
    """Give these workers, and whoever is the only other who could take some rows that they could: most such rows first."""
    takers = sheet.items["worker"][sheet.by_row]
    others: dict[int, set[int]] = {}
    inside = set[int]()

    def take_in(worker: int) -> None:
        inside.add(worker)
        for row in sheet.items["row"][sheet.at[worker] : sheet.at[worker + 1]].tolist():
            if row not in others:
                others[row] = set(takers[sheet.row_at[row] : sheet.row_at[row + 1]].tolist()) - inside
        for left in others.values():
            left.discard(worker)

    for worker in workers.tolist():
        take_in(worker)
    while len(inside) < MOST_WORKERS:
        only = Counter(next(iter(left)) for left in others.values() if len(left) == 1)
        if not only:
            break
        take_in(min(only, key=lambda worker: (-only[worker], worker)))
    return np.array(sorted(inside), np.int64)


def cores_of(table: Table, waits: Ints, most: float, seed: int) -> tuple[Core, ...]:
    """Find the cores around the units that wait, each unit in one at most; those in which nothing has to wait are left out.

    Parameters
    ----------
    waits
        Places of the units that wait in the plan at hand.
    most
        What waits in the plan at hand [weight]: plans in which more waits are not asked about.
    """
    groups = []
    for workers in _takers(table, waits):
        rows = _theirs(table.sheet, workers)
        if len(rows) <= MOST_ROWS:
            groups.append((workers, np.unique(table.unit_of_row[rows])))
    if not groups:
        return ()
    # Laid out once for all: to go through all workers takes as long as the questions.
    units = sorted({unit for _, mine in groups for unit in mine.tolist()})
    placing = [Way(unit, 0.0, table.units[unit]) for unit in units]
    left = [way for unit in units for way in ways_of(table, unit, most)]
    placing += [way for way in left if way.rest]
    ways = [*placing, *(way for way in left if not way.rest)]
    cases = [case for unit in units for case in table.units[unit]]
    laid = laid_out(table.problem, [way.rest for way in placing], pairs_of(table.problem, cases))
    cores = (_core(laid, ways, workers, mine, seed) for workers, mine in groups)
    return tuple(core for core in cores if core.least > 0.0)


def _takers(table: Table, waits: Ints) -> list[Ints]:
    """Give who could take something of each unit, with those who compete for it; what has workers in common goes together."""
    items, unit_of_row = table.sheet.items, table.unit_of_row
    groups: list[set[int]] = []
    for unit in waits.tolist():
        takers = np.unique(items["worker"][unit_of_row[items["row"]] == unit])
        mine = set(competing(table.sheet, takers).tolist())
        apart = [group for group in groups if not group & mine]
        groups = [*apart, mine.union(*(group for group in groups if group & mine))]
    return [np.array(sorted(group), np.int64) for group in groups]


def _theirs(sheet: Sheet, workers: Ints) -> Ints:
    """Give the rows that nobody else could take: a co-worker's place may be one where the case itself is not."""
    items = sheet.items
    theirs = np.isin(np.arange(len(sheet.rows)), items["row"])
    theirs[items["row"][~np.isin(items["worker"], workers)]] = False
    return np.flatnonzero(theirs)


def _core(laid: Table, ways: list[Way], workers: Ints, units: Ints, seed: int) -> Core:
    """Ask how much of these units has to wait, and in which ways: only rows that nobody else could take compete.

    Parameters
    ----------
    laid
        What the ways place, each as a unit of its own, in their order.
    ways
        Those of all units: to place something, and then to place nothing.
    """
    mine = np.flatnonzero(np.isin([way.unit for way in ways], units))
    rows = _theirs(laid.sheet, workers)
    rows = rows[np.isin(laid.unit_of_row[rows], mine)]
    part = part_of(laid.sheet, workers, rows)
    listed = [ways[place] for place in mine.tolist()]
    asked = WaysModel(
        relaxation(part.sheet, np.arange(len(part.rows))),
        [(way.unit, way.weight) for way in listed],
        np.searchsorted(mine, laid.unit_of_row[part.rows]),
        UNTIL_SETTLED,
        whole=False,
    )
    asked.model.minimize(asked.waiting)
    solver = solver_of(EFFORT, seed, None)
    status = run(solver, asked.model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Core(units, 0.0, None)
    bound = solver.best_objective_bound
    least = max(ceil(bound - BELOW * max(abs(bound), 1.0)), 0)
    chosen = None if status != cp_model.OPTIMAL else _choices(asked, least, seed)
    choices = None if chosen is None else tuple(tuple(listed[way] for way in one) for one in chosen)
    return Core(units, float(least), choices)


def _choices(asked: WaysModel, least: int, seed: int) -> tuple[tuple[int, ...], ...] | None:
    """List every choice of ways by which no more waits than the least; None if there are too many."""
    asked.model.clear_objective()  # type: ignore[no-untyped-call]
    asked.model.add(asked.waiting <= least)
    waits = [place for place, (_, weight) in enumerate(asked.weighed) if weight > 0.0]
    found: list[tuple[int, ...]] = []
    while len(found) <= MOST_CHOICES:
        solver = solver_of(EFFORT, seed, None)
        status = run(solver, asked.model)
        if status == cp_model.INFEASIBLE:
            return tuple(found)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return None
        found.append(tuple(place for place in waits if solver.boolean_value(asked.ways[place])))
        # Any other choice goes without one of these: more of them would weigh more.
        asked.model.add(sum(asked.ways[place] for place in found[-1]) <= len(found[-1]) - 1)
    return None
