"""The best caseload of each worker at given prices: what every bound rests on, so it is exact or says what it cannot miss.

A worker's caseloads are searched depth first, with what could still come looked up: the most later items add to a load.

With a load aimed at, t, the worth of a caseload of load A is ``sum of (net - 2·curve·(r + t)·a) + curve·t² -
curve·(A - t)²``: it adds up item by item but for the last term, which only asks where the load ends. So a table over
items and cells of load, filled from the last item on, bounds what any caseload so far can still become, loads that fit
the room exactly included. An item may bring a load into two cells; the better of them counts, so no bound is too low.
Where the room for cases runs out before the load is reached, a longer search has a table for each number of cases left: a
price for that room alone leaves open whether whole cases fit it, and whoever may take eight of thirty was searched for
ten times as long.
"""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.cuts import count_row
from allocation_engine.optimiser.caseloads.fits import count_in, is_mixed
from allocation_engine.optimiser.caseloads.prices import (
    BY_CASES,
    BY_RISK,
    MOST_NODES,
    NOTHING_GAINED,
    RESOURCES,
    Prices,
    Search,
    amount,
    begin,
    can_join,
    room_left,
)
from allocation_engine.optimiser.compiled import compiled

__all__ = ["CELLS", "MOST_NODES", "Prices", "best_caseload", "look_ahead", "price_each", "step"]

CELLS = (512, 8_192, 65_536)
"""Cells of load: a search that takes too many steps with few is begun again with more."""

STEPS = (500, 20_000)
"""Steps of a search with the fewest cells, and with the next."""

NEVER = -1e300
"""What no caseload is worth."""

FEWER = 4
"""How many times fewer cells there are where the room for cases is counted too."""

UNCOUNTED = -1
"""In place of a resource whose room is counted: there is none."""

EDGE = 1e-12
"""Load ratio [1] by which cells are taken to be wider in bounds, against rounding."""


class Walk(NamedTuple):
    """Where a search is.

    Attributes
    ----------
    ahead
        For each room left, each place in the order and each cell of load, the most that items from there on add to a score.
    scores, loads
        Of each item: its worth where the load ends as aimed at, and its load over capacity [1].
    from_nothing
        What the empty caseload scores: the load aimed at, and the room for what has a price.
    width
        Of a cell [load ratio].
    takes
        How much of the room each item takes; nothing where it is not counted.
    place, room, cell, load, score, worth
        At each depth: the next place, the room left, the cell of load, the load, the score and the worth so far.
    at
        The depth, the next place, and the steps so far.
    held
        Of each cut, how many of its rows the caseload holds.
    """

    ahead: Floats
    scores: Floats
    loads: Floats
    from_nothing: float
    width: float
    takes: Ints
    place: Ints
    room: Ints
    cell: Ints
    load: Floats
    score: Floats
    worth: Floats
    at: Ints
    held: Ints


@compiled
def scarcest(search: Search) -> int:
    """Give the resource that is counted in whole numbers and runs out: room for cases, else for those of high risk."""
    for resource in (BY_CASES, BY_RISK):
        if search.prices[resource] > 0.0:
            return resource
    return UNCOUNTED


@compiled
def _aimed_at(search: Search, loads: Floats, ratio: float, end: int) -> float:
    """Give the load that parts of items would come to, taken while they bring more than they cost."""
    added = 0.0
    for place in range(end):
        load = loads[search.order[place]]
        if load * search.curve <= NOTHING_GAINED:
            continue
        rate = search.net[search.order[place]] / load - 2.0 * search.curve * (ratio + added)
        part = min(load, rate / (2.0 * search.curve), search.reach - added)
        if rate <= 0.0 or part <= 0.0:
            break
        added += part
    return added


@compiled
def look_ahead(sheet: Sheet, search: Search, end: int, cells: int, counted: int) -> Walk:
    """Fill the table for the first items of the order, and stand at the empty caseload.

    `counted` is the resource whose room is counted in the table, `UNCOUNTED` for none.
    """
    number, ratio = len(search.worth), sheet.rooms[search.worker]["ratio"]
    loads, scores = np.empty(number), np.empty(number)
    for one in range(number):
        loads[one] = sheet.items[search.start + one]["load"]
    most = EDGE
    for place in range(end):
        most += loads[search.order[place]]
    target, width = _aimed_at(search, loads, ratio, end), min(search.reach, most) / cells
    from_nothing = search.curve * target * target
    for resource in range(RESOURCES):
        from_nothing += search.prices[resource] * room_left(sheet, search, resource)
    for one in range(number):
        scores[one] = search.net[one] - 2.0 * search.curve * loads[one] * (ratio + target)
    takes, room, price = np.zeros(number, np.int64), 0, 0.0
    if counted != UNCOUNTED:
        room, price = int(room_left(sheet, search, counted)), search.prices[counted]
        for one in range(number):
            takes[one] = int(amount(sheet, search.worker, search.start + one, counted))
    ahead = np.full((room + 1, end + 1, cells + 2), NEVER)
    for cell in range(cells + 1):
        apart = max(cell * width - target, target - (cell + 1) * width, EDGE) - EDGE
        for left in range(room + 1):  # what is left of the room brings nothing after all
            ahead[left, end, cell] = -search.curve * apart * apart - price * left
    for place in range(end - 1, -1, -1):
        one = search.order[place]
        more, further = scores[one], int(min(loads[one] / width, cells + 1.0))
        for left in range(room + 1):
            ahead[left, place, : cells + 1] = ahead[left, place + 1, : cells + 1]
            if takes[one] > left:
                continue
            after = ahead[left - takes[one], place + 1]
            for cell in range(cells + 1 - further):
                best = max(after[cell + further], after[cell + further + 1]) + more
                ahead[left, place, cell] = max(ahead[left, place, cell], best)
    depth = end + 2
    return Walk(
        ahead,
        scores,
        loads,
        from_nothing,
        width,
        takes,
        np.zeros(depth, np.int64),
        np.full(depth, room, np.int64),
        np.zeros(depth, np.int64),
        np.zeros(depth),
        np.zeros(depth),
        np.zeros(depth),
        np.zeros(3, np.int64),
        np.zeros(len(search.cuts.price), np.int64),
    )


@compiled
def _left(walk: Walk) -> float:
    """Bound what the caseload so far can still become with items from the next place on."""
    depth, place = walk.at[0], walk.at[1]
    return walk.from_nothing + walk.score[depth] + walk.ahead[walk.room[depth], place, walk.cell[depth]]


@compiled
def _join(sheet: Sheet, search: Search, walk: Walk, least: float) -> bool:
    """Let the item at the next place join, if the caseload may then become worth so much and no rule is broken by it."""
    depth, place = walk.at[0], walk.at[1]
    one, cells = search.order[place], walk.ahead.shape[2] - 2
    room = walk.room[depth] - walk.takes[one]
    load = walk.load[depth] + walk.loads[one]
    further = int(min(walk.loads[one] / walk.width, cells + 1.0))
    cell = min(
        max(int(min(load / walk.width, cells + 2.0)), walk.cell[depth] + further), walk.cell[depth] + further + 1
    )
    if cell > cells or room < 0:
        return False
    if walk.from_nothing + walk.score[depth] + walk.scores[one] + walk.ahead[room, place + 1, cell] < least:
        return False
    item = search.start + one
    if not can_join(sheet, search, depth, item):
        return False
    count_in(sheet, search.tally, item, 1)
    walk.place[depth] = place + 1
    depth += 1
    walk.room[depth], walk.cell[depth], walk.load[depth] = room, cell, load
    paid = count_row(search.cuts, walk.held, sheet.items[item]["row"], 1)  # what later ones pay only lessens a worth
    walk.score[depth] = walk.score[depth - 1] + walk.scores[one] - paid
    walk.worth[depth] = (
        walk.worth[depth - 1] + search.worth[one] - paid - 2.0 * search.curve * walk.loads[one] * walk.load[depth - 1]
    )
    walk.at[0] = depth
    return True


@compiled
def _go_back(sheet: Sheet, search: Search, walk: Walk) -> None:
    """Take the last item out again."""
    walk.at[0] -= 1
    item = search.chosen[walk.at[0]]
    count_in(sheet, search.tally, item, -1)
    count_row(search.cuts, walk.held, sheet.items[item]["row"], -1)
    walk.at[1] = walk.place[walk.at[0]]


@compiled
def step(sheet: Sheet, search: Search, walk: Walk, least: float, steps: int) -> bool:
    """Go on to the next caseload that is, or may become, worth so much; False at the end, or after so many steps."""
    end = walk.ahead.shape[1] - 1
    while walk.at[2] < steps:
        walk.at[2] += 1
        if walk.at[1] < end and _left(walk) >= least:
            joined = _join(sheet, search, walk, least)
            walk.at[1] += 1
            if joined:
                return True
        elif walk.at[0] == 0:
            return False
        else:
            _go_back(sheet, search, walk)
    return False


@compiled
def _missed(sheet: Sheet, search: Search, walk: Walk) -> float:
    """Bound what a search that stopped could still have found: the most of what each depth had left to try."""
    bound = _left(walk)
    while walk.at[0] > 0:
        _go_back(sheet, search, walk)
        bound = max(bound, _left(walk))
    return bound


@compiled
def best_caseload(sheet: Sheet, prices: Prices, worker: int, out: Ints) -> tuple[float, int]:
    """Find a worker's most valuable caseload at these prices; the empty one is worth nothing.

    Returns
    -------
    tuple[float, int]
        An upper bound on what any caseload is worth, and the length of the one found, whose items are put in `out`.
        The bound is met but for two cases: a caseload that is one-sided counts in it (a further case of little worth
        might mend that), and if the search had to stop it is what could be reached at most.
    """
    search = begin(sheet, prices, worker)
    end = 0
    for one in search.order:  # those that never help are left out, the order kept
        if search.worth[one] > NOTHING_GAINED:
            search.order[end] = one
            end += 1
    most, best, length = np.inf, 0.0, 0
    for attempt in range(len(CELLS)):
        counted = UNCOUNTED if attempt == 0 else scarcest(search)
        cells = CELLS[attempt] if counted == UNCOUNTED else CELLS[attempt] // FEWER
        walk = look_ahead(sheet, search, end, cells, counted)
        steps = min(STEPS[attempt], prices.nodes) if attempt < len(STEPS) else prices.nodes
        bound = best
        while step(sheet, search, walk, bound + prices.slack, steps):
            depth = walk.at[0]
            bound = max(bound, walk.worth[depth])
            if walk.worth[depth] > best and is_mixed(sheet, worker, search.tally):
                best, length = walk.worth[depth], depth
                out[:depth] = search.chosen[:depth]
        if walk.at[2] < steps:
            return min(bound + prices.slack, most), length
        most = min(most, max(_missed(sheet, search, walk), bound))
        if prices.nodes <= steps:
            break
    return most, length


@compiled
def price_each(sheet: Sheet, prices: Prices, workers: Ints, worths: Floats, best: Ints) -> None:
    """Price some workers: `worths` gets each one's bound, and `best` the items of the caseloads found, marked with 1."""
    out = np.empty(len(sheet.rows) + 1, np.int64)
    for worker in workers:
        worths[worker], length = best_caseload(sheet, prices, worker, out)
        best[sheet.at[worker] : sheet.at[worker + 1]] = 0
        for place in range(length):
            best[out[place]] = 1
