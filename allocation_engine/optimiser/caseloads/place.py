"""Places for as many rows as can be, heaviest first: what stands in the way moves on, or waits in its turn."""

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.standing import Standing, draw, may_take, put, rise, take_off
from allocation_engine.optimiser.compiled import compiled


@compiled
def place_waiting(sheet: Sheet, standing: Standing, pushed: Floats, tries: int, best: Ints) -> float:
    """Place the waiting rows; a row without room pushes out one that has been pushed out least.

    Parameters
    ----------
    pushed
        How often each row has been pushed out, from 1; it is counted on.
    tries
        Placements after which it ends, whether or not rows still wait.
    best
        Gets the items of the plan with the least weight waiting; the standing is left at whatever came last.

    Returns
    -------
    float
        The weight that waits in the best plan.

    References
    ----------
    .. [1] Y. Nagata, O. Bräysy (2009), "A powerful route minimization heuristic for the vehicle routing problem with
       time windows", Operations Research Letters 37:333-338, for the guided ejection search.
    """
    rows = len(sheet.rows)
    queue, head, length = np.empty(rows, np.int64), 0, 0
    for row in np.argsort(-sheet.rows["weight"], kind="mergesort"):
        if standing.item_of[row] < 0:
            queue[length] = row
            length += 1
    waiting = _weight_of(sheet, standing.item_of)
    least = waiting
    best[:] = standing.item_of
    for _ in range(tries):
        if length == 0:
            break
        row = queue[head]
        head, length = (head + 1) % rows, length - 1
        item, out = _cheapest_place(sheet, standing, pushed, row)
        back = row if item < 0 else -1
        if out >= 0:
            back = sheet.items[out]["row"]
            pushed[back] += 1.0
            take_off(sheet, standing, out)
            waiting += sheet.rows[back]["weight"]
        if back >= 0:
            queue[(head + length) % rows] = back
            length += 1
        if item >= 0:
            put(sheet, standing, item)
            waiting -= sheet.rows[row]["weight"]
        if waiting < least:
            least = waiting
            best[:] = standing.item_of
    return _weight_of(sheet, best)


@compiled
def _weight_of(sheet: Sheet, item_of: Ints) -> float:
    total = 0.0
    for row in range(len(item_of)):
        if item_of[row] < 0:
            total += sheet.rows[row]["weight"]
    return total


@compiled
def _cheapest_place(sheet: Sheet, standing: Standing, pushed: Floats, row: int) -> tuple[int, int]:
    """Give the item for a row, and the item it pushes out (below zero: none), so that little is pushed out."""
    item, out, least = -1, -1, np.inf
    first, number = sheet.row_at[row], sheet.row_at[row + 1] - sheet.row_at[row]
    turn = draw(standing.dice, number)
    for step in range(number):
        one = sheet.by_row[first + (turn + step) % number]
        worker = sheet.items[one]["worker"]
        if may_take(sheet, standing, worker, one, -1):
            rises = rise(sheet, standing, worker, one, -1)
            if out >= 0 or rises < least:
                item, out, least = one, -1, rises
        elif item < 0 or out >= 0:
            for place in range(standing.number_held[worker]):
                other = standing.held[worker, place]
                gone = sheet.items[other]["row"]
                price = pushed[gone] * max(sheet.rows[gone]["weight"] / max(sheet.rows[row]["weight"], 1.0), 1.0)
                if price < least and may_take(sheet, standing, worker, one, other):
                    item, out, least = one, other, price
    return item, out
