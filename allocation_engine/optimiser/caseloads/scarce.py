"""Bounds where there is no room for all: other units might wait instead of those that do, as long as no more waits.

Leaving a unit out saves what it would cost, so a bound on a plan of the cases placed is none on plans that leave out others.
Here every unit may wait that weighs no more than what waits now, all of them together no more than that either. Where
something has to wait among units that only few could take (`cores.py`), that much of the weight is theirs. Siblings may
be placed in part as well: a unit that is left in part saves its price less what the rest costs at least (`left_out.py`).
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Floats, Ints
from allocation_engine.optimiser.caseloads.cores import Core, cores_of
from allocation_engine.optimiser.caseloads.dual import ROUNDING, nobody_waits, priced
from allocation_engine.optimiser.caseloads.heaviest import ratios_alone
from allocation_engine.optimiser.caseloads.left_out import LeftOut
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.pricing import Prices
from allocation_engine.optimiser.caseloads.relaxed import TOLERANCE, relaxation
from allocation_engine.optimiser.caseloads.table import Table, weight_of
from allocation_engine.optimiser.caseloads.ways import Way

MOST_ROUTINE = 1e5
"""Weight from which a unit of a higher priority waits."""

MOST_WAITING = 40
"""Units that wait up to which cores are looked for around each."""


@dataclass(frozen=True)
class Scarcity:
    """The whole table, and how much of it waits in the plan at hand.

    Attributes
    ----------
    whole
        The table with all units that somebody could take.
    placed
        The table with those that are placed.
    seed
        Of the searches for a proof.
    """

    whole: Table
    placed: Table
    seed: int

    @property
    def waits(self) -> float:
        """The weight that waits."""
        return float(self._weights.sum() - self._weights_of(self.placed).sum())

    @property
    def known(self) -> bool:
        """Say whether bounds can be told: whole units wait, none of which goes without a part of itself."""
        return not self.whole.given_up

    @cached_property
    def cores(self) -> tuple[Core, ...]:
        """The units among which something has to wait."""
        if not self.known or len(self._left) > MOST_WAITING:
            return ()
        return cores_of(self.whole, self._left, self.waits, self.seed)

    @cached_property
    def _left(self) -> Ints:
        """The units that wait, whole or in part."""
        placed = set(self.placed.units)
        return np.array([place for place, unit in enumerate(self.whole.units) if unit not in placed], np.int64)

    @property
    def free(self) -> float:
        """The weight that waits beyond what has to wait in the cores: it may be of any unit."""
        return self.waits - sum(core.least for core in self.cores)

    @property
    def _weights(self) -> Floats:
        return self._weights_of(self.whole)

    @staticmethod
    def _weights_of(table: Table) -> Floats:
        return table.sheet.rows["weight"][: len(table.units)].astype(np.float64)

    @property
    def _least_weights(self) -> Floats:
        """What leaving some of each unit weighs at least."""
        cases = self.whole.problem.cases
        return np.array([min(weight_of(cases[c]) for c in unit) for unit in self.whole.units], np.float64)

    @property
    def _row_of_placed(self) -> Ints:
        """Give for each row of the placed table its row in the whole."""
        of_case = {case: place for place, unit in enumerate(self.whole.units) for case in unit}
        of_co = {case: len(self.whole.units) + place for place, case in enumerate(self.whole.co_cases)}
        rows = [of_case[unit[0]] for unit in self.placed.units] + [of_co[case] for case in self.placed.co_cases]
        return np.array(rows, np.int64)

    @property
    def certain(self) -> Ints | None:
        """The rows of the placed table that are placed in every plan in which no more waits; None if that is not known."""
        if not self.known or self.free > 0.0 or any(core.choices is None for core in self.cores):
            return None
        may_wait = {way.unit for core in self.cores for choice in core.choices or () for way in choice}
        of_placed = self._row_of_placed
        return np.flatnonzero(~np.isin(self.whole.unit_of_row[of_placed], list(may_wait)))

    def least_waiting(self) -> float:
        """Give the least weight of routine cases that waits in any plan; 0 where units of higher priority wait."""
        if self.waits >= MOST_ROUTINE:
            return 0.0
        of_cores = sum(core.least for core in self.cores)
        return of_cores if of_cores >= self.waits else max(of_cores, self._least_by_parts_of_units())

    def _least_by_parts_of_units(self) -> float:
        """Bound what waits by a linear programme near those who wait.

        It looks at who could take what waits, at all that those and their neighbours could take, and of that at what
        nobody else could.
        """
        sheet, items = self.whole.sheet, self.whole.sheet.items
        waits = np.ones(len(sheet.rows), np.bool_)
        waits[self._row_of_placed] = False
        takers = items["worker"][waits[items["row"]]]
        rows = items["row"][np.isin(items["worker"], takers)]
        workers = np.unique(items["worker"][np.isin(items["row"], rows)])
        outside = ~np.isin(items["worker"], workers)
        free = np.zeros(len(sheet.rows), np.bool_)
        free[items["row"][outside]] = True
        unit_of_row = self.whole.unit_of_row
        free = np.isin(unit_of_row, unit_of_row[free])
        part = part_of(sheet, workers, np.flatnonzero(~free))
        _, local = np.unique(unit_of_row[part.rows], return_inverse=True)
        weights = np.zeros(int(local.max(initial=-1)) + 1)
        first = part.rows < len(self.whole.units)
        weights[local[first]] = np.minimum(self._least_weights[part.rows[first]], MOST_ROUTINE)
        found, _ = relaxation(part.sheet, local).least_waiting(UNTIL_SETTLED, weights=weights)
        return float(min(ceil(found - TOLERANCE * max(found, 1.0)), self.waits))

    def least_alone(self) -> float:
        """Give the load ratio [1] to which some row that cannot wait brings whoever takes it, at least."""
        of_unit = np.zeros(len(self.whole.units))
        np.maximum.at(of_unit, self.whole.unit_of_row, ratios_alone(self.whole.sheet))
        within = {unit for core in self.cores for unit in core.units.tolist()}
        outside = np.array([unit not in within for unit in range(len(of_unit))])
        weights = self._least_weights
        ratios = [_left_at_least(of_unit, weights, self.waits), _left_at_least(of_unit * outside, weights, self.free)]
        ratios.extend(
            min(max(of_unit[core.others(one)], default=0.0) for one in core.choices)
            for core in self.cores
            if self.free <= 0.0 and core.choices is not None
        )
        return max(ratios)

    def bound(self, row_prices: Floats, ceiling: float, threads: int) -> float:
        """Prove a bound on the squares of any plan in which no more waits, from prices of the rows that are placed.

        What leaving units out can save at these prices is at most what the ways to leave one out could that save most for
        their weight, up to the weight that waits.
        """
        sheet = self.whole.sheet
        row = np.zeros(len(sheet.rows))
        row[self._row_of_placed] = row_prices
        before = self._left_out(row, ceiling, threads)
        left = self._left if len(self._left) <= MOST_WAITING else self._left[:0]
        # As high as brings nobody to take it: then nothing is lost where another waits instead.
        for way, costs in before.costs([Way(unit, 0.0, self.whole.units[unit]) for unit in left.tolist()]).items():
            row[way.unit] = max(row[way.unit], costs if np.isfinite(costs) else 0.0)
        out = self._left_out(row, ceiling, threads)
        return out.base.bound - self._saved(out) * (1.0 + ROUNDING)

    def _left_out(self, row: Floats, ceiling: float, threads: int) -> LeftOut:
        sheet = self.whole.sheet
        base = priced(sheet, Prices(row, np.zeros(len(sheet.items)), 1.0, ceiling, 1e-6), nobody_waits, threads)
        price = np.bincount(self.whole.unit_of_row, row, minlength=len(self.whole.units)).astype(np.float64)
        return LeftOut(self.whole, base, price, threads)

    def _saved(self, out: LeftOut) -> float:
        """Give the most that leaving units out can save at these prices."""
        ways = out.saved(self.waits)
        units = np.array([way.unit for way in ways], np.int64)
        weights, saved = np.array([way.weight for way in ways]), np.array([*ways.values()])
        total = _dearest(saved, weights, self.free)
        choices_of = [core.choices if self.free <= 0.0 else None for core in self.cores]
        rests = {way for choices in choices_of for choice in choices or () for way in choice if way.rest}
        closer = {way: float(out.price[way.unit]) - cost for way, cost in out.costs(sorted(rests)).items()}

        def most(way: Way) -> float:
            rough = ways.get(way, float(out.price[way.unit]))
            return min(rough, closer.get(way, np.inf))

        for core, choices in zip(self.cores, choices_of, strict=True):
            if choices is not None:
                total += max(sum(map(most, choice)) for choice in choices)
            else:
                mine = np.isin(units, core.units) & (weights <= core.least + self.free)
                total += _dearest(saved[mine], weights[mine], core.least)
        return total


def _left_at_least(ratio: Floats, weights: Floats, waits: float) -> float:
    """Give the highest ratio that is left at least if units of so much weight may be left out."""
    order = np.argsort(-ratio, kind="stable")
    beyond = np.flatnonzero(np.cumsum(weights[order]) > waits)
    return float(ratio[order[beyond[0]]]) if len(beyond) else 0.0


def _dearest(saved: Floats, weights: Floats, room: float) -> float:
    """Give what parts of those that save most for their weight come to, up to a weight in all."""
    may = np.flatnonzero(saved > 0.0)
    order = may[np.argsort(-saved[may] / weights[may], kind="stable")]
    left = np.maximum(room - (np.cumsum(weights[order]) - weights[order]), 0.0)
    return float((saved[order] * np.minimum(1.0, left / weights[order])).sum())
