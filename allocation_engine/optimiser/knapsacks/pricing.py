"""One worker's best choice of units at given prices: a 0/1 knapsack, solved exactly by dynamic programming over hours.

`table[k, h]` is the least total of reduced costs using the first k candidates within h hours. A candidate is a pair that
is alive and whose reduced cost (its cost less the unit's price) is below 0.
"""

import numpy as np

from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.knapsacks.pairs import Flags, Pairs
from allocation_engine.optimiser.knapsacks.problem import Floats, Integers


@compiled
def candidates(pairs: Pairs, worker: int, alive: Flags, prices: Floats, room: int, which: Integers) -> int:
    """Collect a worker's pairs that are alive, fit and have a negative reduced cost; return how many."""
    count = 0
    for pair in range(pairs.start[worker], pairs.start[worker + 1]):
        if alive[pair] == 1 and pairs.hours[pair] <= room and pairs.cost[pair] < prices[pairs.unit[pair]]:
            which[count] = pair
            count += 1
    return count


@compiled
def reduced_costs(pairs: Pairs, prices: Floats, which: Integers) -> Floats:
    """Give the reduced cost of some pairs."""
    gain = np.empty(which.shape[0])
    for k in range(which.shape[0]):
        gain[k] = pairs.cost[which[k]] - prices[pairs.unit[which[k]]]
    return gain


@compiled
def fill(table: Floats, steps: Integers, gain: Floats, order: Integers, room: int) -> None:
    """Fill the table forward: row k + 1 from row k, with candidate order[k] left out or taken."""
    table[0, : room + 1] = 0.0
    for k in range(order.shape[0]):
        step, reduced = steps[order[k]], gain[order[k]]
        old, new = table[k], table[k + 1]
        new[: min(step, room + 1)] = old[: min(step, room + 1)]
        for h in range(step, room + 1):
            new[h] = min(old[h], old[h - step] + reduced)


@compiled
def trace(table: Floats, steps: Integers, order: Integers, room: int, chosen: Integers) -> None:
    """Mark in `chosen` the candidates that reach the least total within the room."""
    h = room
    for k in range(order.shape[0] - 1, -1, -1):
        if table[k + 1, h] != table[k, h]:
            chosen[order[k]] = 1
            h -= steps[order[k]]


@compiled
def new_table(pairs: Pairs) -> Floats:
    """Make a table that is large enough for any worker."""
    most = 0
    for worker in range(pairs.free.shape[0]):
        most = max(most, pairs.start[worker + 1] - pairs.start[worker])
    return np.empty((most + 1, max(pairs.free.max(), 0) + 1))
