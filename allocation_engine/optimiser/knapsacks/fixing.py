"""What each pair would cost if it were forced: pairs that cannot be part of anything better are ruled out for good.

References
----------
M. Posta, J. A. Ferland, P. Michelon (2012), An exact method with variable fixing for solving the generalized assignment
problem.
"""

import numpy as np

from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.knapsacks.pairs import Flags, Pairs
from allocation_engine.optimiser.knapsacks.pricing import candidates, fill, reduced_costs
from allocation_engine.optimiser.knapsacks.problem import Floats, Integers


@compiled
def fill_back(table: Floats, steps: Integers, gain: Floats, room: int) -> None:
    """Fill a table from the last candidate to the first: row k is the least total of candidates k and later."""
    count = steps.shape[0]
    table[count, : room + 1] = 0.0
    for k in range(count - 1, -1, -1):
        step, reduced = steps[k], gain[k]
        old, new = table[k + 1], table[k]
        new[: min(step, room + 1)] = old[: min(step, room + 1)]
        for h in range(step, room + 1):
            new[h] = min(old[h], old[h - step] + reduced)


@compiled
def meet(before: Floats, after: Floats, room: int) -> float:
    """Give the least total of two parts that share the room."""
    least = np.inf
    for h in range(room + 1):
        least = min(least, before[h] + after[room - h])
    return least


@compiled
def losses_of(
    pairs: Pairs, worker: int, alive: Flags, prices: Floats, room: int, tables: tuple[Floats, Floats], loss: Floats
) -> float:
    """Give a worker's least load, and by how much it rises if a pair is chosen (loss[0]) or left out (loss[1])."""
    first, last = pairs.start[worker], pairs.start[worker + 1]
    scratch = np.empty(last - first, dtype=np.int64)
    which = scratch[: candidates(pairs, worker, alive, prices, room, scratch)]
    gain, steps = reduced_costs(pairs, prices, which), pairs.hours[which]
    ahead, back = tables
    fill(ahead, steps, gain, np.arange(which.shape[0]), room)
    fill_back(back, steps, gain, room)
    full = ahead[which.shape[0]]
    least = full[room]
    for pair in range(first, last):
        loss[1, pair] = 0.0
        if alive[pair] == 0 or pairs.hours[pair] > room:
            loss[0, pair] = np.inf
        else:
            reduced = pairs.cost[pair] - prices[pairs.unit[pair]]
            loss[0, pair] = reduced + full[room - pairs.hours[pair]] - least
    for k in range(which.shape[0]):
        loss[0, which[k]] = gain[k] + meet(ahead[k], back[k + 1], room - steps[k]) - least
        loss[1, which[k]] = meet(ahead[k], back[k + 1], room) - least
    return float(least)


@compiled
def all_losses(
    pairs: Pairs, alive: Flags, room: Integers, prices: Floats, tables: tuple[Floats, Floats], loss: Floats
) -> float:
    """Do so for every worker; give the sum of their least loads."""
    total = 0.0
    for worker in range(room.shape[0]):
        total += losses_of(pairs, worker, alive, prices, room[worker], tables, loss)
    return total
