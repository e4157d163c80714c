"""How many workers to which area: a dynamic program over the areas, given what each number of workers costs there.

A row of costs holds, for 0, 1, 2 ... workers in one area, the cost or a bound on it; `UNREACHABLE` where that number
cannot be. With lower bounds in the rows the total is a lower bound, with plans' values it is a plan's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocation_engine.optimiser.areas.problem import UNREACHABLE, Integers


@dataclass(frozen=True)
class Totals:
    """Least totals of the areas before and after each, for every number of workers among them.

    Attributes
    ----------
    before
        `before[a][w]`: of the areas 0 to a - 1 with w workers; one row more than there are areas.
    after
        `after[a][w]`: of the areas a and later with w workers.
    """

    costs: Sequence[Integers]
    before: list[Integers]
    after: list[Integers]

    @property
    def workers(self) -> int:
        """Count the workers there are to place."""
        return len(self.before[0]) - 1

    @property
    def least(self) -> int:
        """Give the least total when every worker is placed."""
        return int(self.before[-1][self.workers])

    def counts(self) -> list[int]:
        """Give the number of workers in each area that reaches the least total; of equal ones the fewest in the last."""
        left, chosen = self.workers, []
        for area in range(len(self.costs) - 1, -1, -1):
            row = self.costs[area][: left + 1]
            count = int(np.argmin(row + self.before[area][left - np.arange(len(row))]))
            chosen.append(count)
            left -= count
        return chosen[::-1]

    def elsewhere(self, area: int, count: int) -> int:
        """Give the least total of all other areas if `count` workers are in this one."""
        left = self.workers - count
        return int((self.before[area][: left + 1] + self.after[area + 1][left::-1]).min())


def totals(costs: Sequence[Integers], workers: int) -> Totals:
    """Work out the least totals from both ends."""
    return Totals(costs, _running(costs, workers), _running(costs[::-1], workers)[::-1])


def _running(costs: Sequence[Integers], workers: int) -> list[Integers]:
    none_yet = np.full(workers + 1, UNREACHABLE, dtype=np.int64)
    none_yet[0] = 0
    rows = [none_yet]
    for cost in costs:
        rows.append(_with(rows[-1], cost))
    return rows


def _with(total: Integers, cost: Integers) -> Integers:
    """Add one area: for every number of workers the best way to part them between it and those so far."""
    best = np.full_like(total, UNREACHABLE)
    for count in np.flatnonzero(cost[: len(total)] < UNREACHABLE).tolist():
        here = best[count:]
        np.minimum(here, total[: len(here)] + cost[count], out=here)
    return best
