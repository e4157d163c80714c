"""The best plan that listed caseloads make, by searching through all that count, where that is soon done."""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.dual import Priced
from allocation_engine.optimiser.caseloads.exact_cover import BITS, Asked, Best, Listed, new_walk, search
from allocation_engine.optimiser.caseloads.master import Pool

MOST_LOOKS, SECONDS_A_LOOK = 30_000_000, 2.5e-8
"""Caseloads looked at before the search is given up, and what one takes [deterministic seconds]."""

POINTS = {Aim.MATCH: "mismatch", Aim.CONTINUITY: "discontinuity", Aim.COST: "cost"}
"""What an item counts for in the aims that are added up."""

HARMS = -1
"""Level of the harm types, as the search is told it."""


class Searched(NamedTuple):
    """What a search came to.

    Attributes
    ----------
    whole
        Whether it went through all that counts.
    item_of
        The items of the best plan, None if there is none.
    cost, values
        What that costs, and what it comes to aim by aim.
    effort
        Deterministic seconds spent.
    """

    whole: bool
    item_of: Ints | None
    cost: float
    values: tuple[float, ...]
    effort: float


def least_cost(pool: Pool, base: Priced, cost: float, seconds: float | None = None) -> Searched:
    """Find the plan that costs least, among those that cost no more than this.

    Parameters
    ----------
    pool
        It holds every caseload that could count.
    base
        Prices of the pool's sheet, near the best.
    seconds
        By the clock at most, about; None for no limit.
    """
    asked = Asked(cost, base.bound, np.zeros(0, np.int64), _looks(pool, seconds))
    return _searched(pool, pool.above(base), asked, ())


def first_by_aims(
    pool: Pool, base: Priced, cost: float, aims: tuple[Aim, ...], seconds: float | None = None
) -> Searched:
    """Find the plan that is first by the aims, one after the other, among those that cost no more than this."""
    if any((pool.sheet.items[POINTS[aim]] < 0).any() for aim in aims if aim in POINTS):
        # The search turns back where a beginning is worse already, which holds for what only grows.
        return Searched(whole=False, item_of=None, cost=np.inf, values=(), effort=0.0)
    levels = [HARMS if aim not in POINTS else sum(one in POINTS for one in aims[:n]) for n, aim in enumerate(aims)]
    asked = Asked(cost, base.bound, np.array(levels, np.int64), _looks(pool, seconds))
    return _searched(pool, pool.above(base), asked, aims)


def any_within(pool: Pool, above: Floats, most: float, seconds: float | None = None) -> Searched:
    """Find a plan of caseloads that are together no farther than this above the best of their workers.

    Parameters
    ----------
    above
        By how much each caseload of the pool is; they cost nothing.
    """
    return _searched(pool, above, Asked(most, 0.0, np.zeros(0, np.int64), _looks(pool, seconds)), ())


def _looks(pool: Pool, seconds: float | None) -> int:
    """Say how many caseloads may be looked at: fewer where the rows are so many that the search seldom comes to its end."""
    most = MOST_LOOKS // _words(pool.sheet) ** 2
    return most if seconds is None else min(most, int(seconds / SECONDS_A_LOOK))


def _words(sheet: Sheet) -> int:
    """Give how many words a mask of the rows has."""
    return -(-len(sheet.rows) // BITS)


def _searched(pool: Pool, above: Floats, asked: Asked, aims: tuple[Aim, ...]) -> Searched:
    listed, order = _laid_out(pool, np.maximum(above, 0.0), aims)
    workers = len(pool.sheet.rooms)
    best = Best(np.full(workers, -1, np.int64), np.zeros(len(aims)), np.array([np.inf]))
    looks = search(listed, asked, new_walk(listed, len(pool.sheet.rows)), best)
    item_of = pool.item_of(order[best.chosen].tolist()) if np.isfinite(best.cost[0]) else None
    whole = looks < asked.looks
    return Searched(whole, item_of, float(best.cost[0]), tuple(best.value.tolist()), SECONDS_A_LOOK * looks)


def _laid_out(pool: Pool, above: Floats, aims: tuple[Aim, ...]) -> tuple[Listed, Ints]:
    """Lay the caseloads of a pool out for the search; give their places in the pool too, in that order."""
    sheet, worker = pool.sheet, np.array(pool.worker)
    order = np.lexsort((above, worker))
    holds = pool.matrix()[:, order]
    masks = np.zeros((len(order), _words(sheet)), np.uint64)
    one, row = np.repeat(np.arange(len(order)), np.diff(holds.indptr)), holds.indices.astype(np.int64)
    np.bitwise_or.at(masks, (one, row // BITS), np.left_shift(np.uint64(1), (row % BITS).astype(np.uint64)))
    added = [sheet.items[POINTS[aim]].astype(float) for aim in aims if aim in POINTS]
    points = [[points[list(items)].sum() for items in pool.items] for points in added]
    listed = Listed(
        masks,
        np.searchsorted(worker[order], np.arange(len(sheet.rooms) + 1)).astype(np.int64),
        holds.indptr.astype(np.int64),
        row,
        above[order],
        np.array(pool.cost)[order],
        _exposures(sheet, pool)[order] if Aim.HARM_TYPES in aims else np.zeros((len(order), 0)),
        np.array(points, float).reshape(len(points), len(order)).T[order],
    )
    return listed, order


def _exposures(sheet: Sheet, pool: Pool) -> Floats:
    """Give to what exposure [case per full-time capacity] caseloads bring their workers, 0 for harm types not newly held."""
    found = np.zeros((len(pool.items), sheet.row_harm.shape[1]))
    for place, (worker, items) in enumerate(zip(pool.worker, pool.items, strict=True)):
        counts = sheet.row_harm[sheet.items["row"][list(items)]]
        new = (counts * sheet.items["new"][list(items)][:, None] > 0).any(axis=0)
        total = sheet.held_harm[worker] + counts.sum(axis=0)
        found[place] = np.where(new, total * 100.0 / sheet.rooms["capacity"][worker], 0.0)
    return found
