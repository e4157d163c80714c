"""Plans as one makes them by hand: deal the units out, heaviest first to the lightest worker, then let two workers re-divide theirs.

Two workers with few units between them re-divide in the best way there is (every way is tried at once); with more, some
of their units stay where they are. Stuck plans are shaken and evened out again.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from allocation_engine.optimiser.areas.problem import Integers, Limits

Units = list[list[int]]
"""What each worker of one area takes."""

AT_ONCE = 12
"""Units that two workers re-divide at once: 4,096 ways."""

TRIES = 6
"""How often two workers with more units than that try with other ones of them."""


@cache
def every_way(units: int) -> tuple[NDArray[np.float64], Integers]:
    """Give every way to pick among units, a row each (1 picked), and how many each picks."""
    ways = (np.arange(2**units)[:, None] >> np.arange(units)) & 1
    return ways.astype(np.float64), ways.sum(axis=1)


def deal_out(loads: Integers, count: int, limits: Limits) -> Units:
    """Deal units out, heaviest first, each to the lightest worker who may take it; every worker gets the fewest."""
    groups: Units = [[] for _ in range(count)]
    carried = [0] * count
    for place, unit in enumerate(np.argsort(-loads, kind="stable").tolist()):
        owed = sum(max(limits.fewest - len(group), 0) for group in groups)
        room = limits.fewest if owed >= len(loads) - place else limits.most
        worker = min((w for w in range(count) if len(groups[w]) < room), key=lambda w: (carried[w], w))
        groups[worker].append(unit)
        carried[worker] += int(loads[unit])
    return groups


class Evening:
    """One area's plan for a number of workers, as even as could be made so far.

    Attributes
    ----------
    groups
        What each worker takes.
    tries
        How often two workers have re-divided.
    """

    def __init__(self, loads: Integers, count: int, limits: Limits, seed: int) -> None:
        self._loads = loads.astype(np.float64)
        self._limits = limits
        self._dice = np.random.default_rng([seed, count, len(loads)])
        self.tries = 0
        self.groups = deal_out(loads, count, limits)
        self._carried = [float(self._loads[group].sum()) for group in self.groups]
        self._settle(set(range(count)))

    @property
    def value(self) -> int:
        """Sum of squared loads [steps squared]."""
        return sum(int(load) ** 2 for load in self._carried)

    @property
    def fits(self) -> bool:
        """Say whether nobody has more load than allowed."""
        return max(self._carried, default=0) <= self._limits.largest

    def shake(self, tries: int, enough: int) -> None:
        """Pass some units around among three workers and even out again; keep what is no worse; stop at `enough`.

        Ends once two workers have re-divided so many times more, whether or not it helped.
        """
        end = self.tries + tries
        while self.tries < end and len(self.groups) > 1 and not (self.fits and self.value <= enough):
            self.tries += 1  # so that it ends even if nobody had a reason to try
            before, value = ([list(group) for group in self.groups], list(self._carried)), self.value
            among = self._dice.permutation(len(self.groups))[:3].tolist()
            passed = [self.groups[w].pop(int(self._dice.integers(len(self.groups[w])))) for w in among]
            for w, unit in zip(among[1:] + among[:1], passed, strict=True):
                self.groups[w].append(unit)
                self._carried[w] = float(self._loads[self.groups[w]].sum())
            self._settle(set(among))
            if self.value > value:
                self.groups, self._carried = before

    def _settle(self, changed: set[int]) -> None:
        """Let every two workers of whom one has changed re-divide, until nobody changes."""
        while changed:
            one = min(changed)
            better = [w for w in range(len(self.groups)) if w != one and self._redivide(one, w)]
            changed = (changed | set(better) | {one}) if better else changed - {one}

    def _redivide(self, one: int, other: int) -> bool:
        """Re-divide two workers' units as evenly as can be; say whether that made them more even."""
        if abs(self._carried[one] - self._carried[other]) <= 1:
            return False
        units = self.groups[one] + self.groups[other]
        if len(units) <= AT_ONCE:
            return self._try(one, other, units, [], [])
        for _ in range(TRIES):
            order = self._dice.permutation(len(units)).tolist()
            free = sorted(order[:AT_ONCE])
            mine = len(self.groups[one])
            stay = [[u for u in order[AT_ONCE:] if u < mine], [u for u in order[AT_ONCE:] if u >= mine]]
            kept, theirs = ([units[u] for u in side] for side in stay)
            if self._try(one, other, [units[u] for u in free], kept, theirs):
                return True
        return False

    def _try(self, one: int, other: int, free: list[int], kept: list[int], theirs: list[int]) -> bool:
        self.tries += 1
        ways, sizes = every_way(len(free))
        both = self._carried[one] + self._carried[other]
        apart = np.abs(2.0 * (ways @ self._loads[free] + self._loads[kept].sum()) - both)
        mine, yours = sizes + len(kept), len(free) - sizes + len(theirs)
        limits = self._limits
        apart[(mine < limits.fewest) | (mine > limits.most) | (yours < limits.fewest) | (yours > limits.most)] = np.inf
        way = int(np.argmin(apart))
        if apart[way] >= abs(self._carried[one] - self._carried[other]):
            return False
        self.groups[one] = kept + [u for u, picked in zip(free, ways[way], strict=True) if picked]
        self.groups[other] = theirs + [u for u, picked in zip(free, ways[way], strict=True) if not picked]
        for w in (one, other):
            self._carried[w] = float(self._loads[self.groups[w]].sum())
        return True
