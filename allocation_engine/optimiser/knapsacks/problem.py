"""The question and the answer: every unit to exactly one worker within the workers' hours, at the least total cost."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class KnapsackProblem:
    """Generalised assignment: pairs of a unit and a worker, each with a cost and hours.

    Attributes
    ----------
    cost
        Cost of each pair, units by workers, in the caller's own measure; infinite where the pair is not allowed.
    hours
        Time each pair takes [steps], units by workers.
    free
        Time each worker has [steps].

    References
    ----------
    P. C. Chu, J. E. Beasley (1997), A genetic algorithm for the generalised assignment problem.
    """

    cost: Floats
    hours: Integers
    free: Integers

    def __post_init__(self) -> None:
        units, workers = self.cost.shape
        if self.hours.shape != (units, workers) or self.free.shape != (workers,):
            raise ValueError(
                f"shapes disagree: cost {self.cost.shape}, hours {self.hours.shape}, free {self.free.shape}"
            )
        if np.isnan(self.cost).any() or np.isneginf(self.cost).any():
            unit, worker = np.argwhere(np.isnan(self.cost) | np.isneginf(self.cost))[0]
            raise ValueError(f"cost of unit {unit} with worker {worker} is no number and not plus infinity")
        if (self.hours < 0).any():
            unit, worker = np.argwhere(self.hours < 0)[0]
            raise ValueError(f"hours of unit {unit} with worker {worker} are below 0")

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """Say for each pair whether it may be chosen at all: a finite cost, and the unit alone fits the worker."""
        fits: NDArray[np.bool_] = np.isfinite(self.cost) & (self.hours <= self.free)
        return fits

    def value(self, worker_of: Integers) -> float:
        """Add up the cost of a plan, which must give every unit to a worker."""
        return float(self.cost[np.arange(len(worker_of)), worker_of].sum())

    def holds(self, worker_of: Integers) -> bool:
        """Say whether a plan keeps every rule: allowed pairs only, nobody beyond their hours."""
        units = np.arange(len(worker_of))
        if not self.allowed[units, worker_of].all():
            return False
        used = np.zeros(len(self.free), dtype=np.int64)
        np.add.at(used, worker_of, self.hours[units, worker_of])
        return bool((used <= self.free)[used > 0].all())


@dataclass(frozen=True)
class KnapsackAnswer:
    """The best plan found and what is proven about the least cost.

    Attributes
    ----------
    worker_of
        Worker of each unit; None if no plan was found.
    value
        Cost of that plan; infinite without one.
    bound
        Proven: no plan costs less. Infinite if there is none.
    bound_by
        What proves the bound, in words.
    prices
        A price for each unit; `certified_bound` works out from them alone what they prove.
    infeasible
        Proven that no plan exists.
    """

    worker_of: Integers | None
    value: float
    bound: float
    bound_by: str
    prices: Floats
    infeasible: bool
