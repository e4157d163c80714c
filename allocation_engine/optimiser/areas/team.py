"""So many workers in one area: what their squares sum to in the best plan known, and the least that is proven.

Sharpened a step at a time, each dearer than the one before: deal the units out, list the caseloads that a better plan
might hold and solve their linear relaxation, then let CP-SAT choose among those that are left.
"""

from enum import IntEnum

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.areas.caseloads import Caseloads, caseloads_within, window
from allocation_engine.optimiser.areas.evening import Evening, Units
from allocation_engine.optimiser.areas.partition import partition
from allocation_engine.optimiser.areas.problem import UNREACHABLE, Integers, Limits
from allocation_engine.optimiser.areas.relaxation import Relaxed, relax

MOST_LISTED = (20_000, 300_000)
"""Caseloads that are listed at once; the second once shaking the plan has not brought them below the first."""

MOST_SEARCHED = 10_000
"""Caseloads that CP-SAT is given at first; those least dear, so a better plan is found but nothing is proven."""

FIRST_SEARCH = 0.5
"""Effort of a team's first search [deterministic s]."""

GROWTH = 4
"""By how much effort and number of caseloads grow from one search to the next."""

TRIES_OF_A_ROUND = 3_000
"""How often two workers re-divide while a plan is shaken, before its caseloads are counted again."""

MANY = 1_000
"""Caseloads from which a plan is shaken before the first search."""

ROUNDS_BEFORE_SEARCH = 2
"""Rounds of shakes before it."""

MOST_ROUNDS_OF_SHAKES = 5
"""After so many rounds a team whose caseloads cannot be listed is left as it is."""

WORK_OF_A_TRY = 4e-5
"""What it takes two workers to re-divide once, rough [deterministic s]."""


class Step(IntEnum):
    """What has been done for a team, and so what proves its bound."""

    NOTHING = 0
    DEALT = 1
    RELAXED = 2
    SEARCHED = 3
    SPENT = 4


class Team:
    """`count` workers in one area.

    Attributes
    ----------
    bound, value
        Proven least sum of squares, and that of the best plan known; `UNREACHABLE` without a plan, or proven to have none.
    plan
        Places of units in `loads`, a worker at a time.
    proven_by
        The step that proved the bound.
    """

    def __init__(self, loads: Integers, count: int, limits: Limits, bound: int, seed: int) -> None:
        self.count = count
        self.bound = bound
        self.value = UNREACHABLE
        self.plan: Units = []
        self.step = Step.NOTHING
        self.proven_by = Step.NOTHING
        self.effort = FIRST_SEARCH
        self._loads = loads
        self._limits = limits
        self._seed = seed
        self._total = int(loads.sum())
        self._mean = round(self._total / max(count, 1))
        self._evening: Evening | None = None
        self._rounds_of_shakes = 0
        self._listed_below = 2 * UNREACHABLE
        self._caseloads: Caseloads | None = None
        self._relaxed: Relaxed | None = None
        self._searched = MOST_SEARCHED
        self._solver: cp_model.CpSolver | None = None

    def stop(self) -> None:
        """End a search that is running."""
        solver = self._solver
        if solver is not None:
            solver.stop_search()

    def sharpen(self, below: int, effort: float) -> float:
        """Take the next step towards a plan of less than `below`, or the proof that there is none; give its work."""
        if self._evening is None:
            return self._deal()
        if self._listed_below > below:
            return self._list(below)
        return self._shake() if self._should_shake() else self._search(below, effort)

    def is_quick(self, below: int) -> bool:
        """Say whether the next step is a short one: anything but a search."""
        return self._listed_below > below or self._should_shake()

    def _should_shake(self) -> bool:
        """Say whether there are so many caseloads that shaking may well find the best plan sooner than a search."""
        listed = self._caseloads is not None and len(self._caseloads.load) > MANY
        return listed and self._rounds_of_shakes < ROUNDS_BEFORE_SEARCH

    def _deal(self) -> float:
        self._evening = Evening(self._loads, self.count, self._limits, self._seed)
        self.step = Step.DEALT
        self._take_over()
        return WORK_OF_A_TRY * self._evening.tries

    def _take_over(self) -> None:
        """Keep the evened plan if it is better than the best known."""
        assert self._evening is not None  # noqa: S101 (units are dealt out first)
        if self._evening.fits and self._evening.value < self.value:
            self.value, self.plan = self._evening.value, [list(group) for group in self._evening.groups]

    def _list(self, below: int) -> float:
        """List the caseloads of a plan below the limit and solve their relaxation."""
        lowest, highest = window(self._total, self.count, below, self._limits)
        most_listed = MOST_LISTED[min(self._rounds_of_shakes, 1)]
        caseloads = caseloads_within(self._loads, self._sizes(), lowest, highest, most_listed)
        if caseloads is None:
            return self._shake()
        self._listed_below = below
        self._caseloads = caseloads
        cost = self._cost(caseloads)
        self._relaxed = relax(caseloads, cost, self.count)
        self.step = Step.RELAXED
        self._prove(min(self._true(self._relaxed.least()), below), Step.RELAXED)
        if self._relaxed.whole is not None:
            self._keep(caseloads, self._relaxed.whole)
        return self._relaxed.work + 1e-6 * len(cost)

    def _shake(self) -> float:
        assert self._evening is not None  # noqa: S101 (units are dealt out first)
        before = self._evening.tries
        self._evening.shake(TRIES_OF_A_ROUND, self.bound)
        self._take_over()
        self._rounds_of_shakes += 1
        if self._rounds_of_shakes >= MOST_ROUNDS_OF_SHAKES:
            self.step = Step.SPENT
        return WORK_OF_A_TRY * (self._evening.tries - before)

    def _search(self, below: int, effort: float) -> float:
        """Let CP-SAT choose among the caseloads that a plan below the limit may hold."""
        assert self._caseloads is not None  # noqa: S101 (listed first)
        assert self._relaxed is not None  # noqa: S101 (likewise)
        below = min(below, self._listed_below)
        limit = below - 1 - self._true(0)
        left = self._relaxed.may_cost_at_most(limit)
        some = left[: self._searched]
        self._solver = cp_model.CpSolver()
        self._solver.parameters.num_workers = 1
        self._solver.parameters.random_seed = self._seed
        self._solver.parameters.linearization_level = 2
        self._solver.parameters.max_deterministic_time = min(self.effort, effort)
        caseloads = self._caseloads.only(some)
        found = partition(caseloads, self._cost(caseloads), self.count, limit, self._solver)
        self._solver = None
        if found.caseloads is not None:
            self._keep(caseloads, found.caseloads)
        if len(some) == len(left):
            self._prove(below if found.bound is None else min(self._true(found.bound), below), Step.SEARCHED)
        self.step = Step.SEARCHED
        self.effort *= GROWTH
        self._searched *= GROWTH
        return found.work + 1e-3

    def _sizes(self) -> tuple[int, int]:
        """Fewest and most units that one worker may take if the others keep within theirs."""
        units, others = len(self._loads), self.count - 1
        fewest = max(self._limits.fewest, units - others * self._limits.most)
        return fewest, min(self._limits.most, units - others * self._limits.fewest)

    def _cost(self, caseloads: Caseloads) -> Integers:
        """Give each caseload's squared distance from the average, rounded: far smaller numbers than the squares."""
        cost: Integers = (caseloads.load - self._mean) ** 2
        return cost

    def _true(self, cost: int) -> int:
        """Turn a sum of squared distances from the average into the sum of squares: x² = (x - m)² + 2mx - m²."""
        return cost + 2 * self._mean * self._total - self.count * self._mean**2

    def _prove(self, bound: int, by: Step) -> None:
        """Raise the bound. A sum of squares is odd just if the total is, since each square is odd just if its load is."""
        bound += (bound - self._total) % 2
        if bound > self.bound:
            self.bound, self.proven_by = bound, by

    def _keep(self, caseloads: Caseloads, chosen: list[int]) -> None:
        """Turn caseloads into a plan: units of each kind are handed out in order."""
        kind_of = np.repeat(np.arange(len(caseloads.there)), caseloads.there)
        ready = [np.flatnonzero(kind_of == kind).tolist() for kind in range(len(caseloads.there))]
        value = sum(int(caseloads.load[c]) ** 2 for c in chosen)
        if value >= self.value:
            return
        self.plan = []
        for c in chosen:
            here = slice(caseloads.taken.indptr[c], caseloads.taken.indptr[c + 1])
            kinds = zip(caseloads.taken.indices[here].tolist(), caseloads.taken.data[here].tolist(), strict=True)
            self.plan.append([ready[kind].pop(0) for kind, times in kinds for _ in range(times)])
        self.value = value
