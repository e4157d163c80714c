"""Where the search starts: the linear relaxation's prices, raised; the pairs near the margin; a first plan."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import coo_matrix

from allocation_engine.optimiser.knapsacks.beam import MOST_CELLS, STEP_SHARE, Search, beam_search, cells_of
from allocation_engine.optimiser.knapsacks.beam import SECONDS_A_CELL as SECONDS_IN_A_TABLE
from allocation_engine.optimiser.knapsacks.bound import Question, ascend, paid
from allocation_engine.optimiser.knapsacks.branch import dive_on, new_means, new_stack, try_all
from allocation_engine.optimiser.knapsacks.fixing import all_losses
from allocation_engine.optimiser.knapsacks.pairs import Pairs, only, rest
from allocation_engine.optimiser.knapsacks.pricing import new_table
from allocation_engine.optimiser.knapsacks.problem import Floats, Integers

FEW_PAIRS, NEAR_EACH = 20_000, 10
"""Pairs up to which the linear relaxation is solved whole for the first prices; beyond, over this many pairs a unit, those
nearest at prices of hours."""

HOUR_ROUNDS, HOUR_PATIENCE = 400, 15
"""Steps in which hours are priced, and steps without a better bound after which they are halved."""

OPEN_AT_THE_END = 40
"""Units at which a dive hands over to the search that can go back."""

WORK_AT_THE_END = 0.3
"""What that search may take [deterministic seconds]."""

NEAR_EARLY, NEAR_LATE, LATE = 8, 40, 200
"""Pairs of each unit in a beam over all units: of those given early, of those given late, and how many are late."""

OVER_TABLES = 1.4
"""What a beam takes in all, for what its tables take."""

LEAST_OPEN, SHARE_TO_ROUND = 200, 0.02
"""Units at least that are dived for where a linear relaxation is rounded, and the share given at a time."""

SPLIT = 1e-6
"""How far from whole a unit of the linear relaxation counts as split."""


def first_prices(pairs: Pairs) -> Floats:
    """Give the dual prices of the linear relaxation, by HiGHS; over the nearest pairs alone where there are many."""
    if len(pairs.unit) <= FEW_PAIRS:
        return _linear_prices(pairs, _least_of_each(pairs, pairs.cost))
    dear = pairs.cost + prices_of_hours(pairs)[pairs.worker] * pairs.hours
    order = np.lexsort((dear, pairs.unit))
    rank = np.arange(len(order)) - pairs.unit_start[pairs.unit[order]]
    near = np.zeros(len(order), dtype=np.bool_)
    near[order[rank < NEAR_EACH]] = True
    return _linear_prices(only(pairs, near), _least_of_each(pairs, dear))


def _linear_prices(pairs: Pairs, otherwise: Floats) -> Floats:
    """Give the dual prices of the linear relaxation over these pairs, or others if it has no solution."""
    solved = _linear_relaxation(pairs)
    return np.array(solved.eqlin.marginals, dtype=np.float64) if solved.status == 0 else otherwise


def _linear_relaxation(pairs: Pairs) -> OptimizeResult:
    """Solve the linear relaxation over these pairs, by HiGHS."""
    units, workers, count = len(pairs.unit_start) - 1, len(pairs.free), len(pairs.unit)
    once = coo_matrix((np.ones(count), (pairs.unit, np.arange(count))), (units, count)).tocsr()
    within = coo_matrix((pairs.hours, (pairs.worker, np.arange(count))), (workers, count)).tocsr()
    return linprog(
        pairs.cost, A_ub=within, b_ub=pairs.free, A_eq=once, b_eq=np.ones(units), bounds=(0, None), method="highs"
    )


def prices_of_hours(pairs: Pairs) -> Floats:
    """Price each worker's hours so that units, each to where it is cheapest then, fit: a subgradient on few prices."""
    by_unit = np.argsort(pairs.unit, kind="stable")
    starts = pairs.unit_start[:-1]
    unit, worker, hours, cost = (one[by_unit] for one in (pairs.unit, pairs.worker, pairs.hours, pairs.cost))
    price, best, best_price = np.zeros(len(pairs.free)), -np.inf, np.zeros(len(pairs.free))
    size, waited = 1.0, 0
    for _ in range(HOUR_ROUNDS):
        dear = cost + price[worker] * hours
        least = np.minimum.reduceat(dear, starts)
        cheapest = np.flatnonzero(dear == least[unit])
        first = cheapest[np.unique(unit[cheapest], return_index=True)[1]]
        over = np.bincount(worker[first], hours[first], minlength=len(price)) - pairs.free
        bound = float(least.sum() - price @ pairs.free)
        waited = 0 if bound > best else waited + 1
        if bound > best:
            best, best_price = bound, price.copy()
        if waited >= HOUR_PATIENCE:
            size, waited, price = 0.5 * size, 0, best_price.copy()
            continue
        length = float(over @ over)
        if length == 0.0:
            break
        price = np.maximum(price + size * 0.05 * max(abs(best), 1.0) / length * over, 0.0)
    return best_price


def _least_of_each(pairs: Pairs, amount: Floats) -> Floats:
    least = np.full(len(pairs.unit_start) - 1, np.inf)
    np.minimum.at(least, pairs.unit, amount)
    return least


def raised(pairs: Pairs, prices: Floats, target: float, rounds: int, stop: Integers) -> tuple[Floats, int]:
    """Raise prices by ascent towards a target; give the rounds used."""
    everything = Question(
        np.ones(len(pairs.unit), dtype=np.uint8), np.ones(len(prices), dtype=np.uint8), pairs.free, target
    )
    prices = prices.copy()
    _, used = ascend(pairs, everything, prices, 0.3, rounds, new_table(pairs), stop)
    return prices, int(used)


def losses(pairs: Pairs, prices: Floats) -> tuple[float, Floats]:
    """Give the bound that prices prove (as computed), and for each pair its rise if chosen (row 0) and left (row 1)."""
    loss = np.zeros((2, len(pairs.unit)))
    alive = np.ones(len(pairs.unit), dtype=np.uint8)
    total = all_losses(pairs, alive, pairs.free, prices, (new_table(pairs), new_table(pairs)), loss)
    return total + paid(prices, np.ones(len(prices), dtype=np.uint8)), loss


def nearest_pairs(pairs: Pairs, loss: Floats, each: int) -> NDArray[np.bool_]:
    """Mark for each unit the few pairs that cost least when forced."""
    order = np.lexsort((loss[0], pairs.unit))
    rank = np.arange(len(order)) - pairs.unit_start[pairs.unit[order]]
    near = np.zeros(len(order), dtype=np.bool_)
    near[order[rank < each]] = True
    return near


def margins(pairs: Pairs, loss: Floats) -> Floats:
    """Give how much more the second-best pair of each unit costs than the best; infinite where there is none."""
    least = np.append(loss[0][np.lexsort((loss[0], pairs.unit))], np.inf)
    best, second = pairs.unit_start[:-1], pairs.unit_start[:-1] + 1
    two = (second < pairs.unit_start[1:]) & np.isfinite(least[second])
    margin = np.full(len(best), np.inf)
    margin[two] = least[second[two]] - least[best[two]]
    return margin


def mean_margin(margin: Floats) -> float:
    """Give the mean over units that have a second pair."""
    return float(np.mean(margin, where=np.isfinite(margin))) if np.isfinite(margin).any() else 0.0


def surest_first(margin: Floats, spread: float, dice: np.random.Generator) -> Integers:
    """Order units by how much more their second-best pair costs, but for a share that is left to chance."""
    return np.argsort(-margin * dice.uniform(1.0 - spread, 1.0 + spread, len(margin)), kind="stable")


def plan_by_beam(
    pairs: Pairs, prices: Floats, order: Integers, search: Search, cutoff: float, stop: Integers
) -> tuple[Integers | None, float]:
    """Search for a plan that costs less than the cutoff by a beam; give each unit's worker, and the work done."""
    if (np.diff(pairs.unit_start) == 0).any() or cells_of(pairs) > MOST_CELLS:
        return None, 0.0
    chosen, work = beam_search(pairs, prices, order, search, cutoff, stop)
    return (None if chosen.min() < 0 else pairs.worker[chosen]), float(work)


def pairs_for_beam(pairs: Pairs, loss: Floats, order: Integers) -> Pairs:
    """Keep the nearest pairs: few for units that are given early, more for the last, which have to take what is left."""
    late = np.zeros(len(order), dtype=np.bool_)
    late[order[-LATE:]] = True
    near = nearest_pairs(pairs, loss, NEAR_EARLY) | (nearest_pairs(pairs, loss, NEAR_LATE) & late[pairs.unit])
    return only(pairs, near)


def work_of_beam(pairs: Pairs, rounds: int) -> float:
    """Estimate what a beam takes [deterministic seconds]: mostly tables, over fewer units each time."""
    return OVER_TABLES * rounds * SECONDS_IN_A_TABLE * float(cells_of(pairs)) / STEP_SHARE


def first_plan(
    pairs: Pairs, prices: Floats, cutoff: float, share: float, stop: Integers, most_work: float = WORK_AT_THE_END
) -> tuple[Integers | None, float]:
    """Dive to a plan: the surest units first, the last few by trying all; give each unit's worker, and the work done."""
    stack, means = new_stack(pairs, prices, 1), new_means(pairs, len(prices), stop)
    dive_on(pairs, stack, means, cutoff, share, OPEN_AT_THE_END)
    chosen, work = stack.chosen[0], float(means.work[0])
    worker_of = np.where(chosen >= 0, pairs.worker[chosen], -1)
    left, units = rest(pairs, stack.alive[0], chosen, np.maximum(stack.room[0], 0))
    if len(units):
        if len(left.unit) == 0 or (np.diff(left.unit_start) == 0).any():
            return None, work
        beaten = cutoff - float(pairs.cost[chosen[chosen >= 0]].sum())
        _, best, more = try_all(left, stack.prices[0, units], beaten, 0.0, most_work, stop)
        work += more
        if best.min() < 0:
            return None, work
        worker_of[units] = left.worker[best]
    return worker_of, work


def rounded_plan(near: Pairs, prices: Floats, cutoff: float, stop: Integers) -> tuple[Integers | None, float]:
    """Keep what the linear relaxation gives whole, and dive for the other units and the least sure ones.

    A corner of the relaxation splits no more units than there are workers, so where each has many this leaves few.
    Gives each unit's worker, or None, and the work done.
    """
    solved = _linear_relaxation(near)
    if solved.status != 0:
        return None, 0.0
    units = len(near.unit_start) - 1
    dear = near.cost - solved.ineqlin.marginals[near.worker] * near.hours
    order = np.lexsort((dear, -np.round(solved.x, 6), near.unit))
    first = order[near.unit_start[:-1]]
    others = np.where(np.arange(len(order)) == near.unit_start[near.unit[order]], np.inf, dear[order])
    margin = np.minimum.reduceat(others, near.unit_start[:-1]) - dear[first]
    split = solved.x[first] < 1.0 - SPLIT
    number = min(max(LEAST_OPEN, 2 * int(split.sum())), units)
    chosen = first.copy()
    chosen[np.argsort(np.where(split, -np.inf, margin), kind="stable")[:number]] = -1
    kept = chosen[chosen >= 0]
    held = np.bincount(near.worker[kept], near.hours[kept], minlength=len(near.free)).astype(np.int64)
    left, open_units = rest(near, np.ones(len(near.unit), dtype=np.uint8), chosen, np.maximum(near.free - held, 0))
    below = cutoff - float(near.cost[kept].sum())
    found, work = first_plan(left, prices[open_units], below, SHARE_TO_ROUND, stop)
    if found is None:
        return None, work
    worker_of = near.worker[first].copy()
    worker_of[open_units] = found
    return worker_of, work
