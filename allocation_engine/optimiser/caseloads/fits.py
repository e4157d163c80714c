"""The rules on one worker's caseload, for compiled code: the same as `domain/allocation/rules/caseloads.py`, step by step.

A caseload grows item by item. What only gets worse as it grows (`add` says no) cuts a search short; what a further case
may mend (the share of a harm type) is asked of whole caseloads (`is_mixed`). Tests compare both with the rules.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allocation_engine.optimiser.caseloads.arrays import NO_AREA, SEVERAL_AREAS, UNTIL_SETTLED, Floats, Ints, Sheet
from allocation_engine.optimiser.compiled import compiled
from domain.allocation.rules.caseloads import SHARE_TOLERANCE

CASES, NEW, HIGH, RECEIVES, HARM = 0, 1, 2, 3, 4
"""Places in a tally of whole numbers; harm types follow from HARM on."""

LOAD, HOURS, VARIANCE = 0, 1, 2
"""Places in a tally of sums."""


class Tally(NamedTuple):
    """What a growing caseload comes to: whole numbers, sums, and which harm types are newly received."""

    numbers: Ints
    sums: Floats
    harms_received: Ints


@compiled
def empty_tally(harms: int) -> Tally:
    """Give the tally of no item."""
    return Tally(np.zeros(HARM + harms, np.int64), np.zeros(3, np.float64), np.zeros(harms, np.int64))


@compiled
def count_in(sheet: Sheet, tally: Tally, item: int, sign: int) -> None:
    """Add an item to a tally (sign 1), or take it out (sign -1)."""
    row = sheet.items[item]["row"]
    tally.numbers[CASES] += sign * sheet.rows[row]["cases"]
    tally.numbers[NEW] += sign * sheet.items[item]["new"]
    tally.numbers[HIGH] += sign * sheet.rows[row]["high"]
    tally.numbers[RECEIVES] += sign * sheet.items[item]["receives"]
    tally.sums[LOAD] += sign * sheet.items[item]["load"]
    tally.sums[HOURS] += sign * sheet.items[item]["hours"]
    tally.sums[VARIANCE] += sign * sheet.items[item]["variance"]
    for harm in range(tally.harms_received.shape[0]):
        tally.numbers[HARM + harm] += sign * sheet.row_harm[row, harm]
        if sheet.items[item]["new"] > 0 and sheet.row_harm[row, harm] > 0:
            tally.harms_received[harm] += sign


@compiled
def within_caps(sheet: Sheet, ceiling: float, worker: int, tally: Tally) -> bool:
    """Say whether a caseload keeps every rule that only gets harder to keep as it grows.

    `ceiling` is the load ratio [1] past which nobody who receives something may be brought.
    """
    numbers = tally.numbers
    if numbers[CASES] > sheet.rooms[worker]["cases"] or numbers[NEW] > sheet.rooms[worker]["new"]:
        return False
    if numbers[HIGH] > sheet.rooms[worker]["high"]:
        return False
    for harm in range(tally.harms_received.shape[0]):
        if numbers[HARM + harm] > sheet.room_harm[worker, harm]:
            return False
    if numbers[RECEIVES] == 0:
        return True
    if tally.sums[HOURS] > sheet.rooms[worker]["hours"]:
        return False
    ratio = sheet.rooms[worker]["ratio"] + tally.sums[LOAD]
    if ratio > ceiling:
        return False
    high = ratio + np.sqrt(max(sheet.rooms[worker]["variance"] + tally.sums[VARIANCE], 0.0))
    return bool(high <= sheet.limit)


@compiled
def is_mixed(sheet: Sheet, worker: int, tally: Tally) -> bool:
    """Say whether no harm type that is newly received makes up too much of the whole caseload."""
    size = max(sheet.rooms[worker]["caseload"] + tally.numbers[CASES], sheet.share_from)
    most = np.floor(sheet.share * size + SHARE_TOLERANCE)
    for harm in range(tally.harms_received.shape[0]):
        if tally.harms_received[harm] > 0 and sheet.held_harm[worker, harm] + tally.numbers[HARM + harm] > most:
            return False
    return True


@compiled
def clash(sheet: Sheet, one: int, other: int) -> bool:
    """Say whether one worker may not take both rows."""
    for i in range(sheet.clash_at[one], sheet.clash_at[one + 1]):
        for j in range(sheet.clash_at[other], sheet.clash_at[other + 1]):
            if sheet.clashes[i] == sheet.clashes[j]:
                return True
    return False


@compiled
def in_one_area(sheet: Sheet, worker: int, chosen: Ints, length: int, new: int) -> bool:
    """Say whether all cases of a worker who receives one lie in one area, where the rule is on."""
    if not sheet.one_area or new == 0:
        return True
    area = sheet.rooms[worker]["area"]
    for place in range(length):
        another = sheet.rows[sheet.items[chosen[place]]["row"]]["area"]
        if another == NO_AREA:
            continue
        if SEVERAL_AREAS in (another, area) or area not in (NO_AREA, another):
            return False
        area = another
    return bool(area != SEVERAL_AREAS)


@compiled
def _clashes_with_itself(sheet: Sheet, row: int) -> bool:
    """Say whether a unit holds two cases that one worker may not take: siblings of one peer group."""
    for i in range(sheet.clash_at[row], sheet.clash_at[row + 1]):
        for j in range(i):
            if j >= sheet.clash_at[row] and sheet.clashes[i] == sheet.clashes[j]:
                return True
    return False


@compiled
def fits_alone(sheet: Sheet) -> NDArray[np.bool_]:
    """Say of each item whether the worker could take it if nothing else came to them; what may mend is left out."""
    found = np.ones(len(sheet.items), np.bool_)
    one = np.zeros(1, np.int64)
    for item in range(len(sheet.items)):
        tally = empty_tally(sheet.row_harm.shape[1])
        count_in(sheet, tally, item, 1)
        one[0] = item
        worker = sheet.items[item]["worker"]
        row = sheet.items[item]["row"]
        found[item] = (
            not _clashes_with_itself(sheet, row)
            and within_caps(sheet, UNTIL_SETTLED, worker, tally)
            and in_one_area(sheet, worker, one, 1, sheet.items[item]["new"])
        )
    return found
