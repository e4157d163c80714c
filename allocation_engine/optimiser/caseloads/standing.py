"""A plan that can be changed row by row, with what each worker comes to kept beside it; every change asks the rules."""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.fits import (
    HOURS,
    LOAD,
    NEW,
    RECEIVES,
    VARIANCE,
    Tally,
    clash,
    count_in,
    empty_tally,
    in_one_area,
    is_mixed,
    within_caps,
)
from allocation_engine.optimiser.compiled import compiled


class Standing(NamedTuple):
    """A plan as it is changed: the item of each row (below zero: waiting), and what each worker holds and comes to."""

    item_of: Ints
    held: Ints
    number_held: Ints
    numbers: Ints
    sums: Floats
    harms_received: Ints
    ceiling: Floats
    dice: Ints


def standing_of(sheet: Sheet, item_of: Ints, ceiling: float, seed: int) -> Standing:
    """Lay out a plan to be changed. `ceiling` [1]: nobody who receives something may come to a higher load ratio."""
    workers, harms = len(sheet.rooms), sheet.row_harm.shape[1]
    empty = empty_tally(harms)
    most = int(min(len(sheet.rows), np.max(np.diff(sheet.at), initial=0))) + 1
    standing = Standing(
        item_of=np.full(len(sheet.rows), -1, np.int64),
        held=np.full((workers, min(most, 256)), -1, np.int64),
        number_held=np.zeros(workers, np.int64),
        numbers=np.zeros((workers, len(empty.numbers)), np.int64),
        sums=np.zeros((workers, len(empty.sums))),
        harms_received=np.zeros((workers, harms), np.int64),
        ceiling=np.array([ceiling]),
        dice=np.array([(seed * 2_654_435_769 + 88_172_645_463_325_252) % (2**62) + 1], np.int64),
    )
    fill(sheet, standing, item_of)
    return standing


@compiled
def fill(sheet: Sheet, standing: Standing, item_of: Ints) -> None:
    """Put a plan into an empty standing."""
    for row in range(len(item_of)):
        if item_of[row] >= 0:
            put(sheet, standing, item_of[row])


@compiled
def draw(dice: Ints, below: int) -> int:
    """Draw a whole number from 0 up to a bound (xorshift: G. Marsaglia 2003, Journal of Statistical Software 8:14)."""
    x = np.uint64(dice[0])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    dice[0] = np.int64(x)
    return int((x >> np.uint64(11)) % np.uint64(below))


@compiled
def tally_of(standing: Standing, worker: int) -> Tally:
    """Give what a worker's new caseload comes to; changing it changes the standing."""
    return Tally(standing.numbers[worker], standing.sums[worker], standing.harms_received[worker])


@compiled
def put(sheet: Sheet, standing: Standing, item: int) -> None:
    """Let an item's worker take its row, which waits."""
    worker = sheet.items[item]["worker"]
    standing.held[worker, standing.number_held[worker]] = item
    standing.number_held[worker] += 1
    standing.item_of[sheet.items[item]["row"]] = item
    count_in(sheet, tally_of(standing, worker), item, 1)


@compiled
def take_off(sheet: Sheet, standing: Standing, item: int) -> None:
    """Let a row wait again."""
    worker = sheet.items[item]["worker"]
    last = standing.number_held[worker] - 1
    for place in range(last + 1):
        if standing.held[worker, place] == item:
            standing.held[worker, place] = standing.held[worker, last]
            break
    standing.number_held[worker] = last
    standing.item_of[sheet.items[item]["row"]] = -1
    count_in(sheet, tally_of(standing, worker), item, -1)
    if last == 0:  # nothing is held: no rounding may be left behind
        standing.sums[worker, LOAD] = standing.sums[worker, HOURS] = standing.sums[worker, VARIANCE] = 0.0


@compiled
def may_take(sheet: Sheet, standing: Standing, worker: int, add: int, drop: int) -> bool:
    """Say whether a worker may take one item (below zero: none) and give up another (below zero: none)."""
    for place in range(standing.number_held[worker]):
        other = standing.held[worker, place]
        if add >= 0 and other != drop and clash(sheet, sheet.items[add]["row"], sheet.items[other]["row"]):
            return False
    tally = tally_of(standing, worker)
    load, hours, variance = tally.sums[LOAD], tally.sums[HOURS], tally.sums[VARIANCE]
    if drop >= 0:
        count_in(sheet, tally, drop, -1)
    if add >= 0:
        count_in(sheet, tally, add, 1)
    may = (add < 0 or within_caps(sheet, standing.ceiling[0], worker, tally)) and is_mixed(sheet, worker, tally)
    if may and add >= 0 and sheet.one_area:
        chosen = np.empty(standing.number_held[worker] + 1, np.int64)
        length = 0
        for place in range(standing.number_held[worker]):
            if standing.held[worker, place] != drop:
                chosen[length] = standing.held[worker, place]
                length += 1
        chosen[length] = add
        may = in_one_area(sheet, worker, chosen, length + 1, tally.numbers[NEW])
    if add >= 0:
        count_in(sheet, tally, add, -1)
    if drop >= 0:
        count_in(sheet, tally, drop, 1)
    tally.sums[LOAD], tally.sums[HOURS], tally.sums[VARIANCE] = load, hours, variance
    return may


@compiled
def rise(sheet: Sheet, standing: Standing, worker: int, add: int, drop: int) -> float:
    """Give by how much the worker's squared load ratio rises [1] with one item more and another less."""
    before = sheet.rooms[worker]["ratio"] + standing.sums[worker, LOAD]
    change = (sheet.items[add]["load"] if add >= 0 else 0.0) - (sheet.items[drop]["load"] if drop >= 0 else 0.0)
    return change * (2.0 * before + change)


@compiled
def item_at(sheet: Sheet, row: int, worker: int) -> int:
    """Find the item by which a worker could take a row; below zero if there is none."""
    low, high = sheet.row_at[row], sheet.row_at[row + 1]
    while low < high:
        middle = (low + high) // 2
        if sheet.items[sheet.by_row[middle]]["worker"] < worker:
            low = middle + 1
        else:
            high = middle
    if low < sheet.row_at[row + 1] and sheet.items[sheet.by_row[low]]["worker"] == worker:
        return sheet.by_row[low]
    return -1


@compiled
def worst_ratio(sheet: Sheet, standing: Standing) -> float:
    """Give the heaviest load ratio [1] of those who receive something; 0 if nobody does."""
    worst = 0.0
    for worker in range(len(sheet.rooms)):
        if standing.numbers[worker, RECEIVES] > 0:
            worst = max(worst, sheet.rooms[worker]["ratio"] + standing.sums[worker, LOAD])
    return worst


@compiled
def rise_in_all(sheet: Sheet, standing: Standing) -> float:
    """Give the rise of the sum of squared load ratios [1] over all workers."""
    total = 0.0
    for worker in range(len(sheet.rooms)):
        load = standing.sums[worker, LOAD]
        total += load * (2.0 * sheet.rooms[worker]["ratio"] + load)
    return total


@compiled
def unload_one_sided(sheet: Sheet, standing: Standing) -> int:
    """Let everything wait that was to come to workers whose caseload is one-sided; give how many rows that is."""
    unloaded = 0
    for worker in range(len(sheet.rooms)):
        if not is_mixed(sheet, worker, tally_of(standing, worker)):
            while standing.number_held[worker] > 0:
                take_off(sheet, standing, standing.held[worker, 0])
                unloaded += 1
    return unloaded


@compiled
def keeps_caps(sheet: Sheet, standing: Standing) -> bool:
    """Say whether every worker's caseload is within the caps under the ceiling, and mixed."""
    for worker in range(len(sheet.rooms)):
        tally = tally_of(standing, worker)
        if not within_caps(sheet, standing.ceiling[0], worker, tally) or not is_mixed(sheet, worker, tally):
            return False
    return True
