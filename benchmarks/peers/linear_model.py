"""One linear model for CP-SAT and HiGHS alike, as somebody who knows both would write it, and its levels in order.

A variable for each pair, siblings tied by a variable for each group and worker, squares bounded below by chords: a chord
lies on or above a square, so the bound of the last level is lowered by how far it may (a quarter of the segment squared).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from time import perf_counter
from typing import Protocol

from benchmarks.peers.instance import RATIO, Instance
from benchmarks.peers.judging import Answer

SEGMENTS = 24
"""Chords for each worker, over what their load may come to."""

LEAST_SECONDS = 0.2
LEVEL_SHARE = 0.5
"""A level before the last may use so much of the time that is left."""

SQUARE = 10**6
"""Steps in a squared load ratio of 1."""

PER_STEP = RATIO**2 // SQUARE
PLACING = {"urgent": (0,), "high": (1,), "routine": (2,)}


@dataclass(frozen=True)
class Row:
    """``low <= sum of coefficient · variable <= high``."""

    terms: tuple[tuple[int, int], ...]
    low: int | None
    high: int | None


@dataclass
class LinearModel:
    """Whole variables from 0 up, each with a bound and how many steps make a unit of it, and rows over them."""

    upper: list[int] = field(default_factory=list)
    unit: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def variable(self, upper: int, unit: int = 1) -> int:
        """Add a variable and give its place."""
        self.upper.append(upper)
        self.unit.append(unit)
        return len(self.upper) - 1

    def row(self, terms: Sequence[tuple[int, int]], low: int | None, high: int | None) -> None:
        """Add a row."""
        self.rows.append(Row(tuple(terms), low, high))


@dataclass(frozen=True)
class Solved:
    """What a solver found at one level: values in steps, None if nothing, and the bound."""

    values: Sequence[float] | None
    bound: float


class Solver(Protocol):
    """Minimises an objective over a model; may start from the values found before."""

    def __call__(
        self, model: LinearModel, objective: Sequence[tuple[int, int]], seconds: float, start: Sequence[float] | None
    ) -> Solved:
        """Minimise."""
        ...


class Pairs:
    """The model of an instance, with the places of its pairs."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.model = instance, LinearModel()
        takes = [take for one in instance.primary for take in one]
        co_takes = [take for one in instance.co_worker for take in one]
        self.primary = {(take.case, take.worker): self.model.variable(1) for take in takes}
        self.co_worker = {(take.case, take.worker): self.model.variable(1) for take in co_takes}
        self.added: list[list[tuple[int, int]]] = [[] for _ in instance.base]
        self.takes_of: list[list[int]] = [[] for _ in instance.base]
        self.completed: dict[int, Callable[[Sequence[float]], float]] = {}
        self.cost = [(self.primary[take.case, take.worker], take.cost) for take in takes if take.cost]
        used: list[list[tuple[int, int]]] = [[] for _ in instance.keys]
        for places, some in ((self.primary, takes), (self.co_worker, co_takes)):
            for take in some:
                place = places[take.case, take.worker]
                self.takes_of[take.worker].append(place)
                self.added[take.worker].append((place, take.added))
                for key, amount in take.uses:
                    used[key].append((place, amount))
        for key, terms in zip(instance.keys, used, strict=True):
            if sum(amount for _, amount in terms) > key.room:
                self.model.row(terms, None, key.room)
        self._cases()
        self._siblings()
        self._areas_and_minimum()

    def _cases(self) -> None:
        for c, takes in enumerate(self.instance.primary):
            placed = [(self.primary[c, take.worker], 1) for take in takes]
            self.model.row(placed, 1 if self.instance.must_place else None, 1)
            if self.instance.needs_co_worker[c]:
                co = [(self.co_worker[c, take.worker], -1) for take in self.instance.co_worker[c]]
                self.model.row([*placed, *co], 0, 0)
                for take in takes:
                    if (c, take.worker) in self.co_worker:
                        both = [(self.primary[c, take.worker], 1), (self.co_worker[c, take.worker], 1)]
                        self.model.row(both, None, 1)

    def _siblings(self) -> None:
        for group in self.instance.siblings:
            workers = sorted({take.worker for c in group for take in self.instance.primary[c]})
            chosen = {w: self.model.variable(1) for w in workers}
            self.model.row([(place, 1) for place in chosen.values()], None, 1)
            for c in group:
                for take in self.instance.primary[c]:
                    self.model.row([(self.primary[c, take.worker], 1), (chosen[take.worker], -1)], None, 0)

    def _areas_and_minimum(self) -> None:
        areas = self.instance.areas
        for w, minimum in enumerate(self.instance.minimum):
            cases = (
                [(c, place) for (c, worker), place in self.primary.items() if worker == w] if areas or minimum else []
            )
            if minimum:
                self.model.row([(place, 1) for _, place in cases], minimum, None)
            if areas is not None:
                chosen = {area: self.model.variable(1) for area in sorted({areas[c] for c, _ in cases})}
                self.model.row([(place, 1) for place in chosen.values()], None, 1)
                for c, place in cases:
                    self.model.row([(place, 1), (chosen[areas[c]], -1)], None, 0)

    def waiting(self, levels: Sequence[int]) -> list[tuple[int, int]]:
        """Give the weights placed at some levels of priority, as what lowers what waits."""
        weights = [sum(weights[level] for level in levels) for weights in self.instance.weights]
        return [(place, -weights[c]) for (c, _), place in self.primary.items() if weights[c]]

    def heaviest(self) -> list[tuple[int, int]]:
        """State the heaviest load ratio among those who receive something, and give it as an objective."""
        most = max(base + sum(a for _, a in added) for base, added in zip(self.instance.base, self.added, strict=True))
        heaviest = self.model.variable(most, RATIO)
        self.completed[heaviest] = self._heaviest_of
        for base, places, added in zip(self.instance.base, self.takes_of, self.added, strict=True):
            if not places:
                continue
            receives = self.model.variable(1)
            self.completed[receives] = lambda values, places=places: max(values[place] for place in places)
            for place in places:
                self.model.row([(receives, 1), (place, -1)], 0, None)
            self.model.row([(heaviest, 1), (receives, -base), *((place, -a) for place, a in added)], 0, None)
        return [(heaviest, 1)]

    def _heaviest_of(self, values: Sequence[float]) -> float:
        loads = [
            base + sum(a * values[place] for place, a in added)
            for base, places, added in zip(self.instance.base, self.takes_of, self.added, strict=True)
            if any(values[place] > 0.5 for place in places)
        ]
        return max(loads, default=0.0)

    def squares(self, cap: int | None) -> tuple[list[tuple[int, int]], float]:
        """State the rise of each worker's square by chords; give the objective and how far it may overstate all."""
        objective, overstated = [], 0.0
        for base, added in zip(self.instance.base, self.added, strict=True):
            if not added:
                continue
            highest = base + sum(a for _, a in added)
            highest = highest if cap is None else max(min(highest, cap), base + 1)
            width = -(-(highest - base) // SEGMENTS)
            top = width * SEGMENTS
            rise = self.model.variable((2 * base + top) * top // PER_STEP + 1, SQUARE)
            chords = [(2 * base + (2 * k + 1) * width, k * (k + 1) * width**2) for k in range(SEGMENTS)]
            for slope, less in chords:
                self.model.row([(rise, PER_STEP), *((place, -slope * a) for place, a in added)], -less, None)
            self.completed[rise] = lambda values, added=added, chords=chords: _touching(values, added, chords)
            objective.append((rise, 1))
            overstated += width**2 / 4 / PER_STEP + 1
        return objective, overstated

    def complete(self, values: Sequence[float] | None) -> Sequence[float] | None:
        """Give the variables that were added since values were found the values that follow."""
        if values is None:
            return None
        known = list(values)
        for place in range(len(known), len(self.model.upper)):
            known.append(self.completed[place](known))
        return known

    def answer(self, values: Sequence[float], bounds: dict[str, float], seconds: float) -> Answer:
        """Read a plan off the values of the variables."""
        primary = {c: w for (c, w), place in self.primary.items() if values[place] > 0.5}
        co_worker = {c: w for (c, w), place in self.co_worker.items() if values[place] > 0.5}
        return Answer(primary, co_worker, bounds, seconds)


def _touching(values: Sequence[float], added: Sequence[tuple[int, int]], chords: Sequence[tuple[int, int]]) -> float:
    more = sum(a * values[place] for place, a in added)
    return float(ceil(max(slope * more - less for slope, less in chords) / PER_STEP))


def _worth(objective: Sequence[tuple[int, int]], values: Sequence[float]) -> float:
    return sum(coefficient * values[place] for place, coefficient in objective)


class _Levels:
    """The levels of one search, each settled before the next is stated."""

    def __init__(self, instance: Instance, seconds: float, solver: Solver) -> None:
        self.began, self.seconds, self.solver = perf_counter(), seconds, solver
        self.instance, self.pairs = instance, Pairs(instance)
        self.bounds: dict[str, float] = {}
        self.values: Sequence[float] | None = None

    def settle(self, objective: Sequence[tuple[int, int]], *, last: bool = False) -> float:
        """Minimise, hold what was reached, and give the bound in steps."""
        left = max(self.seconds - (perf_counter() - self.began), LEAST_SECONDS)
        start = self.pairs.complete(self.values)
        solved = self.solver(self.pairs.model, objective, left if last else left * LEVEL_SHARE, start)
        self.values = start
        if solved.values is not None and (start is None or _worth(objective, solved.values) < _worth(objective, start)):
            self.values = solved.values  # as good as the start is no gain: later levels would only lose by it
        if self.values is not None and not last:
            self.pairs.model.row(objective, None, self.reached(objective))
        return solved.bound

    def reached(self, objective: Sequence[tuple[int, int]]) -> int:
        """Give the value of an objective so far, in steps."""
        return round(_worth(objective, self.values or ()))

    def place(self) -> None:
        """Leave as little as can be waiting: all at once if nothing need wait, or else priority by priority."""
        everything = self.pairs.waiting((0, 1, 2))
        able = {c for (c, _) in self.pairs.primary}
        total = -sum(sum(self.instance.weights[c]) for c in able)
        self.settle(everything)
        if self.values is not None and self.reached(everything) == total:
            for name, (level,) in PLACING.items():  # who waits is whom nobody may take
                self.bounds[name] = float(
                    sum(one[level] for c, one in enumerate(self.instance.weights) if c not in able)
                )
            return
        self.pairs.model.rows.pop()
        for name, levels in PLACING.items():
            objective = self.pairs.waiting(levels)
            least = sum(weights[level] for weights in self.instance.weights for level in levels)
            self.bounds[name] = least + self.settle(objective) if objective else 0.0


def solve_levels(instance: Instance, seconds: float, solver: Solver) -> Answer:
    """Settle the levels in order: what waits, the heaviest ratio, squares; or, where everything must be placed, the last.

    Where pairs cost it is the cost alone.
    """
    levels = _Levels(instance, seconds, solver)
    cap = instance.limit
    if instance.has_cost:
        levels.bounds["cost"] = levels.settle(levels.pairs.cost, last=True)
    else:
        if not instance.must_place:
            levels.place()
            heaviest = levels.pairs.heaviest()
            levels.bounds["heaviest"] = levels.settle(heaviest) / RATIO
            cap = None if levels.values is None else levels.reached(heaviest)
        squares, overstated = levels.pairs.squares(cap)
        levels.bounds["squares"] = (levels.settle(squares, last=True) - overstated) / SQUARE
    taken = perf_counter() - levels.began
    if levels.values is None:
        return Answer(seconds=taken, missing="nothing found in the time")
    return levels.pairs.answer(levels.values, levels.bounds, taken)
