"""The same exact knapsack, faster: only the few candidates near the margin of being worth their hours are weighed.

With a price m per hour at which the candidates just fill the worker's hours, a candidate of reduced cost g and hours a
departs from the relaxed choice at a loss of |g + m a|. Whatever would lose more than a known choice does is settled.

References
----------
E. Balas, E. Zemel (1980), An algorithm for large zero-one knapsack problems. D. Pisinger (1997), A minimal algorithm for
the 0-1 knapsack problem.
"""

import numpy as np

from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.knapsacks.pairs import Flags, Pairs
from allocation_engine.optimiser.knapsacks.pricing import candidates, fill, reduced_costs, trace
from allocation_engine.optimiser.knapsacks.problem import Floats, Integers

FIRST_CORE = 20
"""Candidates in the first attempt; enough that most loads need no second."""


@compiled
def partition(worth: Floats, order: Integers, low: int, high: int) -> tuple[int, int]:
    """Sort order[low:high] into worth more than a pivot, equal, and less; return where equal begins and ends."""
    a, b, c = worth[order[low]], worth[order[(low + high) // 2]], worth[order[high - 1]]
    pivot = max(min(a, b), min(max(a, b), c))
    more, at, less = low, low, high
    while at < less:
        one = order[at]
        if worth[one] > pivot:
            order[at], order[more] = order[more], one
            more += 1
            at += 1
        elif worth[one] < pivot:
            less -= 1
            order[at], order[less] = order[less], one
        else:
            at += 1
    return more, less


@compiled
def fill_by_worth(worth: Floats, steps: Integers, order: Integers, count: int, room: int) -> int:
    """Arrange candidates so that the best worth come first; return the place of the first that no longer fits.

    One always exists, because the caller knows that not everything fits.
    """
    low, high = 0, count
    while True:
        more, less = partition(worth, order, low, high)
        total = 0
        for at in range(low, more):
            total += steps[order[at]]
        if total > room:
            high = more
            continue
        room -= total
        for at in range(more, less):
            if steps[order[at]] > room:
                return at
            room -= steps[order[at]]
        low = less


@compiled
def nearest(loss: Floats, order: Integers, count: int, wanted: int) -> float:
    """Give a loss that at least `wanted` of the candidates do not exceed, and not many more."""
    for k in range(count):
        order[k] = k
    low, high = 0, count
    while high - low > 1:
        more, less = partition(loss, order, low, high)  # greater losses come first
        if count - less >= wanted:
            low = less
        elif count - more >= wanted:
            return loss[order[more]]
        else:
            high = more
    return loss[order[low]]


@compiled
def weigh(
    gain: Floats, steps: Integers, base: Integers, inside: Integers, room: int, table: Floats, chosen: Integers
) -> float:
    """Solve the knapsack with everything outside the core as in `base`; give the total, and the choice in `chosen`."""
    total, left = 0.0, room
    chosen[:] = base
    for k in inside:
        chosen[k] = 0
    for k in range(base.shape[0]):
        if chosen[k] == 1:
            total += gain[k]
            left -= steps[k]
    fill(table, steps, gain, inside, left)
    trace(table, steps, inside, left, chosen)
    return total + float(table[inside.shape[0], left])


@compiled
def margin(gain: Floats, steps: Integers, room: int, base: Integers, loss: Floats) -> float:
    """Fill `base` with the relaxed choice, `loss` with what departing from it costs; return the relaxed total."""
    count = gain.shape[0]
    worth = np.empty(count)
    order = np.arange(count)
    for k in range(count):
        worth[k] = -gain[k] / steps[k] if steps[k] > 0 else np.inf
    first_out = fill_by_worth(worth, steps, order, count, room)
    price = worth[order[first_out]]
    base[:] = 0
    base[order[:first_out]] = 1
    relaxed = -price * room
    for k in range(count):
        departure = gain[k] + price * steps[k]
        loss[k] = abs(departure) if steps[k] > 0 else np.inf
        relaxed += min(departure, 0.0)
    return relaxed


@compiled
def weigh_the_margin(gain: Floats, steps: Integers, room: int, table: Floats, chosen: Integers) -> float:
    """Solve a knapsack in which not everything fits, by a core that grows until it is surely wide enough."""
    count = gain.shape[0]
    base, loss, order = np.empty(count, dtype=np.int64), np.empty(count), np.empty(count, dtype=np.int64)
    relaxed = margin(gain, steps, room, base, loss)
    width = nearest(loss, order, count, min(FIRST_CORE, count))
    while True:
        core = 0
        for k in range(count):
            if loss[k] <= width:
                order[core] = k
                core += 1
        total = weigh(gain, steps, base, order[:core], room, table, chosen)
        needed = total - relaxed
        if needed <= width:
            return total
        width = needed * (1.0 + 1e-9)


@compiled
def best_load(
    pairs: Pairs, worker: int, alive: Flags, prices: Floats, room: int, table: Floats, picked: Flags
) -> float:
    """Give the least total reduced cost within a worker's hours, and set `picked` of each of their pairs to 0 or 1."""
    first, last = pairs.start[worker], pairs.start[worker + 1]
    picked[first:last] = 0
    scratch = np.empty(last - first, dtype=np.int64)
    which = scratch[: candidates(pairs, worker, alive, prices, room, scratch)]
    gain, steps = reduced_costs(pairs, prices, which), pairs.hours[which]
    if steps.sum() <= room:
        for pair in which:
            picked[pair] = 1
        return float(gain.sum())
    chosen = np.empty(which.shape[0], dtype=np.int64)
    total = weigh_the_margin(gain, steps, room, table, chosen)
    for k in range(which.shape[0]):
        picked[which[k]] = chosen[k]
    return total
