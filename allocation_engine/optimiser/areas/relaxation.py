"""What the linear relaxation proves: every unit taken once by caseloads that may be taken in fractions.

The caseloads are few enough to list, so the relaxation is solved over some of them and every other is priced, until
none would lower it. What counts as proven is not what the solver says, but what its prices prove in whole numbers: for
any prices p of the units and q of a worker, every plan costs at least ``sum(p) + q·workers + workers·min(0, least of
cost - p - q over all caseloads)``. A caseload dearer than the room that this leaves is in no better plan.

References
----------
P. C. Gilmore, R. E. Gomory (1961), A linear programming approach to the cutting-stock problem. A. Neumaier,
O. Shcherbina (2004), Safe bounds in linear and mixed-integer linear programming.
"""

from dataclasses import dataclass
from math import floor, log2

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_array, hstack, identity, vstack

from allocation_engine.optimiser.areas.caseloads import Caseloads
from allocation_engine.optimiser.areas.problem import Integers

AT_FIRST = 2_000
"""Caseloads of least cost with which to begin."""

AT_ONCE = 1_000
"""Caseloads added in a round at most."""

ROUNDS = 60
"""Rounds at most: whatever the prices are then, what they prove holds."""

FINEST = 20
"""Prices are rounded to one part in 2 to this power, or coarser if the figures would leave 64 bits."""

BITS = 60
"""What sums of figures are kept within."""

WHOLE = 1e-6
"""How far from a whole number a solution may be and still be read as one."""


@dataclass(frozen=True)
class Relaxed:
    """What the relaxation found.

    Attributes
    ----------
    dearer
        By how much at least a plan that takes the caseload is above the bound [1/scale].
    bound
        Proven least cost of a plan [1/scale].
    scale
        Parts to one unit of cost.
    whole
        Caseloads of a plan, with repetition, if the solution happens to be one.
    work
        Rough measure of what it took [deterministic s].
    """

    dearer: Integers
    bound: int
    scale: int
    whole: list[int] | None
    work: float

    def least(self) -> int:
        """Give the bound in whole units of cost."""
        return -(-self.bound // self.scale)

    def may_cost_at_most(self, cost: int) -> Integers:
        """Give the caseloads that a plan of at most this cost may hold, least dear first."""
        room = min(cost * self.scale - self.bound, np.iinfo(np.int64).max)
        kept = np.flatnonzero(self.dearer <= room)
        ranked: Integers = kept[np.argsort(self.dearer[kept], kind="stable")]
        return ranked


def relax(caseloads: Caseloads, cost: Integers, count: int) -> Relaxed:
    """Solve the relaxation for `count` workers; `cost` is of each caseload, below 2**61 and not negative."""
    rows = vstack([caseloads.taken, np.ones((1, len(cost)), dtype=np.int64)], format="csc")
    wanted = np.append(caseloads.there, count)
    chosen = np.argsort(cost, kind="stable")[:AT_FIRST]
    best: Relaxed | None = None
    work = 0.0
    for _ in range(ROUNDS):
        prices, taken = _solve(rows[:, chosen], cost[chosen], wanted)
        work += 1e-3 + 2e-6 * len(chosen)
        priced = _prove(rows, cost, wanted, prices)
        if best is None or priced.bound >= best.bound:
            best = priced
        reduced = cost - rows.T @ prices
        reduced[chosen] = 0.0
        wrong = np.flatnonzero(reduced < -WHOLE * (1.0 + np.abs(prices).max()))
        if len(wrong) == 0:
            break
        chosen = np.union1d(chosen, wrong[np.argsort(reduced[wrong], kind="stable")[:AT_ONCE]])
    assert best is not None  # noqa: S101 (there is a first round)
    return Relaxed(best.dearer, best.bound, best.scale, _whole(rows[:, chosen], taken, wanted, chosen), work)


def _solve(rows: csc_array, cost: Integers, wanted: Integers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give prices of the units and of a worker, and how often each caseload is taken.

    What cannot be met is paid for, so that there always is a solution.
    """
    fine = 8.0 * (float(cost.max(initial=0)) + 1.0)
    slack = identity(len(wanted), format="csc")
    solved = linprog(
        np.concatenate([cost, np.full(2 * len(wanted), fine)]),
        A_eq=hstack([rows, slack, -slack], format="csc"),
        b_eq=wanted,
        method="highs-ds",
    )
    if solved.x is None:
        return np.zeros(len(wanted)), np.zeros(len(cost))
    return solved.eqlin.marginals, solved.x[: len(cost)]


def _prove(rows: csc_array, cost: Integers, wanted: Integers, prices: NDArray[np.float64]) -> Relaxed:
    """Round the prices and work out in whole numbers what they prove; prices too high for that count as nothing."""
    largest = max(float(np.abs(prices).max()), float(cost.max(initial=0)), 1.0)
    digits = min(FINEST, floor(BITS - log2(largest * 4.0 * (wanted.sum() + 1))))
    scale = 2 ** max(digits, 0)
    whole = np.rint(prices * scale if digits >= 0 else np.zeros_like(prices)).astype(np.int64)
    reduced = cost * scale - rows.T @ whole
    count = int(wanted[-1])
    least = min(int(reduced.min(initial=0)), 0)
    bound = int(whole @ wanted) + count * least
    return Relaxed(reduced - least, bound, scale, None, 0.0)


def _whole(rows: csc_array, taken: NDArray[np.float64], wanted: Integers, chosen: Integers) -> list[int] | None:
    """Read a solution as a plan if all of it is whole, and everything wanted is met and not paid for."""
    times = np.rint(taken).astype(np.int64)
    if np.abs(taken - times).max(initial=0) > WHOLE or (rows @ times != wanted).any():
        return None
    return np.repeat(chosen, times).tolist()
