"""Everybody below a target load ratio: what a few workers hold around one who is above it is shared out anew, with CP-SAT.

Annealing ends in plans from which no small change helps. Asked whether ten workers could all stay below the target with what
they hold now, CP-SAT says so in some hundredths of a second, as long as its linear relaxation is switched on.
"""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.groups import CLOSE
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.pair_model import PairModel
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.standing import keeps_caps, standing_of, worst_ratio


@dataclass(frozen=True)
class Stage:
    """Workers in a group, the deterministic seconds for each question, and the questions in vain after which it ends."""

    workers: int
    effort: float
    in_vain: int


SMALL_GROUPS, LARGE_GROUPS = Stage(7, 0.05, 20), Stage(10, 0.3, 25)
"""Small groups get far soon; large ones go on from there."""

NARROW = 2e-5
"""Share of the heaviest ratio below which the range left for targets is not halved any further."""

ROOM_BESIDES = 2e-3
"""Load ratio [1] added to everybody's room below the target where others are drawn: who has none may still exchange."""


class BringBelow:
    """A plan whose heaviest load ratio falls from target to target.

    Attributes
    ----------
    item_of
        The item of each row of the best plan so far.
    value
        Its heaviest load ratio [1] among those who receive something.
    left
        Deterministic seconds left.
    """

    def __init__(self, sheet: Sheet, item_of: Ints, means: Means, effort: float) -> None:
        self.sheet, self.item_of, self.means, self.left = sheet, item_of, means, effort
        self.value = worst_ratio(sheet, standing_of(sheet, item_of, np.inf, means.seed))
        self._dice = np.random.default_rng([means.seed, len(item_of)])
        self._questions = 0

    def lower(self, bound: float, stage: Stage) -> None:
        """Halve the range between a bound and the plan, a target at a time."""
        low = bound
        while self.value - low > NARROW * self.value and self._going(bound):
            target = (low + self.value) / 2
            if not self.reach(target, bound, stage):
                low = target

    def reach(self, target: float, bound: float, stage: Stage) -> bool:
        """Try to bring everybody to a target [1] or below; the plan is kept only if that is reached."""
        now, in_vain = self.item_of.copy(), 0
        while True:
            ratios = self._ratios(now)
            above = np.flatnonzero(ratios > target)
            if len(above) == 0:
                self.item_of, self.value = now, float(ratios.max(initial=0.0))
                return True
            if in_vain >= stage.in_vain or not self._going(bound):
                return False
            group = self._around(now, ratios, int(self._dice.choice(above)), target, stage.workers)
            in_vain = 0 if self._shared_out(now, group, target, stage.effort) else in_vain + 1

    def _going(self, bound: float) -> bool:
        return self.left > 0.0 and self.value > bound + CLOSE and self.means.going(self.value, bound)

    def _ratios(self, item_of: Ints) -> Floats:
        """Give each worker's load ratio [1]; 0 for who receives nothing."""
        chosen, rooms = self.sheet.items[item_of], self.sheet.rooms
        load = np.bincount(chosen["worker"], chosen["load"], minlength=len(rooms))
        receives = np.bincount(chosen["worker"], chosen["receives"], minlength=len(rooms)) > 0
        return np.where(receives, rooms["ratio"] + load, 0.0)

    def _around(self, item_of: Ints, ratios: Floats, first: int, target: float, size: int) -> Ints:
        """Draw a group around a worker: others below the target who could take what it holds, rather those with room."""
        sheet, items = self.sheet, self.sheet.items
        holder = items["worker"][item_of]
        fits = sheet.rooms["ratio"][items["worker"]] + items["load"] <= target
        fits &= ratios[items["worker"]] <= target
        room = np.maximum(target - np.maximum(ratios, sheet.rooms["ratio"]), 0.0) + ROOM_BESIDES
        chosen = [first]
        while len(chosen) < size:
            held = np.isin(holder, chosen)
            others = np.setdiff1d(items["worker"][fits & held[items["row"]]], chosen)
            if len(others) == 0:
                break
            weights = room[others] / room[others].sum()
            chosen.append(int(self._dice.choice(others, p=weights)))
        return np.array(sorted(chosen), np.int64)

    def _shared_out(self, item_of: Ints, group: Ints, target: float, effort: float) -> bool:
        """Share out anew what a group holds so that all of them stay below the target; False if no way was found."""
        sheet = self.sheet
        part = part_of(sheet, group, np.flatnonzero(np.isin(sheet.items["worker"][item_of], group)))
        asked = PairModel(relaxation(part.sheet, np.arange(len(part.rows))), target)
        asked.hint(part.places_of(item_of[part.rows]))
        self._questions += 1
        answer = asked.solve(min(effort, self.left), self.means.seed + self._questions, self.means.seconds_left())
        self.left -= answer.effort
        if answer.status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return False
        # The question is looser than the rules on hours where somebody keeps more than they have.
        if not keeps_caps(part.sheet, standing_of(part.sheet, answer.item_of, target + CLOSE / 2, self.means.seed)):
            return False
        item_of[part.rows] = part.items[answer.item_of]
        return True
