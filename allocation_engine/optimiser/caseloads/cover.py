"""A caseload for each worker of a group so that every row is held once, at the least cost: depth first, over masks."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.compiled import compiled

Masks = NDArray[np.uint64]

MOST_WORKERS, MOST_ROWS = 24, 60
"""Workers in a group, and rows that they hold together: a row is a bit of a mask."""

MOST_CASELOADS = 6_000
"""Caseloads that are tried for a group; with more, only those nearest each worker's best."""

STEPS_A_SURVEY = 20
"""What looking at what is left counts for."""


class Desk(NamedTuple):
    """Room to work in, made once for thousands of groups.

    Attributes
    ----------
    place_of_row
        For each row of the sheet its place in the group, below zero outside.
    masks, excess, first
        The caseloads tried: their rows as bits, by how much their reduced cost is above the worker's least, and where
        each worker's begin.
    limits
        Steps in which one worker's caseloads are listed, and steps of the search for a share.
    work
        Steps done so far.
    """

    place_of_row: Ints
    masks: Masks
    excess: Floats
    first: Ints
    limits: Ints
    work: Ints


def new_desk(sheet: Sheet) -> Desk:
    """Clear a desk."""
    return Desk(
        np.full(len(sheet.rows), -1, np.int64),
        np.zeros(MOST_CASELOADS, np.uint64),
        np.zeros(MOST_CASELOADS),
        np.zeros(MOST_WORKERS + 1, np.int64),
        np.zeros(2, np.int64),
        np.zeros(1, np.int64),
    )


@compiled
def _survey(
    desk: Desk, workers: int, left: np.uint64, open_to: np.uint64, rows: int, counts: Ints
) -> tuple[int, float]:
    """Look at what is left: the row that fewest caseloads could hold (below zero: none can), and the least excess."""
    counts[:rows] = 0
    least = 0.0
    for worker in range(workers):
        if (open_to >> np.uint64(worker)) & np.uint64(1) == 0:
            continue
        found = False
        for one in range(desk.first[worker], desk.first[worker + 1]):
            mask = desk.masks[one]
            if mask & ~left:
                continue
            if not found:
                least, found = least + desk.excess[one], True
            while mask:
                low = mask & (~mask + np.uint64(1))
                counts[_place(low)] += 1
                mask ^= low
        if not found:
            return -1, np.inf
    row, fewest = -1, 1 << 60
    for place in range(rows):
        if (left >> np.uint64(place)) & np.uint64(1) and counts[place] < fewest:
            row, fewest = place, counts[place]
    if row >= 0 and fewest == 0:
        return -1, np.inf
    return row, least


@compiled
def _place(bit: np.uint64) -> int:
    """Give the place of a single bit."""
    place = 0
    for step in (32, 16, 8, 4, 2, 1):
        if bit >> np.uint64(step):
            bit >>= np.uint64(step)
            place += step
    return place


class Path(NamedTuple):
    """A search for a share, at each depth: rows and workers left, excess spent, masks chosen, and where it is branching.

    `at` holds the row that is branched on, and the worker and the caseload that come next.
    """

    left: Masks
    open_to: Masks
    spent: Floats
    chosen: Masks
    at: Ints


@compiled
def cover(desk: Desk, workers: int, rows: int, bound: float, best: Masks) -> float:
    """Choose a caseload for each worker so that every row is held once, with the least excess below a bound.

    `best` gets the masks; the bound comes back where nothing below it was found.
    """
    path = Path(
        np.zeros(rows + 2, np.uint64),
        np.zeros(rows + 2, np.uint64),
        np.zeros(rows + 2),
        np.zeros((rows + 2, workers), np.uint64),
        np.zeros((rows + 2, 3), np.int64),
    )
    counts = np.zeros(rows, np.int64)
    path.left[0] = (np.uint64(1) << np.uint64(rows)) - np.uint64(1)
    path.open_to[0] = (np.uint64(1) << np.uint64(workers)) - np.uint64(1)
    depth, nodes, arrived = 0, 0, True
    while depth >= 0 and nodes < desk.limits[1]:
        if arrived:
            nodes += 1
            desk.work[0] += STEPS_A_SURVEY
            row, least = _survey(desk, workers, path.left[depth], path.open_to[depth], rows, counts)
            arrived = False
            if path.spent[depth] + least >= bound:
                depth -= 1
                continue
            if row < 0:  # everything is held; who is left takes nothing
                bound = path.spent[depth] + least
                best[:] = path.chosen[depth]
                depth -= 1
                continue
            path.at[depth, 0], path.at[depth, 1], path.at[depth, 2] = row, 0, desk.first[0]
        arrived = _go_deeper(desk, workers, path, depth, bound)
        depth += 1 if arrived else -1
    return bound


@compiled
def _go_deeper(desk: Desk, workers: int, path: Path, depth: int, bound: float) -> bool:
    """Choose the next caseload that holds the row branched on; False if there is none."""
    bit = np.uint64(1) << np.uint64(path.at[depth, 0])
    while path.at[depth, 1] < workers:
        worker = path.at[depth, 1]
        here = np.uint64(1) << np.uint64(worker)
        end = desk.first[worker + 1] if path.open_to[depth] & here else path.at[depth, 2]
        while path.at[depth, 2] < end:
            one = path.at[depth, 2]
            path.at[depth, 2] += 1
            mask = desk.masks[one]
            if path.spent[depth] + desk.excess[one] >= bound:
                break  # the rest of this worker's cost more
            if mask & bit and not mask & ~path.left[depth]:
                path.chosen[depth + 1] = path.chosen[depth]
                path.chosen[depth + 1, worker] = mask
                path.left[depth + 1] = path.left[depth] ^ mask
                path.open_to[depth + 1] = path.open_to[depth] ^ here
                path.spent[depth + 1] = path.spent[depth] + desk.excess[one]
                return True
        path.at[depth, 1] += 1
        path.at[depth, 2] = desk.first[worker + 1]
    return False
