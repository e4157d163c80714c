"""What leaving a unit out can save at given prices, whole or in part, and what that weighs.

Left whole, a unit saves its price. Left in part, whoever takes the rest of the siblings carries these: what else comes to
that worker is then worth less by so much at least, by what these would cost alone or, looked at closely, on top of the
caseload that is worth most with them. Such a caseload may be mixed only by them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Sheet
from allocation_engine.optimiser.caseloads.covering import loosened
from allocation_engine.optimiser.caseloads.dual import Priced, nobody_waits, priced
from allocation_engine.optimiser.caseloads.eligibility import open_pairs
from allocation_engine.optimiser.caseloads.pricing import price_each
from allocation_engine.optimiser.caseloads.table import Table, laid_out, pairs_of
from allocation_engine.optimiser.caseloads.ways import Way, ways_of, weight_left
from domain.allocation import figure
from domain.vocabulary import AssignmentRole

MOST_UNITS = 200
"""Families (those dearest for their weight) up to which parts are looked at one by one."""


@dataclass(frozen=True)
class LeftOut:
    """What leaving out any unit of a table saves at prices.

    Attributes
    ----------
    base
        The prices of the rows, with what each worker's caseload is worth at most.
    price
        Of each unit, its co-workers' places with it.
    """

    table: Table
    base: Priced
    price: Floats
    threads: int

    def saved(self, most: float) -> dict[Way, float]:
        """Give every way to leave units out that weighs no more than `most`, and what it saves at most."""
        table = self.table
        dear = np.flatnonzero(self.price > 0.0).tolist()
        families = [unit for unit in dear if len(table.units[unit]) > 1 and self._least(unit) <= most]
        families.sort(key=lambda unit: (-self.price[unit] / self._least(unit), unit))
        close = set(families[:MOST_UNITS])
        takers = self._open_to([case for unit in close for case in table.units[unit]])
        costs = {
            way: self._by_itself(way, takers)
            for unit in dear
            for way in ways_of(table, unit, most, in_part=unit in close)
        }
        return {way: float(self.price[way.unit]) - cost for way, cost in costs.items() if cost < np.inf}

    def costs(self, ways: Sequence[Way]) -> dict[Way, float]:
        """Give what the cases that ways place cost at least, on top of what else is worth most with them.

        Whoever takes them has less room under every cap, and begins with a higher load ratio. Infinite if nobody could.
        """
        if not ways:
            return {}
        cases = [case for way in ways for case in way.rest]
        laid = laid_out(self.table.problem, [way.rest for way in ways], pairs_of(self.table.problem, cases)).sheet
        return {way: self._on_top(laid, row, way.unit) for row, way in enumerate(ways)}

    def _on_top(self, laid: Sheet, row: int, unit: int) -> float:
        """Give what a row costs at least on top of the caseloads of those who could take it, the unit itself apart."""
        sheet, prices = self.table.sheet, self.base.prices
        item = laid.items[laid.by_row[laid.row_at[row] : laid.row_at[row + 1]]]
        takers, rooms, room_harm = item["worker"], sheet.rooms.copy(), sheet.room_harm.copy()
        rooms["ratio"][takers] += item["load"]
        rooms["cases"][takers] -= laid.rows[row]["cases"]
        rooms["high"][takers] -= laid.rows[row]["high"]
        rooms["new"][takers] -= item["new"]
        rooms["hours"][takers] -= item["hours"]
        room_harm[takers] -= laid.row_harm[row]
        price = prices.row.copy()
        price[self.table.unit_of_row == unit] = 0.0
        worths = np.zeros(len(rooms))
        price_each(
            loosened(sheet)._replace(rooms=rooms, room_harm=room_harm),
            prices._replace(row=price),
            takers,
            worths,
            np.zeros(len(sheet.items), np.int64),
        )
        by_itself = item["load"] * (2.0 * sheet.rooms["ratio"][takers] + item["load"])
        return float((self.base.worths[takers] - worths[takers] + by_itself).min(initial=np.inf))

    def _by_itself(self, way: Way, takers: dict[int, set[int]]) -> float:
        """Give what the cases that a way places cost at least by themselves; infinite if nobody could take them."""
        if way.rest:
            able = set.intersection(*(takers[case] for case in way.rest))
            return min((self._alone(way.rest, worker) - float(self._spare[worker]) for worker in able), default=np.inf)
        # Where one way stands for all parts, something may be placed that only mends a caseload.
        whole = weight_left(self.table, self.table.units[way.unit])
        return 0.0 if way.weight == whole else -float(self._spare.max(initial=0.0))

    @cached_property
    def _spare(self) -> Floats:
        """How much more each worker's caseload could be worth if it need not be mixed."""
        loose = priced(loosened(self.table.sheet), self.base.prices, nobody_waits, self.threads)
        return np.maximum(loose.worths - self.base.worths, 0.0)

    def _least(self, unit: int) -> float:
        return min(weight_left(self.table, (case,)) for case in self.table.units[unit])

    def _open_to(self, cases: list[int]) -> dict[int, set[int]]:
        """Give who may take each case as primary worker, by the rules of pairs."""
        found: dict[int, set[int]] = {case: set() for case in cases}
        pairs = open_pairs(self.table.problem, cases, AssignmentRole.PRIMARY)
        for case, worker in zip(*(one.tolist() for one in pairs), strict=True):
            found[case].add(worker)
        return found

    def _alone(self, cases: tuple[int, ...], worker: int) -> float:
        """Give by how much these cases alone would raise a worker's squared load ratio [1]."""
        problem = self.table.problem
        load = sum(figure(problem.added_load, case, worker) for case in cases)
        load /= problem.workers[worker].capacity or np.inf
        return float(load * (2.0 * float(self.table.sheet.rooms["ratio"][worker]) + load))
