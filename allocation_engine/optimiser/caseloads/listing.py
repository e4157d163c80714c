"""Every caseload of a worker that is worth enough at given prices: what a better plan could be made of."""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.fits import LOAD, count_in, is_mixed
from allocation_engine.optimiser.caseloads.pricing import (
    Prices,
    Search,
    begin,
    can_join,
    gain,
    left_from,
)
from allocation_engine.optimiser.compiled import compiled

MOST_STEPS = 2_000_000
"""Steps in which one worker's caseloads are listed at most: under a second."""


class Listing(NamedTuple):
    """Where caseloads are listed: their items one after another, where each begins, what each costs, how many."""

    items: Ints
    at: Ints
    costs: Floats
    number: Ints


@compiled
def list_caseloads(sheet: Sheet, prices: Prices, worker: int, worth_at_least: float, listing: Listing) -> bool:
    """List every caseload of a worker, the empty one too, that is worth at least so much; False if there is no room."""
    search = begin(sheet, prices, worker)
    end = len(search.order)
    place, value = np.empty(end + 1, np.int64), np.zeros(end + 1, np.float64)
    depth, at, nodes = 0, 0, 0
    if worth_at_least <= 0.0 and not _listed(sheet, prices, search, 0, listing):
        return False
    while True:
        nodes += 1
        if nodes > MOST_STEPS:
            return False
        left = left_from(sheet, search, at + 1, end) if at < end else 0.0
        if at < end and value[depth] + gain(sheet, search, at) + left >= worth_at_least:
            item = search.start + search.order[at]
            at += 1
            if not can_join(sheet, search, depth, item):
                continue
            place[depth] = at
            value[depth + 1] = value[depth] + gain(sheet, search, at - 1)
            count_in(sheet, search.tally, item, 1)
            search.chosen[depth] = item
            depth += 1
            wanted = value[depth] >= worth_at_least and is_mixed(sheet, worker, search.tally)
            if wanted and not _listed(sheet, prices, search, depth, listing):
                return False
        elif at < end:
            at += 1  # this one costs more than it brings here; a cheaper one may follow
        elif depth == 0:
            return True
        else:
            depth -= 1
            count_in(sheet, search.tally, search.chosen[depth], -1)
            at = place[depth]


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
