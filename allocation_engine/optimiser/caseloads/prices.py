"""What a caseload is worth at given prices, and what parts of items could bring: where each search begins.

At prices p a caseload S of worker w is worth ``sum of p over its rows - cost(S)``, where the cost is the rise of the
squared load ratio (`curve` times it) and a sum over items (`lin`). Costs only add up or more than add up as a caseload
grows, so an item whose own worth is not above zero never helps. What is left to gain is at most what parts of items
could bring: taken in order of price for load they bring less and less, until one more would cost what it brings or the
ceiling is reached. Where a worker's room for cases or hours runs out first, these get a price of their own, which
tightens that bound (Lagrangian relaxation).
"""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.cuts import NO_CUTS, Cuts
from allocation_engine.optimiser.caseloads.fits import (
    CASES,
    HIGH,
    HOURS,
    LOAD,
    NEW,
    Tally,
    clash,
    count_in,
    empty_tally,
    in_one_area,
    within_caps,
)
from allocation_engine.optimiser.compiled import compiled

QUICK_NODES, MOST_NODES = 300, 10_000_000
"""Steps that a worker's search is given where nothing else is said, and at most: few workers need more than the former."""

GOLDEN, GOLDEN_STEPS = (5**0.5 - 1) / 2, 22
"""Share of a range kept in each step of the golden section, and steps."""

BY_CASES, BY_HOURS, BY_RISK = 0, 1, 2
RESOURCES = 3
"""What a worker has room for that gets a price where it runs out."""

REACHED = 1e-9
"""Load ratio [1] by which the ceiling is taken to be higher in bounds, against rounding."""

NOTHING_GAINED = 1e-12


class Prices(NamedTuple):
    """What a caseload is judged by.

    Attributes
    ----------
    row
        What taking each row is worth.
    lin
        What each item costs.
    curve
        Weight of the rise of the squared load ratio.
    ceiling
        Load ratio [1] past which nobody who receives something may be brought.
    slack
        How much a worker's search may leave unfound; it counts as found, so bounds stay true and searches short.
    nodes
        Steps after which a worker's search stops; what it could still have found then counts as found.
    cuts
        What a caseload pays for holding two rows of three.
    """

    row: Floats
    lin: Floats
    curve: float
    ceiling: float
    slack: float = NOTHING_GAINED
    nodes: int = QUICK_NODES
    cuts: Cuts = NO_CUTS


class Search(NamedTuple):
    """A depth-first search over one worker's caseloads: items by falling price for load, and the caseload that grows.

    `net` is an item's price less its own cost and less what its new cases and its hours are priced at, `worth` its
    price less all it costs alone. `prices` holds the prices of room for a case, of an hour a week and of room for one of
    high risk, `reach` the load over capacity [1] and `hours` the time [h/week] that the worker may be given.
    """

    worker: int
    start: int
    curve: float
    ceiling: float
    reach: float
    hours: float
    net: Floats
    worth: Floats
    order: Ints
    tally: Tally
    chosen: Ints
    prices: Floats
    cuts: Cuts


@compiled
def begin(sheet: Sheet, prices: Prices, worker: int) -> Search:
    """Begin with the empty caseload."""
    start = sheet.at[worker]
    length = sheet.at[worker + 1] - start
    gross, worth = np.empty(length, np.float64), np.empty(length, np.float64)
    for place in range(length):
        item = sheet.items[start + place]
        load = item["load"]
        gross[place] = prices.row[item["row"]] - prices.lin[start + place]
        worth[place] = gross[place] - prices.curve * load * (2.0 * sheet.rooms[worker]["ratio"] + load)
    stays, hours_of_stays = 0.0, 0.0  # who only keeps what they hold is asked about neither load nor hours
    for item in range(start, start + length):
        if sheet.items[item]["receives"] == 0:
            stays += sheet.items[item]["load"]
            hours_of_stays += sheet.items[item]["hours"]
    search = Search(
        worker,
        start,
        prices.curve,
        prices.ceiling,
        max(min(prices.ceiling, sheet.limit) - sheet.rooms[worker]["ratio"], stays) + REACHED,
        max(sheet.rooms[worker]["hours"], hours_of_stays),
        gross.copy(),
        worth,
        np.empty(length, np.int64),
        empty_tally(sheet.row_harm.shape[1]),
        np.empty(length + 1, np.int64),
        np.zeros(RESOURCES, np.float64),
        prices.cuts,
    )
    _put_in_order(sheet, search, gross)
    for resource in range(RESOURCES):
        if _runs_out(sheet, search, resource):
            _price_resource(sheet, search, gross, resource)
    return search


@compiled
def _put_in_order(sheet: Sheet, search: Search, gross: Floats) -> None:
    """Sort the items by what they bring for their load at the prices of the resources."""
    density = np.empty(len(gross), np.float64)
    for place in range(len(gross)):
        item = search.start + place
        search.net[place] = gross[place]
        for resource in range(RESOURCES):
            search.net[place] -= search.prices[resource] * amount(sheet, search.worker, item, resource)
        load = sheet.items[item]["load"] * search.curve
        density[place] = search.net[place] / load if load > NOTHING_GAINED else np.inf
    search.order[:] = np.argsort(-density, kind="mergesort")


@compiled
def amount(sheet: Sheet, worker: int, item: int, resource: int) -> float:
    """Give how much of a resource an item takes: room for cases (or for new ones, where that is less), hours, high risk."""
    if resource == BY_HOURS:
        return sheet.items[item]["hours"]
    if resource == BY_RISK:
        return float(sheet.rows[sheet.items[item]["row"]]["high"])
    if sheet.rooms[worker]["cases"] <= sheet.rooms[worker]["new"]:
        return float(sheet.rows[sheet.items[item]["row"]]["cases"])
    return float(sheet.items[item]["new"])


@compiled
def room_left(sheet: Sheet, search: Search, resource: int) -> float:
    """Give how much of a resource the caseload leaves."""
    room = sheet.rooms[search.worker]
    if resource == BY_HOURS:
        return search.hours - search.tally.sums[HOURS]
    if resource == BY_RISK:
        return float(room["high"] - search.tally.numbers[HIGH])
    if room["cases"] <= room["new"]:
        return float(room["cases"] - search.tally.numbers[CASES])
    return float(room["new"] - search.tally.numbers[NEW])


@compiled
def _runs_out(sheet: Sheet, search: Search, resource: int) -> bool:
    """Say whether all items that might help need more of a resource than the worker has room for."""
    needed = 0.0
    for place in range(len(search.worth)):
        if search.worth[place] > NOTHING_GAINED:
            needed += amount(sheet, search.worker, search.start + place, resource)
    return needed > room_left(sheet, search, resource)


@compiled
def _price_resource(sheet: Sheet, search: Search, gross: Floats, resource: int) -> None:
    """Find the price of a resource at which least seems left to gain, by golden section: the bound is convex in it."""
    high = 0.0
    for place in range(len(gross)):
        one = amount(sheet, search.worker, search.start + place, resource)
        if one > 0.0:
            high = max(high, search.worth[place] / one)
    low, best = 0.0, 0.0
    least = left_from(sheet, search, 0, len(gross))  # without a price: one that does not help only loosens the bound
    one, other = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    of_one, of_other = _left_at(sheet, search, gross, resource, one), _left_at(sheet, search, gross, resource, other)
    for _ in range(GOLDEN_STEPS):
        if min(of_one, of_other) < least:
            least, best = (of_one, one) if of_one < of_other else (of_other, other)
        if of_one < of_other:
            high, other, of_other = other, one, of_one
            one = high - GOLDEN * (high - low)
            of_one = _left_at(sheet, search, gross, resource, one)
        else:
            low, one, of_one = one, other, of_other
            other = low + GOLDEN * (high - low)
            of_other = _left_at(sheet, search, gross, resource, other)
    search.prices[resource] = best
    _put_in_order(sheet, search, gross)


@compiled
def _left_at(sheet: Sheet, search: Search, gross: Floats, resource: int, price: float) -> float:
    """Bound what all items could bring with a resource at a price."""
    search.prices[resource] = price
    _put_in_order(sheet, search, gross)
    return left_from(sheet, search, 0, len(gross))


@compiled
def left_from(sheet: Sheet, search: Search, place: int, end: int) -> float:
    """Bound what the items from a place on could add to the worth of the caseload as it is now.

    With parts y of items of load a and price less cost (and less resources priced) `net`, the worth added is at most
    ``sum of net·y - 2·curve·(r + L)·A - curve·A²`` with A the load added: concave, so greatest when filled in order of
    ``net / a`` until the next part brings nothing; to this comes the worth of the new cases and hours still free.
    """
    ratio, added = sheet.rooms[search.worker]["ratio"] + search.tally.sums[LOAD], 0.0
    total, most = 0.0, search.reach - search.tally.sums[LOAD]
    for resource in range(RESOURCES):
        if search.prices[resource] > 0.0:
            total += search.prices[resource] * room_left(sheet, search, resource)
    for later in range(place, end):
        one = search.order[later]
        load = sheet.items[search.start + one]["load"]
        if load * search.curve <= NOTHING_GAINED:
            total += max(search.net[one], 0.0)
            continue
        rate = search.net[one] / load - 2.0 * search.curve * (ratio + added)
        if rate <= 0.0:
            break  # what follows brings less for its load
        part = min(load, rate / (2.0 * search.curve), most - added)
        if part <= 0.0:
            break  # the ceiling is reached
        total += part * (rate - search.curve * part)
        added += part
    return total


@compiled
def can_join(sheet: Sheet, search: Search, depth: int, item: int) -> bool:
    """Say whether an item may join the caseload, for all that can be said before it is whole."""
    for other in range(depth):
        if clash(sheet, sheet.items[item]["row"], sheet.items[search.chosen[other]]["row"]):
            return False
    count_in(sheet, search.tally, item, 1)
    search.chosen[depth] = item
    may = within_caps(sheet, search.ceiling, search.worker, search.tally) and in_one_area(
        sheet, search.worker, search.chosen, depth + 1, search.tally.numbers[NEW]
    )
    count_in(sheet, search.tally, item, -1)
    return may
