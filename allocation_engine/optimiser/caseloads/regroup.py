"""A few workers' rows shared out among them anew, at the least cost: exact for the group, and fast enough for thousands.

What a caseload costs less the prices of its rows is its reduced cost. The rows of a group are shared out either way, so
the group costs least where the reduced costs add up to least; at good prices few caseloads come near each worker's best,
and only these are tried, depth first: the row that fewest caseloads could hold comes first.
"""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.cover import MOST_CASELOADS, MOST_ROWS, Desk, cover
from allocation_engine.optimiser.caseloads.fits import (
    LOAD,
    NEW,
    Tally,
    clash,
    count_in,
    empty_tally,
    in_one_area,
    is_mixed,
    within_caps,
)
from allocation_engine.optimiser.caseloads.standing import Standing, put, take_off
from allocation_engine.optimiser.compiled import compiled

NO_LOAD = 1e-12
"""Load ratio [1] that counts as none."""


class Judged(NamedTuple):
    """What caseloads are judged by: the price of each row, each item's own cost, and the ceiling [load ratio]."""

    row: Floats
    lin: Floats
    ceiling: float


@compiled
def reduced_cost(sheet: Sheet, judged: Judged, worker: int, items: Ints, length: int) -> float:
    """Give what a caseload costs less the prices of its rows."""
    load, found = 0.0, 0.0
    for place in range(length):
        item = items[place]
        load += sheet.items[item]["load"]
        found += judged.lin[item] - judged.row[sheet.items[item]["row"]]
    return found + load * (2.0 * sheet.rooms[worker]["ratio"] + load)


@compiled
def _may_join(sheet: Sheet, judged: Judged, worker: int, tally: Tally, chosen: Ints, depth: int, item: int) -> bool:
    """Add an item to a caseload that grows, unless a rule speaks against it already."""
    for other in range(depth):
        if clash(sheet, sheet.items[item]["row"], sheet.items[chosen[other]]["row"]):
            return False
    count_in(sheet, tally, item, 1)
    chosen[depth] = item
    if within_caps(sheet, judged.ceiling, worker, tally) and in_one_area(
        sheet, worker, chosen, depth + 1, tally.numbers[NEW]
    ):
        return True
    count_in(sheet, tally, item, -1)
    return False


@compiled
def _left(sheet: Sheet, mine: Ints, gross: Floats, start: int, ratio: float) -> float:
    """Bound what the items from a place on could still take off the reduced cost of a caseload at this load ratio.

    As in `pricing.left_from`: parts of items, in the order of what they bring for their load, until one brings nothing.
    """
    total, added = 0.0, 0.0
    for place in range(start, len(mine)):
        load = sheet.items[mine[place]]["load"]
        if load <= NO_LOAD:
            total += max(gross[place], 0.0)
            continue
        rate = gross[place] / load - 2.0 * (ratio + added)
        if rate <= 0.0:
            break
        part = min(load, 0.5 * rate)
        total += part * (rate - part)
        added += part
    return total


@compiled
def _mine(sheet: Sheet, judged: Judged, desk: Desk, worker: int) -> tuple[Ints, Floats]:
    """Give a worker's items for the rows of the group, and their price less their own cost, the most for its load first."""
    number = 0
    for item in range(sheet.at[worker], sheet.at[worker + 1]):
        number += desk.place_of_row[sheet.items[item]["row"]] >= 0
    mine, gross, density, place = np.empty(number, np.int64), np.empty(number), np.empty(number), 0
    for item in range(sheet.at[worker], sheet.at[worker + 1]):
        if desk.place_of_row[sheet.items[item]["row"]] >= 0:
            mine[place] = item
            gross[place] = judged.row[sheet.items[item]["row"]] - judged.lin[item]
            load = sheet.items[item]["load"]
            density[place] = gross[place] / load if load > NO_LOAD else np.inf
            place += 1
    order = np.argsort(-density, kind="mergesort")
    return mine[order], gross[order]


@compiled
def _least(sheet: Sheet, judged: Judged, worker: int, mine: Ints, gross: Floats, desk: Desk) -> float:
    """Give the least reduced cost of a worker's caseloads, as far as the steps go; 0 is the empty one's."""
    tally, chosen = empty_tally(sheet.row_harm.shape[1]), np.empty(len(mine) + 1, np.int64)
    came_from, cost = np.empty(len(mine) + 1, np.int64), np.zeros(len(mine) + 1)
    least, depth, at, steps, start = 0.0, 0, 0, 0, sheet.rooms[worker]["ratio"]
    while steps < desk.limits[0]:
        steps += 1
        load = tally.sums[LOAD]
        if at < len(mine) and cost[depth] - _left(sheet, mine, gross, at, start + load) < least:
            item = mine[at]
            at += 1
            if not _may_join(sheet, judged, worker, tally, chosen, depth, item):
                continue
            came_from[depth], more = at, sheet.items[item]["load"]
            cost[depth + 1] = cost[depth] - gross[at - 1] + more * (2.0 * (start + load) + more)
            depth += 1
            if cost[depth] < least and is_mixed(sheet, worker, tally):
                least = cost[depth]
        elif depth == 0:
            break
        else:
            depth -= 1
            count_in(sheet, tally, chosen[depth], -1)
            at = came_from[depth]
    desk.work[0] += steps
    return least


@compiled
def _list(
    sheet: Sheet,
    judged: Judged,
    worker: int,
    mine: Ints,
    gross: Floats,
    desk: Desk,
    begin: int,
    most: tuple[float, int],
) -> int:
    """List a worker's caseloads of a reduced cost up to `most`, from place `begin` on; give where they end."""
    tally, chosen = empty_tally(sheet.row_harm.shape[1]), np.empty(len(mine) + 1, np.int64)
    came_from, cost = np.empty(len(mine) + 1, np.int64), np.zeros(len(mine) + 1)
    depth, at, steps, end = 0, 0, 0, begin
    (limit, room), start = most, sheet.rooms[worker]["ratio"]
    if limit >= 0.0 and end < room:
        desk.masks[end], desk.excess[end] = np.uint64(0), 0.0
        end += 1
    while steps < desk.limits[0]:
        steps += 1
        load = tally.sums[LOAD]
        if at < len(mine) and cost[depth] - _left(sheet, mine, gross, at, start + load) <= limit:
            item = mine[at]
            at += 1
            if not _may_join(sheet, judged, worker, tally, chosen, depth, item):
                continue
            came_from[depth], more = at, sheet.items[item]["load"]
            cost[depth + 1] = cost[depth] - gross[at - 1] + more * (2.0 * (start + load) + more)
            depth += 1
            if cost[depth] <= limit and end < room and is_mixed(sheet, worker, tally):
                mask = np.uint64(0)
                for place in range(depth):
                    mask |= np.uint64(1) << np.uint64(desk.place_of_row[sheet.items[chosen[place]]["row"]])
                desk.masks[end], desk.excess[end] = mask, cost[depth]
                end += 1
        elif depth == 0:
            break
        else:
            depth -= 1
            count_in(sheet, tally, chosen[depth], -1)
            at = came_from[depth]
    desk.work[0] += steps
    order = np.argsort(desk.excess[begin:end], kind="mergesort")
    desk.masks[begin:end] = desk.masks[begin:end][order]
    desk.excess[begin:end] = desk.excess[begin:end][order]
    return end


@compiled
def regroup(sheet: Sheet, standing: Standing, judged: Judged, desk: Desk, group: Ints, allowed: float) -> float:
    """Share out a group's rows anew if that costs less; give by how much the cost fell.

    Parameters
    ----------
    group
        The workers, at most `MOST_WORKERS`, who hold at most `MOST_ROWS` rows together.
    allowed
        By how much the cost may rise at most; below zero it must fall. Where somebody is past the ceiling now, a rise
        lets the group come below it.
    """
    rows, before = 0, 0.0
    held = np.empty(MOST_ROWS, np.int64)
    for worker in group:
        for place in range(standing.number_held[worker]):
            held[rows] = standing.held[worker, place]
            desk.place_of_row[sheet.items[held[rows]]["row"]] = rows
            rows += 1
        before += reduced_cost(sheet, judged, worker, standing.held[worker], standing.number_held[worker])
    found = _shared_out(sheet, standing, judged, desk, group, (rows, before, allowed))
    for place in range(rows):
        desk.place_of_row[sheet.items[held[place]]["row"]] = -1
    return found


@compiled
def _shared_out(
    sheet: Sheet,
    standing: Standing,
    judged: Judged,
    desk: Desk,
    group: Ints,
    given: tuple[int, float, float],
) -> float:
    workers, (rows, before, allowed) = len(group), given
    least, total = np.empty(workers), 0.0
    for place in range(workers):
        mine, gross = _mine(sheet, judged, desk, group[place])
        least[place] = _least(sheet, judged, group[place], mine, gross, desk)
        total += least[place]
    budget = before + allowed - total
    if budget <= 0.0 or rows == 0:
        return 0.0
    end = 0
    for place in range(workers):
        desk.first[place] = end
        mine, gross = _mine(sheet, judged, desk, group[place])
        room = end + (MOST_CASELOADS - end) // (workers - place)
        end = _list(sheet, judged, group[place], mine, gross, desk, end, (least[place] + budget, room))
        desk.excess[desk.first[place] : end] -= least[place]
    desk.first[workers] = end
    best = np.zeros(workers, np.uint64)
    reached = cover(desk, workers, rows, budget, best)
    if reached >= budget:
        return 0.0
    for place in range(workers):
        while standing.number_held[group[place]] > 0:
            take_off(sheet, standing, standing.held[group[place], 0])
    for place in range(workers):
        for item in range(sheet.at[group[place]], sheet.at[group[place] + 1]):
            bit = desk.place_of_row[sheet.items[item]["row"]]
            if bit >= 0 and (best[place] >> np.uint64(bit)) & np.uint64(1):
                put(sheet, standing, item)
    return before - total - reached
