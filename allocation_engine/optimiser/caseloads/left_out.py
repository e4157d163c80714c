"""What leaving a unit out can save at given prices, whole or in part, and what that weighs.

Left whole, a unit saves its price. Left in part, whoever takes the rest of the siblings carries these: what else comes to
that worker is then worth less by so much at least, by what these would cost alone or, looked at closely, on top of the
caseload that is worth most with them. Such a caseload may be mixed only by them.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats
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
        found: dict[Way, float] = {}
        for unit in dear:
            for way in ways_of(table, unit, most, in_part=unit in close):
                able = set.intersection(*(takers[case] for case in way.rest)) if way.rest else ()
                if way.rest and not able:
                    continue
                placed = (
                    len(table.units[unit]) > 1 and not way.rest and way.weight < weight_left(table, table.units[unit])
                )
                costs = min((self._alone(way.rest, worker) - self._spare[worker] for worker in able), default=0.0)
                found[way] = float(self.price[unit] - (-self._spare.max(initial=0.0) if placed else costs))
        return found

    def closer(self, way: Way) -> float:
        """Look closely at what a way saves, part of which is placed."""
        return float(self.price[way.unit]) - self.costs(way.unit, way.rest)

    def costs(self, unit: int, cases: tuple[int, ...]) -> float:
        """Give what these cases of a unit cost at least whoever takes them, on top of what else is worth most with them.

        They leave less room under every cap, and their worker begins with a higher load ratio. Infinite if nobody could.
        """
        sheet, prices = self.table.sheet, self.base.prices
        alone = laid_out(self.table.problem, [cases], pairs_of(self.table.problem, cases)).sheet
        item = alone.items[alone.by_row[alone.row_at[0] : alone.row_at[1]]]
        if len(item) == 0:
            return np.inf
        takers, rooms, room_harm = item["worker"], sheet.rooms.copy(), sheet.room_harm.copy()
        rooms["ratio"][takers] += item["load"]
        rooms["cases"][takers] -= alone.rows[0]["cases"]
        rooms["high"][takers] -= alone.rows[0]["high"]
        rooms["new"][takers] -= item["new"]
        rooms["hours"][takers] -= item["hours"]
        room_harm[takers] -= alone.row_harm[0]
        row = prices.row.copy()
        row[self.table.unit_of_row == unit] = 0.0
        worths = np.zeros(len(rooms))
        price_each(
            loosened(sheet)._replace(rooms=rooms, room_harm=room_harm),
            prices._replace(row=row),
            takers,
            worths,
            np.zeros(len(sheet.items), np.int64),
        )
        by_itself = item["load"] * (2.0 * sheet.rooms["ratio"][takers] + item["load"])
        return float((self.base.worths[takers] - worths[takers] + by_itself).min())

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
        load = self._load(cases, worker)
        return load * (2.0 * float(self.table.sheet.rooms["ratio"][worker]) + load)

    def _load(self, cases: tuple[int, ...], worker: int) -> float:
        """Give by how much these cases raise a worker's load ratio [1]."""
        problem = self.table.problem
        load = sum(figure(problem.added_load, case, worker) for case in cases)
        return float(load / (problem.workers[worker].capacity or np.inf))
