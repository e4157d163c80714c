"""Trying everything that could be better: depth first, each step bounded and thinned out by the Lagrangian relaxation.

References
----------
M. Posta, J. A. Ferland, P. Michelon (2012), An exact method with variable fixing for solving the generalized assignment
problem.
"""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.knapsacks.bound import Question, ascend, paid
from allocation_engine.optimiser.knapsacks.fixing import all_losses
from allocation_engine.optimiser.knapsacks.pairs import Flags, Pairs
from allocation_engine.optimiser.knapsacks.pricing import new_table
from allocation_engine.optimiser.knapsacks.problem import Floats, Integers

CLOSED, OPEN = -1, -2
ROUNDS_AT_THE_ROOT, ROUNDS_AT_A_NODE = 100, 10
"""Most rounds of prices."""
FIRST_STEP_AT_A_NODE = 0.5

SECONDS_A_WORKER, SECONDS_A_STEP, SECONDS_A_PAIR = 1.4e-6, 8e-9, 2e-7
"""What one round of prices takes for each worker, each step they have and each pair alive [deterministic seconds]."""

SECONDS_A_CELL = 1.4e-9
"""What forcing every pair takes for each pair and step [deterministic seconds]."""


class Stack(NamedTuple):
    """What is open at each depth of the search.

    Attributes
    ----------
    alive, active, room, prices
        At each depth: pairs still possible, units not yet given, steps left, prices that proved most.
    spent
        At each depth: cost of the pairs chosen.
    chosen
        At each depth: the pair chosen for each unit, or -1.
    """

    alive: Flags
    active: Flags
    room: Integers
    prices: Floats
    spent: Floats
    chosen: Integers


class Means(NamedTuple):
    """Scratch, and what the search reports: work done [deterministic seconds], and the best plan."""

    ahead: Floats
    back: Floats
    loss: Floats
    work: Floats
    best: Integers
    stop: Integers


@compiled
def seconds_a_round(room: Integers, open_pairs: int) -> float:
    """Estimate what one round of prices takes [deterministic seconds]."""
    return SECONDS_A_WORKER * room.shape[0] + SECONDS_A_STEP * room.sum() + SECONDS_A_PAIR * open_pairs


@compiled
def choose(pairs: Pairs, stack: Stack, depth: int, pair: int) -> bool:
    """Give a pair's unit to its worker; return False if they lack the hours."""
    unit, worker = pairs.unit[pair], pairs.worker[pair]
    stack.room[depth, worker] -= pairs.hours[pair]
    stack.spent[depth] += pairs.cost[pair]
    stack.chosen[depth, unit] = pair
    stack.active[depth, unit] = 0
    for at in range(pairs.unit_start[unit], pairs.unit_start[unit + 1]):
        stack.alive[depth, pairs.of_unit[at]] = 0
    return bool(stack.room[depth, worker] >= 0)


@compiled
def follow(pairs: Pairs, stack: Stack, depth: int) -> int:
    """Draw the plain conclusions: what no longer fits is out, a unit with one pair left gets it.

    Returns how many units were given, or -1 if some unit cannot be.
    """
    given, again = 0, True
    while again:
        again = False
        for unit in range(pairs.unit_start.shape[0] - 1):
            if stack.active[depth, unit] == 0:
                continue
            left, last = 0, -1
            for at in range(pairs.unit_start[unit], pairs.unit_start[unit + 1]):
                pair = pairs.of_unit[at]
                if stack.alive[depth, pair] == 1:
                    if pairs.hours[pair] > stack.room[depth, pairs.worker[pair]]:
                        stack.alive[depth, pair] = 0
                    else:
                        left, last = left + 1, pair
            if left == 0:
                return -1
            if left == 1:
                if not choose(pairs, stack, depth, last):
                    return -1
                given, again = given + 1, True
    return given


@compiled
def thin_out(pairs: Pairs, stack: Stack, depth: int, bound: float, cutoff: float, loss: Floats) -> bool:
    """Rule out the pairs that would lift the bound above the cutoff, and choose those without which it would be.

    Returns False if two choices contradict each other, so that nothing is left.
    """
    for pair in range(pairs.unit.shape[0]):
        if stack.alive[depth, pair] == 1:
            if bound + loss[0, pair] > cutoff:
                stack.alive[depth, pair] = 0
                if bound + loss[1, pair] > cutoff:
                    return False
            elif bound + loss[1, pair] > cutoff and not choose(pairs, stack, depth, pair):
                return False
    return True


@compiled
def where_to_branch(pairs: Pairs, stack: Stack, depth: int, loss: Floats) -> int:
    """Pick the unit for which the second-best pair costs most more than the best, and give its best pair."""
    best_pair, most = -1, -1.0
    for unit in range(pairs.unit_start.shape[0] - 1):
        if stack.active[depth, unit] == 0:
            continue
        first, second, pair = np.inf, np.inf, -1
        for at in range(pairs.unit_start[unit], pairs.unit_start[unit + 1]):
            one = pairs.of_unit[at]
            if stack.alive[depth, one] == 1:
                if loss[0, one] < first or pair < 0:
                    second, first, pair = first, loss[0, one], one
                elif loss[0, one] < second:
                    second = loss[0, one]
        if second > most:
            most, best_pair = second, pair
    return best_pair


@compiled
def look_into(pairs: Pairs, stack: Stack, depth: int, cutoff: float, rounds: int, means: Means) -> int:
    """Bound and thin out a node; return CLOSED if nothing better is below it, OPEN if all is given, or a pair to try."""
    for _ in range(3):
        if follow(pairs, stack, depth) < 0:
            return CLOSED
        if not stack.active[depth].any():
            return OPEN if stack.spent[depth] <= cutoff else CLOSED
        question = Question(stack.alive[depth], stack.active[depth], stack.room[depth], cutoff - stack.spent[depth])
        bound, used = ascend(
            pairs, question, stack.prices[depth], FIRST_STEP_AT_A_NODE, rounds, means.ahead, means.stop
        )
        open_pairs = question.alive.sum()
        means.work[0] += used * seconds_a_round(question.room, open_pairs)
        if bound > question.cutoff:
            return CLOSED
        loads = all_losses(
            pairs, question.alive, question.room, stack.prices[depth], (means.ahead, means.back), means.loss
        )
        means.work[0] += SECONDS_A_CELL * open_pairs * question.room.mean()
        bound = paid(stack.prices[depth], question.active) + loads
        if not thin_out(pairs, stack, depth, bound, question.cutoff, means.loss):
            return CLOSED
        if follow(pairs, stack, depth) == 0:
            break
    if not stack.active[depth].any():
        return OPEN if stack.spent[depth] <= cutoff else CLOSED
    return where_to_branch(pairs, stack, depth, means.loss)


@compiled
def descend(stack: Stack, depth: int) -> None:
    """Start the next depth as a copy of this one."""
    stack.alive[depth + 1] = stack.alive[depth]
    stack.active[depth + 1] = stack.active[depth]
    stack.room[depth + 1] = stack.room[depth]
    stack.prices[depth + 1] = stack.prices[depth]
    stack.spent[depth + 1] = stack.spent[depth]
    stack.chosen[depth + 1] = stack.chosen[depth]


def new_stack(pairs: Pairs, prices: Floats, depths: int) -> Stack:
    """Make an empty search over all pairs."""
    units, workers, count = prices.shape[0], pairs.free.shape[0], pairs.unit.shape[0]
    stack = Stack(
        np.ones((depths, count), dtype=np.uint8),
        np.ones((depths, units), dtype=np.uint8),
        np.zeros((depths, workers), dtype=np.int64),
        np.zeros((depths, units)),
        np.zeros(depths),
        np.full((depths, units), -1),
    )
    stack.room[0] = pairs.free
    stack.prices[0] = prices
    return stack


def new_means(pairs: Pairs, units: int, stop: Integers) -> Means:
    """Make the scratch of a search."""
    return Means(
        new_table(pairs), new_table(pairs), np.zeros((2, pairs.unit.shape[0])), np.zeros(1), np.full(units, -1), stop
    )


@compiled
def give_surest(pairs: Pairs, stack: Stack, loss: Floats, share: float) -> bool:
    """Give a share of the open units, those whose second-best pair costs most more, to their best pair's worker."""
    for _ in range(max(1, int(share * stack.active[0].sum()))):
        pair = where_to_branch(pairs, stack, 0, loss)
        if pair < 0:
            return True
        if not choose(pairs, stack, 0, pair) or follow(pairs, stack, 0) < 0:
            return False
    return True


@compiled
def dive_on(pairs: Pairs, stack: Stack, means: Means, cutoff: float, share: float, until: int) -> None:
    """Give units to workers, a share of what is left at a time with new prices in between, without going back.

    Ends when at most `until` units are open, or when nothing below the cutoff is left.
    """
    rounds = ROUNDS_AT_THE_ROOT
    while stack.active[0].sum() > until and means.stop[0] == 0:
        if look_into(pairs, stack, 0, cutoff, rounds, means) < 0 or not give_surest(pairs, stack, means.loss, share):
            break
        rounds = ROUNDS_AT_A_NODE


class Trial(NamedTuple):
    """A search that can be gone on with.

    Attributes
    ----------
    stack, means
        Where it stands, and its scratch.
    depth
        One number: how deep it is; below 0 once everything was tried.
    value
        One number: the cost to beat, lowered with each plan found.
    """

    stack: Stack
    means: Means
    depth: Integers
    value: Floats


def new_trial(pairs: Pairs, prices: Floats, value: float, stop: Integers) -> Trial:
    """Set up a search for plans that cost less than `value`; `stop` is one number, and not 0 ends it early."""
    units = prices.shape[0]
    return Trial(
        new_stack(pairs, prices, units + 2),
        new_means(pairs, units, stop),
        np.zeros(1, dtype=np.int64),
        np.array([value]),
    )


@compiled
def go_on(pairs: Pairs, trial: Trial, step: float, most_work: float) -> float:
    """Go on with a search until everything was tried or some work was done.

    Parameters
    ----------
    pairs
        All pairs that may be chosen.
    trial
        The search; it holds the best plan afterwards.
    step
        By how much a plan must be cheaper: 1 for whole costs, next to nothing otherwise.
    most_work
        When to pause [deterministic seconds].

    Returns
    -------
    float
        The work done [deterministic seconds].
    """
    stack, means, depth = trial.stack, trial.means, trial.depth[0]
    before = means.work[0]
    while depth >= 0 and means.stop[0] == 0 and means.work[0] - before < most_work:
        rounds = ROUNDS_AT_THE_ROOT if means.work[0] == 0.0 else ROUNDS_AT_A_NODE
        pair = look_into(pairs, stack, depth, trial.value[0] - step, rounds, means)
        means.work[0] += SECONDS_A_WORKER
        if means.stop[0] != 0:
            break
        if pair == OPEN:
            trial.value[0] = stack.spent[depth]
            means.best[:] = stack.chosen[depth]
        if pair < 0:
            depth -= 1
            continue
        descend(stack, depth)
        stack.alive[depth, pair] = 0
        depth += 1
        choose(pairs, stack, depth, pair)
    trial.depth[0] = depth
    return means.work[0] - before


def try_all(
    pairs: Pairs, prices: Floats, value: float, step: float, most_work: float, stop: Integers
) -> tuple[bool, Integers, float]:
    """Search once; say whether everything was tried, give the pair of each unit (-1 without a plan) and the work."""
    trial = new_trial(pairs, prices, value, stop)
    work = go_on(pairs, trial, step, most_work)
    return bool(trial.depth[0] < 0), trial.means.best, float(work)
