"""Who could wait where there is no room for all: what only a few workers could take is asked about by itself, exactly.

Rows that nobody but some workers could take compete for those workers alone. What of them waits in every plan, and which
choices of who waits there are, CP-SAT says of these rows only: whatever else is planned leaves these workers less room.
Where such cores account for all that waits, nothing outside them waits in any plan as good.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Floats, Ints
from allocation_engine.optimiser.caseloads.choose import solver_of
from allocation_engine.optimiser.caseloads.pair_model import WaitingModel
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.table import Table
from allocation_engine.optimiser.cp_sat import run

MOST_UNITS, MOST_CHOICES = 60, 40
"""Units of a core up to which it is asked about, and choices of who waits up to which all are told apart."""

EFFORT = 0.2
"""Deterministic seconds for one question."""

BELOW = 1e-6
"""Share of a weight by which the solver's bound may be off."""


@dataclass(frozen=True)
class Core:
    """Units that only a few could take.

    Attributes
    ----------
    units
        Their places in the table.
    least
        Proven: so much of them waits in every plan [weight].
    choices
        All sets of units, one of which waits in any plan in which no more of them than `least` does; None where
        these are not all known.
    """

    units: Ints
    least: float
    choices: tuple[tuple[int, ...], ...] | None

    def others(self, choice: tuple[int, ...]) -> list[int]:
        """Give those that are placed by a choice of who waits."""
        return [unit for unit in self.units.tolist() if unit not in choice]


def cores_of(table: Table, waits: Ints, weights: Floats, seed: int) -> tuple[Core, ...]:
    """Find the cores around the units that wait, each unit in one at most; those in which nothing has to wait are left out.

    Parameters
    ----------
    waits
        Places of the units that wait in the plan at hand.
    weights
        What leaving some of each unit weighs at least.
    """
    found = []
    for workers in _takers(table, waits):
        units = _theirs(table, workers)
        if len(units) <= MOST_UNITS:
            core = _core(table, workers, units, weights[units], seed)
            if core.least > 0.0:
                found.append(core)
    return tuple(found)


def _takers(table: Table, waits: Ints) -> list[Ints]:
    """Give who could take something of each unit; units with a taker in common go together."""
    items, unit_of_row = table.sheet.items, table.unit_of_row
    groups: list[set[int]] = []
    for unit in waits.tolist():
        mine = set(items["worker"][unit_of_row[items["row"]] == unit].tolist())
        apart = [group for group in groups if not group & mine]
        groups = [*apart, mine.union(*(group for group in groups if group & mine))]
    return [np.array(sorted(group), np.int64) for group in groups]


def _theirs(table: Table, workers: Ints) -> Ints:
    """Give the units that nobody else could take anything of."""
    items, unit_of_row = table.sheet.items, table.unit_of_row
    outside = ~np.isin(items["worker"], workers)
    theirs = np.ones(len(table.units), np.bool_)
    theirs[unit_of_row[items["row"][outside]]] = False
    return np.flatnonzero(theirs)


def _core(table: Table, workers: Ints, units: Ints, weights: Floats, seed: int) -> Core:
    rows = np.flatnonzero(np.isin(table.unit_of_row, units))
    part = part_of(table.sheet, workers, rows)
    rules = relaxation(part.sheet, np.searchsorted(units, table.unit_of_row[part.rows]))
    asked = WaitingModel(rules, weights, UNTIL_SETTLED, whole=False)
    asked.model.minimize(asked.waiting)
    solver = solver_of(EFFORT, seed, None)
    status = run(solver, asked.model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Core(units, 0.0, None)
    bound = solver.best_objective_bound
    least = max(ceil(bound - BELOW * max(abs(bound), 1.0)), 0)
    choices = None if status != cp_model.OPTIMAL else _choices(asked, least, seed)
    return Core(units, float(least), choices and tuple(tuple(units[list(one)].tolist()) for one in choices))


def _choices(asked: WaitingModel, least: int, seed: int) -> tuple[tuple[int, ...], ...] | None:
    """List every choice of who waits that weighs no more than the least; None if there are too many."""
    asked.model.clear_objective()  # type: ignore[no-untyped-call]
    asked.model.add(asked.waiting <= least)
    found: list[tuple[int, ...]] = []
    while len(found) <= MOST_CHOICES:
        solver = solver_of(EFFORT, seed, None)
        status = run(solver, asked.model)
        if status == cp_model.INFEASIBLE:
            return tuple(found)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return None
        found.append(tuple(unit for unit, waits in enumerate(asked.waits) if solver.boolean_value(waits)))
        # Any other choice leaves one of these out: more of them would weigh more.
        asked.model.add(sum(asked.waits[unit] for unit in found[-1]) <= len(found[-1]) - 1)
    return None
