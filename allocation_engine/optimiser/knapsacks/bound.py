"""The Lagrangian bound: pay a price for every unit, let each worker choose freely within their hours, raise the prices.

For any prices p the least cost is at least sum(p) + sum over workers of the least load at cost - p. Each load is priced
exactly (`pricing.py`), so the best of these bounds is at least as high as the linear relaxation's and usually higher.

References
----------
M. L. Fisher, R. Jaikumar, L. N. Van Wassenhove (1986), A multiplier adjustment method for the generalized assignment
problem. M. Held, P. Wolfe, H. P. Crowder (1974), Validation of subgradient optimization. P. M. Camerini, L. Fratta,
F. Maffioli (1975), On improving relaxation methods by modified gradient techniques.
"""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.knapsacks.core import best_load
from allocation_engine.optimiser.knapsacks.pairs import Flags, Pairs
from allocation_engine.optimiser.knapsacks.problem import Floats, Integers

PATIENCE = 25
"""Rounds without a better bound after which the step is halved."""

SMALLEST_STEP = 2e-4
"""Step length [share of the gap] at which ascent ends: the prices no longer move by anything that matters."""

NO_DIRECTION = 1e-9
"""Squared length below which a direction is none."""

MEMORY = 0.6
"""Share of the last direction that is kept: the usual zigzag between two prices evens out."""


@compiled
def price_all(pairs: Pairs, alive: Flags, room: Integers, prices: Floats, table: Floats, picked: Flags) -> float:
    """Give the sum of all workers' least loads at these prices, and which pairs reach it.

    Parameters
    ----------
    pairs, alive
        The pairs, and 1 for those still in question.
    room
        Steps each worker has left.
    prices
        A price per unit.
    table
        Scratch of `pricing.new_table`.
    picked
        Output, per pair: 1 if its worker chose it.
    """
    total = 0.0
    for worker in range(room.shape[0]):
        total += best_load(pairs, worker, alive, prices, room[worker], table, picked)
    return total


@compiled
def turn(direction: Floats, pairs: Pairs, picked: Flags, active: Flags) -> float:
    """Turn the direction towards the new subgradient (1 - times chosen); return its squared length."""
    for unit in range(direction.shape[0]):
        direction[unit] = MEMORY * direction[unit] + (1.0 - MEMORY) * active[unit]
    for pair in range(picked.shape[0]):
        if picked[pair] == 1:
            direction[pairs.unit[pair]] -= 1.0 - MEMORY
    length = 0.0
    for unit in range(direction.shape[0]):
        length += direction[unit] * direction[unit]
    return length


@compiled
def paid(prices: Floats, active: Flags) -> float:
    """Add up the prices of the units still to be given."""
    total = 0.0
    for unit in range(prices.shape[0]):
        if active[unit] == 1:
            total += prices[unit]
    return total


class Question(NamedTuple):
    """What is still open: pairs alive, units to be given, steps left, and the value that a bound must reach to end it."""

    alive: Flags
    active: Flags
    room: Integers
    cutoff: float


@compiled
def ascend(
    pairs: Pairs, question: Question, prices: Floats, step: float, rounds: int, table: Floats, stop: Integers
) -> tuple[float, int]:
    """Raise the bound by a deflected subgradient; `prices` holds the best found when it returns.

    Parameters
    ----------
    pairs, question
        What is asked. The cutoff sets the step; ascent ends once the bound exceeds it.
    prices
        Where to start; overwritten by the best prices.
    step
        First step length as a share of the gap to the cutoff.
    rounds
        The most rounds.
    table
        Scratch.
    stop
        One number; ends early as soon as it is not 0.

    Returns
    -------
    tuple
        The best bound (as computed in floating point) and the number of rounds used.
    """
    picked = np.zeros(pairs.unit.shape[0], dtype=np.uint8)
    direction = np.zeros(prices.shape[0])
    here = prices.copy()
    best, waited = -np.inf, 0
    for done in range(rounds):
        bound = paid(here, question.active) + price_all(pairs, question.alive, question.room, here, table, picked)
        waited = 0 if bound > best + 1e-4 * abs(question.cutoff - best) else waited + 1
        if bound > best:
            best = bound
            prices[:] = here
        if waited >= PATIENCE:
            step, waited = step * 0.5, 0
            here[:] = prices
            direction[:] = 0.0
        length = turn(direction, pairs, picked, question.active)
        if length < NO_DIRECTION or step < SMALLEST_STEP or best > question.cutoff or stop[0] != 0:
            return best, done + 1
        here += step * max(question.cutoff - bound, 1e-6 * abs(bound)) / length * direction
    return best, rounds
