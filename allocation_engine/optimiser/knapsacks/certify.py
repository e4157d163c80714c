"""What prices prove, worked out anew by the plain dynamic programme, with room for every rounding error."""

import numpy as np

from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.knapsacks.pairs import Pairs, in_coarse_steps, pairs_of
from allocation_engine.optimiser.knapsacks.problem import Floats, KnapsackProblem


@compiled
def plain_load(pairs: Pairs, worker: int, prices: Floats) -> tuple[float, float]:
    """Give a worker's least load at reduced costs, and the sum of all that could have been added up on the way."""
    room = pairs.free[worker]
    least = np.zeros(room + 1)
    size = 0.0
    for pair in range(pairs.start[worker], pairs.start[worker + 1]):
        reduced = pairs.cost[pair] - prices[pairs.unit[pair]]
        step = pairs.hours[pair]
        if reduced < 0.0:
            size += abs(pairs.cost[pair]) + abs(prices[pairs.unit[pair]])
            for h in range(room, step - 1, -1):
                least[h] = min(least[h], least[h - step] + reduced)
    return float(least[room]), size


def certified_bound(problem: KnapsackProblem, prices: Floats) -> float:
    """Give the bound that prices prove: sum(prices) + sum over workers of the least knapsack at cost - prices.

    Parameters
    ----------
    problem
        Costs, hours and free hours.
    prices
        Any finite price per unit.

    Returns
    -------
    float
        No plan costs less. It is lowered by more than floating point can have erred, and raised to the next whole
        number where all costs are whole.
    """
    pairs, _ = in_coarse_steps(pairs_of(problem))
    total, size = float(prices.sum()), float(np.abs(prices).sum())
    for worker in range(len(problem.free)):
        load, added = plain_load(pairs, worker, prices)
        total += load
        size += added
    terms = len(prices) + len(problem.free) + 4
    proven = total - float(np.finfo(np.float64).eps) * terms * size
    whole = bool((pairs.cost == np.round(pairs.cost)).all()) and float(np.abs(pairs.cost).sum()) < 2.0**50
    return float(np.ceil(proven)) if whole else proven
