"""The question and the answer: every unit to a worker of its area, the workers alike, the squares of their loads least."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Groups = tuple[tuple[int, ...], ...]
"""What the workers of one area take, a worker at a time: places of units in that area's loads."""

UNREACHABLE = 2**61
"""Stands for a sum of squares that no plan has. Two of them still fit into 64 bits."""


@dataclass(frozen=True)
class Limits:
    """How many units a worker takes at least and at most, and how much load at most."""

    fewest: int
    most: int
    largest: int


@dataclass(frozen=True)
class AreaProblem:
    """Units that belong to areas, and workers alike who each serve one area.

    Attributes
    ----------
    loads
        Load of every unit [steps], one array an area.
    workers
        How many workers there are.
    fewest, most
        How many units one worker takes; no `most` is no limit. With `fewest` 0 a worker may stay idle.
    largest
        The most load of one worker [steps]; None is no limit.

    References
    ----------
    P. Schaus, P. Van Hentenryck, J.-C. Régin (2009), Scalable load balancing in nurse to patient assignment problems,
    CPAIOR; CSPLib problem 69.
    """

    loads: tuple[Integers, ...]
    workers: int
    fewest: int
    most: int | None
    largest: int | None

    def __post_init__(self) -> None:
        for name in ("workers", "fewest", "most", "largest"):
            limit = getattr(self, name)
            if limit is not None and limit < 0:
                raise ValueError(f"{name} is below 0: {limit}")
        for area, loads in enumerate(self.loads):
            if loads.ndim != 1 or not np.issubdtype(loads.dtype, np.integer):
                raise ValueError(f"loads of area {area} are no row of whole numbers")
            if (loads < 0).any():
                raise ValueError(f"load of unit {int(np.argmax(loads < 0))} of area {area} is below 0")
        if sum(sum(loads.tolist()) ** 2 for loads in self.loads) >= UNREACHABLE:
            raise ValueError("loads are too large to square in 64 bits: use coarser steps")

    @property
    def units(self) -> int:
        """Count the units of all areas."""
        return sum(len(loads) for loads in self.loads)

    def value(self, groups: tuple[Groups, ...]) -> int:
        """Add up the squares of the workers' loads."""
        pairs = zip(self.loads, groups, strict=True)
        return sum(int(loads[list(group)].sum()) ** 2 for loads, there in pairs for group in there)

    def holds(self, groups: tuple[Groups, ...]) -> bool:
        """Say whether a plan keeps every rule; an idle worker need not be named."""
        if len(groups) != len(self.loads):
            return False
        for loads, there in zip(self.loads, groups, strict=True):
            if sorted(unit for group in there for unit in group) != list(range(len(loads))):
                return False
            if not all(self._can_be_taken(loads, group) for group in there):
                return False
        busy = sum(len(there) for there in groups)
        return busy == self.workers or (self.fewest == 0 and busy <= self.workers)

    def _can_be_taken(self, loads: Integers, group: tuple[int, ...]) -> bool:
        enough = self.fewest <= len(group) and (self.most is None or len(group) <= self.most)
        return enough and (self.largest is None or int(loads[list(group)].sum()) <= self.largest)

    def with_nobody_idle(self) -> "AreaProblem":
        """State the problem so that every worker takes something: to split a worker's units never raises the squares."""
        if self.fewest > 0:
            return self
        return replace(self, fewest=1, workers=min(self.workers, self.units))


@dataclass(frozen=True)
class AreaAnswer:
    """The best plan found and what is proven about the least sum of squares.

    Attributes
    ----------
    groups
        For each area and each busy worker there the units taken; nothing at all if no plan was found.
    value
        Sum of squared loads [steps squared]; infinite without a plan.
    bound
        Proven: no plan has less. Infinite if there is none.
    bound_by
        What proves the bound, in words.
    infeasible
        Proven that no plan exists.
    """

    groups: tuple[Groups, ...]
    value: int | float
    bound: int | float
    bound_by: str
    infeasible: bool
