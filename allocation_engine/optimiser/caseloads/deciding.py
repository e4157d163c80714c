"""The workers and rows that decide on the heaviest load ratio: how low it can be among them, and a plan for all at that.

Questions at falling ceilings are asked of whole caseloads (`covering`), which prove a ceiling too low or leave it open. Just
above what is proven, all caseloads are then listed and searched through where few rows decide, and dived for a plan where more
do; where very many do, dives come first. What is still open is chosen among the caseloads found, or asked pair by pair. The
other rows then find their places around it.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.anneal import anneal_below
from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.bring_below import LARGE_GROUPS, NARROW, SMALL_GROUPS, BringBelow, Stage
from allocation_engine.optimiser.caseloads.covering import Covering, who_decides
from allocation_engine.optimiser.caseloads.dive_under import dive_under
from allocation_engine.optimiser.caseloads.fits import LOAD
from allocation_engine.optimiser.caseloads.groups import CLOSE
from allocation_engine.optimiser.caseloads.means import Means, for_a_share
from allocation_engine.optimiser.caseloads.pair_model import PairModel
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.place import place_waiting
from allocation_engine.optimiser.caseloads.relaxed import TOLERANCE, relaxation
from allocation_engine.optimiser.caseloads.standing import keeps_caps, standing_of, worst_ratio

CHOOSING, ASKING = 0.2, 0.7
"""Deterministic seconds for choosing among caseloads found, and for asking pair by pair."""

LAST = 1e6
"""How often the rows that decide count as pushed out already: others move first."""

NEAR_ENOUGH = 1e-4
"""Share of the ratio up to which the range is not halved any further for dives."""

FINEST = 1e-7
"""Share of the ratio to which the range between what is proven and what is found is halved."""

FAR = 1e-3
"""Share of the ratio by which a plan for all may be above that for these before the others are seen to at once."""

MOST_IN_VAIN = 2
"""Ceilings in a row at which nothing is chosen or proven, or dived for with success, after which that ends."""

FIRST_STEP, LONGER, MOST_TOO_MANY = 512, 4.0, 3
"""Share of the range, as its divisor, by which the first ceiling under which caseloads are listed is above the bound; by how
much the next step is longer, or shorter; and how many ceilings may have too many caseloads under them until that ends."""

VERY_FEW, FEW = 40, 60
"""Rows up to which all caseloads that could count are soon listed, and up to which questions about whole caseloads say more in
a second than groups do."""

AIMED_ABOVE = (0.0, 0.001, 0.003)
"""How far above the bound [1] annealing aims, one after the other."""

TRIES_A_ROW, MOST_TRIES = 3_000, 300_000
"""Changes annealed for each row in one go, and at most."""

SHARE_FOR_GROUPS = 0.3
"""Effort for lowering in groups, as a share of that for questions about whole caseloads."""

GROUPS_FIRST, GROUPS_LAST = 0.3, 0.6
"""Shares of the seconds left by the clock for lowering in groups, before questions and after them."""

STEPS_UP = (0.0, 1e-4, 4e-4)
"""Shares of the ratio above what is proven at which a plan is asked for pair by pair, one after the other."""


class Deciding:
    """What decides on the heaviest load ratio, with the range in which its least lies.

    Attributes
    ----------
    item_of
        The item of each row of the best plan for all.
    value
        Its heaviest load ratio [1] among those who receive something.
    bound
        Proven: no plan stays below it.
    rows
        The rows that decide.
    """

    def __init__(
        self, sheet: Sheet, item_of: Ints, price: Floats, bound: float, certain: Ints, means: Means, effort: float
    ) -> None:
        self.sheet, self.item_of, self.bound = sheet, item_of, bound
        # Whatever is asked of these, told is how things stand for all.
        self._means = replace(means, going=lambda _, __: means.going(self.value, self.bound))
        self.value = worst_ratio(sheet, standing_of(sheet, item_of, np.inf, means.seed))
        workers, theirs = who_decides(sheet, np.flatnonzero(price > TOLERANCE), self.value)
        self.rows = np.intersect1d(theirs, certain)
        self._part = part_of(sheet, workers, self.rows)
        self._mine, self._of_these = self._part.places_of(item_of[self.rows]), self.value
        self._covering = Covering(self._part.sheet, self._mine, price[self.rows], effort, self._told)
        self._to_lower = SHARE_FOR_GROUPS * effort

    def narrow(self) -> None:
        """Raise the bound and lower the plan until they meet, or nothing more is found."""
        if self._proves(self.value - CLOSE):
            return
        self._anneal()
        if self.value > self._of_these * (1.0 + FAR):
            self._bring_others_below()
        if len(self.rows) > FEW:
            self._dive()
        high = self._halved()
        if len(self.rows) <= VERY_FEW:
            self._list()
        elif len(self.rows) <= FEW:
            self._upwards(high, self._dived)
        else:
            self._lower_in_groups(SMALL_GROUPS, GROUPS_FIRST)
            self._lower_in_groups(LARGE_GROUPS, GROUPS_FIRST)
        self._upwards(high, self._chosen)
        self._upwards(high, self._asked)
        self._meet()
        if len(self.rows) <= FEW and self._of_these - self.bound > NARROW * self.bound:
            self._lower_in_groups(LARGE_GROUPS, GROUPS_LAST)
            self._meet()
        if self.value > self._of_these + CLOSE:
            self._bring_others_below()
        if VERY_FEW < len(self.rows) <= FEW:
            self._list()

    def _anneal(self) -> None:
        """Anneal these alone, towards several targets; the plans' caseloads are kept, and the best of the plans is used."""
        sheet, best = self._part.sheet, self._mine
        least = worst_ratio(sheet, standing_of(sheet, best, np.inf, self._means.seed))
        tries = min(TRIES_A_ROW * len(self.rows), MOST_TRIES)
        for number, above in enumerate(AIMED_ABOVE):
            standing = standing_of(sheet, self._mine, np.inf, self._means.seed + number)
            anneal_below(sheet, standing, self.bound * (1.0 + above), tries, self._going)
            self._covering.know(standing.item_of)
            if worst_ratio(sheet, standing) < least:
                least, best = worst_ratio(sheet, standing), standing.item_of
        self._use(best)

    def _halved(self) -> float:
        """Halve the range of what is proven and what is not, whether there is a plan there or not; give its upper end."""
        high = self._of_these
        while high - self.bound > NARROW * high and self._going():
            middle = (self.bound + high) / 2
            if not self._proves(middle):
                high = middle
        return high

    def _list(self) -> None:
        """List all caseloads under ceilings from the bound upwards: each is proven too low, or a plan is found.

        A little above the bound they are few; where they are too many, the next ceiling is nearer.
        """
        step, too_many = (self._of_these - self.bound) / FIRST_STEP, 0
        while self._of_these - self.bound > FINEST * self.bound and too_many < MOST_TOO_MANY and self._going():
            ceiling = min(self.bound + step, self._of_these - CLOSE)
            proven, plan = self._covering.listed(ceiling, self._means.seed, self._means.seconds_left())
            if proven:
                self._raise(ceiling)
                step *= LONGER if too_many == 0 else 1.0
            elif not self._use(plan):
                too_many += 1
                step /= LONGER

    def _upwards(self, ceiling: float, find: Callable[[float], Ints | None]) -> None:
        """Look for a plan where nothing is proven, and a little farther above, until one is found."""
        for step in STEPS_UP:
            asked = max(ceiling, self.bound) * (1.0 + step)
            if asked >= self._of_these or not self._going() or self._use(find(asked)):
                return

    def _lower_in_groups(self, stage: Stage, share: float) -> None:
        """Bring those above ever lower targets below them, group by group, for a share of the seconds left."""
        if not self.sheet.one_area and self._told():
            lower = BringBelow(self._part.sheet, self._mine, for_a_share(self._means, share), self._to_lower)
            lower.lower(self.bound, stage)
            self._covering.know(lower.item_of)
            if lower.value < self._of_these:
                self._use(lower.item_of)

    def _meet(self) -> None:
        """Try to prove that what was found is best, and as long as it is not, choose something better."""
        high, in_vain = self._of_these - CLOSE, 0
        while high - self.bound > FINEST * high and in_vain < MOST_IN_VAIN and self._going():
            if self._proves(high):
                high = self._of_these - CLOSE
            elif self._use(self._chosen(high)):
                in_vain, high = 0, self._of_these - CLOSE
            else:
                in_vain, high = in_vain + 1, (self.bound + high) / 2

    def _told(self) -> bool:
        return self._means.going(self.value, self.bound)

    def _going(self) -> bool:
        return self._covering.left > 0.0 and self.value > self.bound + CLOSE and self._told()

    def _chosen(self, ceiling: float) -> Ints | None:
        """Choose a plan for these among the caseloads found under a ceiling."""
        return self._covering.plan(ceiling, CHOOSING, self._means.seed, self._means.seconds_left())

    def _proves(self, ceiling: float) -> bool:
        """Ask whether a ceiling is too low; if so, the bound rises."""
        if not self._covering.impossible(ceiling):
            return False
        self._raise(ceiling)
        return True

    def _raise(self, ceiling: float) -> None:
        """Raise the bound to a ceiling that is proven too low; no plan is found between one and one a little above it."""
        self.bound = self.value if ceiling >= self.value - CLOSE else ceiling

    def _asked(self, ceiling: float) -> Ints | None:
        """Ask pair by pair for a plan for these rows under a ceiling."""
        covering = self._covering
        model = PairModel(relaxation(covering.sheet, np.arange(len(self.rows))), ceiling)
        answer = model.solve(min(ASKING, max(covering.left, 0.0)), self._means.seed, self._means.seconds_left())
        covering.left -= answer.effort
        return answer.item_of if answer.status in {cp_model.OPTIMAL, cp_model.FEASIBLE} else None

    def _dive(self) -> None:
        """Dive for plans under ceilings half way between the plan and what is proven, or what was dived for in vain."""
        low, in_vain = self.bound, 0
        while self._of_these - low > NEAR_ENOUGH * low and in_vain < MOST_IN_VAIN and self._going():
            middle = (low + self._of_these) / 2
            if not self._use(self._dived(middle)):
                low, in_vain = middle, in_vain + 1

    def _dived(self, ceiling: float) -> Ints | None:
        """Dive for a plan for these under a ceiling."""
        covering = self._covering
        found, effort = dive_under(covering.sheet, self._mine, ceiling, max(covering.left, 0.0), self._means)
        covering.left -= effort
        if found is not None:
            covering.know(found)
        return found

    def _use(self, mine: Ints | None) -> bool:
        """Place all other rows around a plan for these; keep what comes of it if it is better. False if there is no plan."""
        if mine is None:
            return False
        self._mine = mine
        self._of_these = worst_ratio(self._part.sheet, standing_of(self._part.sheet, mine, np.inf, self._means.seed))
        ceiling = self._ceiling
        self._keep(self._around(ceiling), ceiling)
        return True

    @property
    def _ceiling(self) -> float:
        """How high anybody may come around the plan for these."""
        return max(self._of_these, self.bound) + CLOSE / 2

    def _keep(self, item_of: Ints, ceiling: float) -> None:
        """Keep a plan for all if nothing waits in it, it keeps the rules under a ceiling, and it is better."""
        if (item_of >= 0).all():
            standing = standing_of(self.sheet, item_of, ceiling, self._means.seed)
            value = worst_ratio(self.sheet, standing)
            if value < self.value and keeps_caps(self.sheet, standing):
                self.item_of, self.value = item_of, value

    def _around(self, ceiling: float) -> Ints:
        """Place the other rows around the plan for these, those that stand well as they are; below zero where one waits."""
        sheet, seed = self.sheet, self._means.seed
        outside = np.ones(len(sheet.rooms), np.bool_)
        outside[sheet.items["worker"][self._part.items]] = False
        holder = sheet.items["worker"][self.item_of]
        ratio = sheet.rooms["ratio"] + standing_of(sheet, self.item_of, ceiling, seed).sums[:, LOAD]
        start = np.where(outside[holder] & (ratio[holder] <= ceiling), self.item_of, -1)
        start[self.rows] = self._part.items[self._mine]
        standing = standing_of(sheet, start, ceiling, seed)
        pushed, best = np.ones(len(sheet.rows)), np.full(len(sheet.rows), -1, np.int64)
        pushed[self.rows] = LAST
        place_waiting(sheet, standing, pushed, 20 * len(sheet.rows), best)
        return best

    def _bring_others_below(self) -> None:
        """Place the other rows anywhere, then bring those who come past the plan for these below that, group by group."""
        if self.sheet.one_area or not self._told():
            return
        anywhere = self._around(UNTIL_SETTLED)
        if (anywhere >= 0).all():
            others = BringBelow(self.sheet, anywhere, self._means, self._to_lower)
            if others.reach(self._ceiling, self.bound, LARGE_GROUPS):
                self._keep(others.item_of, self._ceiling)
