"""The rules with caseloads allowed to hold parts of cases: a linear programme whose optimum no plan can beat."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, hstack, vstack

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet

TOLERANCE = 1e-6
"""Parts of a row smaller than this are rounding of the linear solver, which keeps rules to 1e-7."""


def under_ceiling(sheet: Sheet, ceiling: float) -> NDArray[np.bool_]:
    """Say of each item whether its worker may have it, for all that a ceiling says; who only keeps it is not asked."""
    items = sheet.items
    under: NDArray[np.bool_] = sheet.rooms["ratio"][items["worker"]] + items["load"] <= ceiling
    return under | (items["receives"] == 0)


class _Asked(NamedTuple):
    """Rows asked about (marked), the items kept, and of these which row each covers and what it adds to its worker's load."""

    rows: NDArray[np.bool_]
    kept: Ints
    cover: csr_array
    load: csr_array


@dataclass(frozen=True)
class Relaxation:
    """The linear rules of a sheet, ready to be asked at any ceiling.

    `caps` and `limits` are rows that every plan keeps; `load` gives what each item adds to its worker's ratio.
    """

    sheet: Sheet
    unit_of_row: Ints
    caps: csr_array
    limits: Floats

    def least_waiting(
        self, ceiling: float, rows: Ints | None = None, weights: Floats | None = None
    ) -> tuple[float, Floats]:
        """Give how many units wait at least in any plan in which nobody who receives comes past the ceiling, and why.

        Each row (of those given, or of all) is taken once but for a part that waits; the parts of a unit and of its
        co-workers' places are one. 0 says nothing: perhaps all can be placed. With it comes the price of each row
        in the dual: those that have one prove it. With `weights` [of each unit] it is their weight that is least.
        """
        sheet = self.sheet
        asked, kept, cover, load = self._asked(ceiling, rows)
        number, units = len(sheet.rows), int(self.unit_of_row.max(initial=-1)) + 1
        waits = _matrix(np.ones(number), np.arange(number), self.unit_of_row, (number, units))
        reach = np.maximum(ceiling - sheet.rooms["ratio"], 0.0)
        reach = np.maximum(reach, self._kept_load())
        most = np.concatenate([self.limits, reach])
        left = csr_array(self.caps[:, kept])
        parts = coo_array((len(most), units))
        answer = linprog(
            np.concatenate([np.zeros(len(kept)), np.ones(units) if weights is None else weights]),
            A_ub=hstack([_stacked(left, load), parts]).tocsr(),
            b_ub=most,
            A_eq=hstack([cover, waits]).tocsr(),
            b_eq=asked.astype(float),
            bounds=(0, 1),
            method="highs",
        )
        if answer.status != 0:
            return 0.0, np.zeros(len(sheet.rows))
        return float(answer.fun), np.abs(answer.eqlin.marginals)

    def least_ceiling(self, ceiling: float, low: float, rows: Ints | None = None) -> tuple[float, Floats]:
        """Give how low the heaviest load ratio could be at least, if it is no higher than `ceiling`, and each row's price.

        Infinite, without prices, if not even the ceiling can be kept.

        Parameters
        ----------
        low
            A bound [1] that is known: who begins above it is given what the ceiling allows.
        """
        sheet = self.sheet
        asked, kept, cover, load = self._asked(ceiling, rows)
        number, stays = len(kept), self._kept_load()
        tied = (sheet.rooms["ratio"] <= low) & (stays == 0.0)
        most = np.where(tied, -sheet.rooms["ratio"], np.maximum(np.maximum(ceiling - sheet.rooms["ratio"], 0.0), stays))
        answer = linprog(
            np.concatenate([np.zeros(number), np.ones(1)]),
            A_ub=hstack(
                [
                    _stacked(csr_array(self.caps[:, kept]), load),
                    np.concatenate([np.zeros(len(self.limits)), -1.0 * tied])[:, None],
                ]
            ).tocsr(),
            b_ub=np.concatenate([self.limits, most]),
            A_eq=hstack([cover, coo_array((len(sheet.rows), 1))]).tocsr(),
            b_eq=asked.astype(float),
            bounds=[(0.0, 1.0)] * number + [(low, None)],
            method="highs",
        )
        if answer.status != 0:
            return np.inf, np.zeros(len(sheet.rows))
        return float(answer.fun), np.abs(answer.eqlin.marginals)

    def _asked(self, ceiling: float, rows: Ints | None) -> _Asked:
        sheet, items = self.sheet, self.sheet.items
        asked = np.ones(len(sheet.rows), np.bool_) if rows is None else np.isin(np.arange(len(sheet.rows)), rows)
        kept = np.flatnonzero(under_ceiling(sheet, ceiling) & asked[items["row"]])
        number, columns = len(kept), np.arange(len(kept))
        cover = _matrix(np.ones(number), items["row"][kept], columns, (len(sheet.rows), number))
        load = _matrix(items["load"][kept], items["worker"][kept], columns, (len(sheet.rooms), number))
        return _Asked(asked, kept, cover, load)

    def _kept_load(self) -> Floats:
        items = self.sheet.items
        stay = items["receives"] == 0
        kept = np.bincount(items["worker"][stay], items["load"][stay], minlength=len(self.sheet.rooms))
        return kept.astype(np.float64)


def relaxation(sheet: Sheet, unit_of_row: Ints) -> Relaxation:
    """State the caps that could bind: cases, new ones, high risk, harm types, hours, and rows that clash."""
    items, rooms = sheet.items, sheet.rooms
    worker, row = items["worker"], items["row"]
    amounts = [
        (sheet.rows["cases"][row].astype(float), rooms["cases"].astype(float)),
        (items["new"].astype(float), rooms["new"].astype(float)),
        (sheet.rows["high"][row].astype(float), rooms["high"].astype(float)),
        *(
            (sheet.row_harm[row, h].astype(float), sheet.room_harm[:, h].astype(float))
            for h in range(sheet.row_harm.shape[1])
        ),
        # Who only keeps what they hold is not asked about hours.
        (
            items["hours"],
            np.maximum(
                rooms["hours"], np.bincount(worker, items["hours"] * (items["receives"] == 0), minlength=len(rooms))
            ),
        ),
    ]
    values, lines, columns, limits, line = [], [], [], [], 0
    for amount, room in amounts:
        binding = np.flatnonzero(np.bincount(worker, amount, minlength=len(rooms)) > room)
        place = np.full(len(rooms), -1)
        place[binding] = line + np.arange(len(binding))
        used = np.flatnonzero((place[worker] >= 0) & (amount != 0))
        values.append(amount[used])
        lines.append(place[worker[used]])
        columns.append(used)
        limits.append(room[binding])
        line += len(binding)
    clashing = _clashing(sheet)
    values.append(np.ones(len(clashing[0])))
    lines.append(line + clashing[1])
    columns.append(clashing[0])
    limits.append(np.ones(clashing[2]))
    caps = _matrix(
        np.concatenate(values), np.concatenate(lines), np.concatenate(columns), (line + clashing[2], len(items))
    )
    return Relaxation(sheet, unit_of_row, caps, np.concatenate(limits))


def _clashing(sheet: Sheet) -> tuple[Ints, Ints, int]:
    """Give, for each worker and group of which they may take one row, the items concerned: (item, line), and lines."""
    row = sheet.items["row"]
    number = np.diff(sheet.clash_at)[row]
    item = np.repeat(np.arange(len(row)), number)
    within = np.arange(len(item)) - np.repeat(np.cumsum(number) - number, number)
    group = sheet.clashes[sheet.clash_at[row[item]] + within]
    key = sheet.items["worker"][item] * (int(sheet.clashes.max(initial=0)) + 1) + group
    _, line, counts = np.unique(key, return_inverse=True, return_counts=True)
    several = counts[line] > 1
    _, packed = np.unique(line[several], return_inverse=True)
    return item[several], packed, int(packed.max(initial=-1)) + 1


def _matrix(values: Floats, lines: Ints, columns: Ints, shape: tuple[int, int]) -> csr_array:
    return coo_array((values, (lines, columns)), shape=shape).tocsr()


def _stacked(above: csr_array, below: csr_array) -> csr_array:
    return csr_array(vstack([above, below]))
