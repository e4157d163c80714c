"""Prices for the rows, and the bound that they prove: no plan can cost less than the prices leave when each worker picks best.

Taking every row exactly once ties the workers together; with a price p for each row instead, every worker chooses alone:
``L(p) = sum of p - sum over workers of max over caseloads (worth at p)`` is at most the cost of any plan (Lagrangian
relaxation; with the workers' choices exact it is as strong as the linear programme over whole caseloads). Prices of cuts
come off: a plan pays each at most once.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import fsum

import numpy as np
from scipy.sparse import csc_array

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.cuts import paid
from allocation_engine.optimiser.caseloads.pricing import Prices, price_each

ROUNDING = 1e-9
"""Share of the sums by which a bound is lowered, far more than floating point can err."""

FIRST_AGILITY, PATIENCE, LESS_AGILE, LEAST_AGILITY = 0.25, 4, 0.7, 1e-4
"""Share of Polyak's step that is gone at first: his target can be reached, a plan's cost cannot. Steps without progress after
which steps are shortened, to what share of them, and the share of Polyak's step below which it ends."""

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

    def found(self, sheet: Sheet) -> Floats:
        """Give what the caseload found for each worker is worth."""
        items, workers, mine = sheet.items, len(sheet.rooms), np.flatnonzero(self.chosen)
        worker = items["worker"][mine]
        gross = np.bincount(worker, self.prices.row[items["row"][mine]] - self.prices.lin[mine], minlength=workers)
        load = np.bincount(worker, items["load"][mine], minlength=workers)
        worth: Floats = gross - self.prices.curve * load * (2.0 * sheet.rooms["ratio"] + load)
        held = csc_array((np.ones(len(mine)), (items["row"][mine], worker)), shape=(len(sheet.rows), workers))
        return worth - paid(self.prices.cuts, held)


def priced(sheet: Sheet, prices: Prices, waiting: Callable[[Floats], tuple[float, Ints]], threads: int = 1) -> Priced:
    """Price every worker and sum up.

    Parameters
    ----------
    waiting
        Gives, for the prices of the rows, the most that leaving rows waiting can be worth, and which rows it leaves.
    threads
        Pieces priced side by side; the answer does not depend on it.
    """
    workers = len(sheet.rooms)
    worths, chosen = np.zeros(workers), np.zeros(len(sheet.items), np.int64)
    _price(sheet, prices, np.array_split(np.arange(workers), min(PIECES, max(workers, 1))), (worths, chosen), threads)
    return summed_up(sheet, prices, worths, chosen, waiting)


def sharpened(
    sheet: Sheet, base: Priced, close: float, nodes: int, threads: int, keep_going: Callable[[], bool]
) -> Priced:
    """Price anew, with more steps, the workers for whom the bound is far above the caseload found, the farthest first.

    Parameters
    ----------
    close
        What may be left, all workers together.
    nodes
        Steps for each of them.
    keep_going
        Asked before each; those not priced anew keep the bound they had.
    """
    loose = base.worths - base.found(sheet)
    order = np.argsort(-loose, kind="stable")
    left = loose.sum() - np.cumsum(loose[order])
    some = order[: int(np.searchsorted(-left, -close)) + 1]
    some = some[loose[some] > close / max(len(loose), 1)]
    worths, chosen = base.worths.copy(), base.chosen.copy()
    prices = base.prices._replace(nodes=nodes)

    def price(worker: int) -> None:
        if keep_going():
            price_each(sheet, prices, np.array([worker], np.int64), worths, chosen)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(price, some.tolist()))
    return summed_up(sheet, base.prices, np.minimum(worths, base.worths), chosen, nobody_waits)


def _price(sheet: Sheet, prices: Prices, pieces: list[Ints], out: tuple[Floats, Ints], threads: int) -> None:
    if threads > 1 and len(pieces) > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda piece: price_each(sheet, prices, piece, *out), pieces))
    else:
        for piece in pieces:
            price_each(sheet, prices, piece, *out)


def summed_up(
    sheet: Sheet, prices: Prices, worths: Floats, chosen: Ints, waiting: Callable[[Floats], tuple[float, Ints]]
) -> Priced:
    """Sum up what each worker's caseload can be worth into a bound on the cost of any plan."""
    idle, left = waiting(prices.row)
    total, spent = fsum(prices.row) - fsum(prices.cuts.price), fsum(worths) + idle
    sums = fsum(np.abs(prices.row)) + fsum(prices.cuts.price) + fsum(np.abs(worths)) + abs(idle)
    bound = total - spent - ROUNDING * sums
    taken = np.bincount(sheet.items["row"], chosen, minlength=len(sheet.rows)).astype(np.float64)
    return Priced(prices, bound, worths, taken + left - 1.0, chosen)


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
    agility, idle = FIRST_AGILITY, 0
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
            agility, idle, now = agility * LESS_AGILE, 0, best
            direction = np.zeros(len(sheet.rows))
        if agility < LEAST_AGILITY:
            break
    return best
