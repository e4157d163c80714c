"""Groups of workers shared out anew, thousands of them, side by side in parts of the service that change from round to round."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.cover import MOST_WORKERS, Desk, new_desk
from allocation_engine.optimiser.caseloads.groups import Turn, costs_too_much, regroup_often
from allocation_engine.optimiser.caseloads.regroup import Judged
from allocation_engine.optimiser.caseloads.standing import Standing

WORKERS_IN_A_PART = 60
"""Workers in a part of the service in which groups are drawn, about."""

LEAST_PARTS = 2
"""Parts at least, where there are workers enough: one for each of two threads. The same whatever the number of threads."""

STAGES = (((3, 6), 2_000), ((3, 6), 8_000), ((5, 8), 8_000), ((7, 10), 16_000), ((4, 7), 32_000), ((8, 12), 32_000))
"""One after another where the last gained little more: workers in a group, from and to, and steps a search takes."""

WORK_A_WORKER = 4_000
"""Steps for each worker in one round."""


@dataclass
class Rounds:
    """Rounds of sharing out groups anew; they begin with small groups, and go on with larger ones.

    Attributes
    ----------
    standing
        The plan, changed in place.
    order
        The workers, near to near.
    seed
        Of the draws.
    """

    sheet: Sheet
    standing: Standing
    order: Ints
    seed: int
    stage: int = 0
    number: int = 0

    def __post_init__(self) -> None:
        """Make room for each part."""
        parts = max(round(len(self.order) / WORKERS_IN_A_PART), LEAST_PARTS if len(self.order) > MOST_WORKERS else 1)
        self._desks = [new_desk(self.sheet) for _ in range(min(parts, 64))]
        self._parts = parts

    def run(self, judged: Judged, worths: Floats, threads: int, keep_going: Callable[[], bool]) -> float:
        """Run one round in all parts; give by how much the cost fell."""
        dice = np.random.default_rng([self.seed, self.number])
        self.number += 1
        order = np.roll(self.order, int(dice.integers(len(self.order))))
        parts = np.array_split(order, self._parts)
        seeds = dice.integers(1, 2**62, len(parts))

        def share(lane: int) -> float:
            desk, fell = self._desks[lane], 0.0
            desk.limits[:] = STAGES[self.stage][1]
            for place in range(lane, len(parts), len(self._desks)):
                if not keep_going():
                    break
                fell += self._share(desk, judged, worths, parts[place], int(seeds[place]))
            return fell

        lanes = range(len(self._desks))
        if threads > 1 and len(lanes) > 1:
            with ThreadPoolExecutor(threads) as pool:
                return sum(pool.map(share, lanes))
        return sum(map(share, lanes))

    def _share(self, desk: Desk, judged: Judged, worths: Floats, members: Ints, seed: int) -> float:
        inside = np.zeros(len(self.sheet.rooms), np.int64)
        inside[members] = 1
        turn = Turn(inside, members, worths, np.zeros(len(inside)), np.array([seed], np.int64))
        costs_too_much(self.sheet, self.standing, judged, worths, members, turn.above)
        return float(
            regroup_often(
                self.sheet, self.standing, judged, desk, turn, STAGES[self.stage][0], WORK_A_WORKER * len(members)
            )
        )

    def next_stage(self) -> None:
        """Go on to other groups; after the last stage the first comes again."""
        self.stage = (self.stage + 1) % len(STAGES)
