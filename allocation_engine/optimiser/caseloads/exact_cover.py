"""One caseload for each worker so that every row is held once: a search, depth first, through every caseload listed.

At good prices only a few caseloads come near each worker's best. What those still possible add at least says soon that a
beginning leads nowhere: some tens or hundreds of steps then settle a team for which CP-SAT takes a second.

References
----------
.. [1] D. E. Knuth (2000), Dancing links, for branching on what fewest could take.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints
from allocation_engine.optimiser.compiled import compiled

Masks = NDArray[np.uint64]
Places = NDArray[np.int32]

BITS = 64
"""Rows in a word of a mask."""

ROUNDING = 1e-9
"""Difference in a sum of costs or points that is rounding alone."""


DEAD, NONE_LEFT = -1, -2
"""No plan begins so; and every row is held."""


class Listed(NamedTuple):
    """Caseloads to choose among, worker by worker, each worker's nearest to its best first.

    Attributes
    ----------
    masks
        Of each its rows, a bit for each, in words.
    first
        Where each worker's begin, and the end.
    at, rows
        The rows again, one after another, and where each caseload's begin.
    above
        By how much each is worth less than the best of its worker, at prices for rows and cuts.
    cost
        What each costs.
    harms
        Exposure to each harm type, 0 where nothing of it is received.
    points
        What each counts for in other aims, a column for each aim, 0 or more.
    """

    masks: Masks
    first: Ints
    at: Ints
    rows: Ints
    above: Floats
    cost: Floats
    harms: Floats
    points: Floats


class Asked(NamedTuple):
    """What is looked for.

    Attributes
    ----------
    cost
        Plans that cost no more than this count.
    bound
        What every plan costs at least, and beyond that as much as its caseloads are above the best of their workers.
    levels
        Empty, and the least cost is looked for; or the aims by which plans that cost no more are compared, one after the
        other: below zero harm types, else a column of the points.
    looks
        Caseloads looked at until the search ends.
    """

    cost: float
    bound: float
    levels: Ints
    looks: int


class Walk(NamedTuple):
    """Where the search is: at each depth the rows left, who has chosen, what that costs, and what is possible still.

    Attributes
    ----------
    left, open_to
        The rows that nobody holds yet, and 1 for each worker who has no caseload yet.
    spent, cost, harms, points
        Sums over the caseloads chosen (for harms the largest).
    places, begin, end
        The caseloads still possible, and where each worker's begin and end.
    branch
        The row branched on, the worker whose caseloads come next, and the place of the next.
    chosen
        The caseload of each worker, below zero where there is none yet.
    """

    left: Masks
    open_to: Ints
    spent: Floats
    cost: Floats
    harms: Floats
    points: Floats
    places: Places
    begin: Ints
    end: Ints
    branch: Ints
    chosen: Ints


class Best(NamedTuple):
    """The best plan so far: the caseload of each worker, its value level by level, and what it costs; none has cost inf."""

    chosen: Ints
    value: Floats
    cost: Floats


def new_walk(listed: Listed, rows: int) -> Walk:
    """Make room for a search that is to have so many rows held, at its beginning."""
    workers, words, number = len(listed.first) - 1, listed.masks.shape[1], len(listed.cost)
    deep = workers + 1
    walk = Walk(
        np.zeros((deep, words), np.uint64),
        np.ones((deep, workers), np.int64),
        np.zeros(deep),
        np.zeros(deep),
        np.zeros((deep, listed.harms.shape[1])),
        np.zeros((deep, listed.points.shape[1])),
        np.zeros((deep, number), np.int32),
        np.zeros((deep, workers), np.int64),
        np.zeros((deep, workers), np.int64),
        np.zeros((deep, 3), np.int64),
        np.full(workers, -1, np.int64),
    )
    for row in range(rows):
        walk.left[0, row // BITS] |= np.uint64(1 << (row % BITS))
    walk.places[0] = np.arange(number)
    walk.begin[0], walk.end[0] = listed.first[:-1], listed.first[1:]
    return walk


@compiled
def search(listed: Listed, asked: Asked, walk: Walk, best: Best) -> int:
    """Find the best plan; give how many caseloads were looked at: all that count, if that is less than was asked for."""
    depth, looks, arrived = 0, 0, True
    counts = np.zeros(walk.left.shape[1] * BITS, np.int64)
    limit = asked.cost
    while depth >= 0 and looks < asked.looks:
        if arrived:
            room = limit - asked.bound + ROUNDING
            row, looked = _survey(listed, walk, depth, room, counts)
            looks += looked
            if row >= 0 and len(asked.levels) and not _may_be_better(asked.levels, walk, depth, best):
                row = DEAD
            if row == NONE_LEFT:
                _arrive(listed, asked, walk, depth, best)
                if len(asked.levels) == 0 and best.cost[0] < limit:
                    limit = best.cost[0] - 2.0 * ROUNDING
            if row < 0:
                depth -= 1
                arrived = False
                continue
            walk.branch[depth, 0], walk.branch[depth, 1] = row, 0
            walk.branch[depth, 2] = walk.begin[depth, 0]
        else:
            walk.chosen[walk.branch[depth, 1]] = -1
        looked = _go_deeper(listed, walk, depth)
        looks += abs(looked)
        arrived = looked > 0
        depth += 1 if arrived else -1
    return looks


@compiled
def _survey(listed: Listed, walk: Walk, depth: int, room: float, counts: Ints) -> tuple[int, int]:
    """Look at what is possible: the row that fewest caseloads could hold, or why there is none; and how many were looked at.

    What is too far above the least of its worker, as the others need their least at least, is left out from here on.
    """
    workers, total, looked = len(walk.chosen), walk.spent[depth], 0
    for worker in range(workers):
        if walk.open_to[depth, worker]:
            if walk.begin[depth, worker] == walk.end[depth, worker]:
                return DEAD, looked
            total += listed.above[walk.places[depth, walk.begin[depth, worker]]]
    if total > room:
        return DEAD, looked
    counts[:] = 0
    for worker in range(workers):
        if not walk.open_to[depth, worker]:
            continue
        begin = walk.begin[depth, worker]
        most = room - total + listed.above[walk.places[depth, begin]]
        for place in range(begin, walk.end[depth, worker]):
            one = walk.places[depth, place]
            if listed.above[one] > most:
                walk.end[depth, worker] = place
                break
            looked += 1
            for at in range(listed.at[one], listed.at[one + 1]):
                counts[listed.rows[at]] += 1
    found, fewest = NONE_LEFT, 1 << 60
    for row in range(len(counts)):
        if (walk.left[depth, row // BITS] >> np.uint64(row % BITS)) & np.uint64(1) and counts[row] < fewest:
            found, fewest = row, counts[row]
    return (DEAD if fewest == 0 else found), looked


@compiled
def _go_deeper(listed: Listed, walk: Walk, depth: int) -> int:
    """Choose the next caseload that holds the row branched on; give how many were looked at, below zero if there is none."""
    row, workers, looked = walk.branch[depth, 0], len(walk.chosen), 1
    word, bit = row // BITS, np.uint64(1) << np.uint64(row % BITS)
    while walk.branch[depth, 1] < workers:
        worker = walk.branch[depth, 1]
        if walk.open_to[depth, worker]:
            while walk.branch[depth, 2] < walk.end[depth, worker]:
                one = walk.places[depth, walk.branch[depth, 2]]
                walk.branch[depth, 2] += 1
                looked += 1
                if listed.masks[one, word] & bit:
                    walk.chosen[worker] = one
                    return looked + _take(listed, walk, depth, worker, one)
        walk.branch[depth, 1] += 1
        if walk.branch[depth, 1] < workers:
            walk.branch[depth, 2] = walk.begin[depth, walk.branch[depth, 1]]
    return -looked


@compiled
def _take(listed: Listed, walk: Walk, depth: int, worker: int, one: int) -> int:
    """Give a worker a caseload, one deeper: what holds none of its rows stays possible; give how many were looked at."""
    deeper, number, looked, words = depth + 1, 0, 0, listed.masks.shape[1]
    for word in range(words):
        walk.left[deeper, word] = walk.left[depth, word] & ~listed.masks[one, word]
    walk.open_to[deeper] = walk.open_to[depth]
    walk.open_to[deeper, worker] = 0
    walk.spent[deeper] = walk.spent[depth] + listed.above[one]
    walk.cost[deeper] = walk.cost[depth] + listed.cost[one]
    walk.harms[deeper] = np.maximum(walk.harms[depth], listed.harms[one])
    walk.points[deeper] = walk.points[depth] + listed.points[one]
    for other in range(len(walk.chosen)):
        walk.begin[deeper, other] = number
        if walk.open_to[deeper, other]:
            for place in range(walk.begin[depth, other], walk.end[depth, other]):
                another, apart = walk.places[depth, place], True
                looked += 1
                for word in range(words):
                    apart = apart and listed.masks[another, word] & listed.masks[one, word] == 0
                if apart:
                    walk.places[deeper, number] = another
                    number += 1
        walk.end[deeper, other] = number
    return looked


@compiled
def _value(levels: Ints, walk: Walk, depth: int, level: int) -> float:
    """Give what the caseloads chosen so far come to at a level; more of them never come to less."""
    column = levels[level]
    return walk.points[depth, column] if column >= 0 else walk.harms[depth].sum()


@compiled
def _may_be_better(levels: Ints, walk: Walk, depth: int, best: Best) -> bool:
    """Say whether a plan that begins so may be better than the best so far, one level after another."""
    if not np.isfinite(best.cost[0]):
        return True
    for level in range(len(levels)):
        apart = _value(levels, walk, depth, level) - best.value[level]
        if apart < -ROUNDING:
            return True
        if apart > ROUNDING:
            return False
    return False


@compiled
def _arrive(listed: Listed, asked: Asked, walk: Walk, depth: int, best: Best) -> None:
    """Give those who have no caseload the empty one, and keep the plan if it is the best so far."""
    cost = walk.cost[depth]
    for worker in range(len(walk.chosen)):
        if walk.open_to[depth, worker]:
            one = walk.places[depth, walk.begin[depth, worker]]
            cost += listed.cost[one]
    if cost > asked.cost + ROUNDING:
        return
    if len(asked.levels) == 0:
        if cost >= best.cost[0]:
            return
    elif not _may_be_better(asked.levels, walk, depth, best):
        return
    best.cost[0] = cost
    for worker in range(len(walk.chosen)):
        empty = walk.open_to[depth, worker]
        best.chosen[worker] = walk.places[depth, walk.begin[depth, worker]] if empty else walk.chosen[worker]
    for level in range(len(asked.levels)):
        best.value[level] = _value(asked.levels, walk, depth, level)
