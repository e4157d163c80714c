"""Prices for the rows, and the bound that they prove: no plan can cost less than the prices leave when each worker picks best.

Taking every row exactly once ties the workers together; with a price p for each row instead, every worker chooses alone:
``L(p) = sum of p - sum over workers of max over caseloads (worth at p)`` is at most the cost of any plan (Lagrangian
relaxation; with the workers' choices exact it is as strong as the linear programme over whole caseloads).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import fsum

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.pricing import Prices, price_all

ROUNDING = 1e-9
"""Share of the sums by which a bound is lowered, far more than floating point can err."""

PATIENCE, LEAST_AGILITY = 10, 1e-4
"""Steps without progress after which steps are shortened, and the share of Polyak's step below which it ends."""

PIECES = 16
"""Pieces into which the workers are cut for threads: always the same, so that their number changes nothing."""


@dataclass(frozen=True)
class Priced:
    """Prices with what they prove.

    The bound, from the most that each worker's caseload can be worth; how often each row is taken too often (below
    zero: not at all); and the items of the caseloads found, marked.
    """

    prices: Prices
    bound: float
    worths: Floats
    over: Floats
    chosen: Ints


def priced(sheet: Sheet, prices: Prices, waiting: Callable[[Floats], tuple[float, Ints]], threads: int = 1) -> Priced:
    """Price every worker and sum up.

    Parameters
    ----------
    waiting
        Gives, for the prices of the rows, the most that leaving rows waiting can be worth, and which rows it leaves.
    threads
        Pieces priced side by side; the answer does not depend on it.
    """
    workers, rows = len(sheet.rooms), len(sheet.rows)
    edges = [workers * piece // PIECES for piece in range(PIECES + 1)] if workers > PIECES else [0, workers]
    worths, chosen = np.zeros(workers), np.zeros(len(sheet.items), np.int64)
    taken = [np.zeros(rows, np.int64) for _ in edges[1:]]

    def price(piece: int) -> None:
        price_all(sheet, prices, edges[piece], edges[piece + 1], taken[piece], worths, chosen)

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(price, range(len(taken))))
    else:
        for piece in range(len(taken)):
            price(piece)
    idle, left = waiting(prices.row)
    total, spent = fsum(prices.row), fsum(worths) + idle
    bound = total - spent - ROUNDING * (float(np.abs(prices.row).sum()) + float(np.abs(worths).sum()) + abs(idle))
    over = np.sum(taken, axis=0) + left - 1.0
    return Priced(prices, bound, worths, over, chosen)


def nobody_waits(price: Floats) -> tuple[float, Ints]:
    """Leave nothing waiting."""
    return 0.0, np.zeros(len(price), np.int64)


def improve(
    sheet: Sheet,
    start: Priced,
    best_known: float,
    steps: int,
    waiting: Callable[[Floats], tuple[float, Ints]],
    *,
    threads: int = 1,
    keep_going: Callable[[float], bool],
) -> Priced:
    """Raise the bound by steps along what is taken too seldom or too often (subgradient).

    Parameters
    ----------
    start, best_known
        Prices to start from, and the cost of a plan: the target of the step length.
    steps
        Pricings at most; it ends before when the bound meets the target.

    References
    ----------
    .. [1] B. T. Polyak (1969), USSR Computational Mathematics and Mathematical Physics 9:14-29, for the step length.
    .. [2] P. M. Camerini, L. Fratta, F. Maffioli (1975), Mathematical Programming Study 3:26-34, for the direction.
    """
    best, now = start, start
    agility, idle = 1.0, 0
    direction = np.zeros(len(sheet.rows))
    for _ in range(steps):
        turn = float(now.over @ direction)
        size = float(direction @ direction)
        bend = max(0.0, -1.5 * turn / size) if size > 0 else 0.0
        direction = now.over + bend * direction
        size = float(direction @ direction)
        gap = best_known - now.bound
        if size == 0.0 or best_known - best.bound <= ROUNDING * abs(best_known) or not keep_going(best.bound):
            break
        step = agility * gap / size
        row = now.prices.row - step * direction
        now = priced(sheet, now.prices._replace(row=row), waiting, threads)
        if now.bound > best.bound:
            idle = 0 if now.bound > best.bound + 1e-4 * (best_known - best.bound) else idle + 1
            best = now
        else:
            idle += 1
        if idle >= PATIENCE:
            agility, idle, now = agility * 0.7, 0, best
            direction = np.zeros(len(sheet.rows))
        if agility < LEAST_AGILITY:
            break
    return best
