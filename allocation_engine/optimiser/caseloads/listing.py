"""Every caseload of a worker that is worth enough at given prices: what a better plan could be made of."""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.fits import LOAD, is_mixed
from allocation_engine.optimiser.caseloads.prices import Prices, Search, begin
from allocation_engine.optimiser.caseloads.pricing import look_ahead, scarcest, step
from allocation_engine.optimiser.compiled import compiled

FEW_STEPS = 100_000
"""Steps in which one worker's caseloads are listed at most where only the nearest are wanted."""

CELLS = 4_096
"""Cells of load in which what could still come is tabulated."""


class Listing(NamedTuple):
    """Where caseloads are listed: their items one after another, where each begins, what each costs, how many."""

    items: Ints
    at: Ints
    costs: Floats
    number: Ints


def new_listing(most: int) -> Listing:
    """Make room for so many caseloads."""
    return Listing(
        np.empty(8 * most, np.int64), np.zeros(most + 2, np.int64), np.empty(most + 2), np.zeros(1, np.int64)
    )


@compiled
def list_caseloads(
    sheet: Sheet, prices: Prices, worker: int, worth_at_least: float, listing: Listing, steps: int
) -> bool:
    """List every caseload of a worker, the empty one too, that is worth at least so much; False if there is no room, or too many steps are needed."""
    search = begin(sheet, prices, worker)
    walk = look_ahead(sheet, search, len(search.order), CELLS, scarcest(search))
    if worth_at_least <= 0.0 and not _listed(sheet, prices, search, 0, listing):
        return False
    while step(sheet, search, walk, worth_at_least, steps):
        depth = walk.at[0]
        wanted = walk.worth[depth] >= worth_at_least and is_mixed(sheet, worker, search.tally)
        if wanted and not _listed(sheet, prices, search, depth, listing):
            return False
    return bool(walk.at[2] < steps)


@compiled
def _listed(sheet: Sheet, prices: Prices, search: Search, depth: int, listing: Listing) -> bool:
    number = listing.number[0]
    start = listing.at[number]
    if number + 1 >= len(listing.at) or start + depth > len(listing.items):
        return False
    load = search.tally.sums[LOAD]
    cost = search.curve * load * (2.0 * sheet.rooms[search.worker]["ratio"] + load)
    for place in range(depth):
        listing.items[start + place] = search.chosen[place]
        cost += prices.lin[search.chosen[place]]
    listing.costs[number] = cost
    listing.at[number + 1] = start + depth
    listing.number[0] = number + 1
    return True
