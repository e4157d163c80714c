"""Small problems drawn at random, and every plan tried."""

from itertools import product

import numpy as np
from hypothesis import strategies as st

from allocation_engine.optimiser.knapsacks import KnapsackProblem


def going_on(_value: float, _bound: float) -> bool:
    return True


@st.composite
def small(draw: st.DrawFn) -> KnapsackProblem:
    units, workers = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    cost_of = st.sampled_from([np.inf, *range(-3, 12)]) if draw(st.booleans()) else st.floats(-5.0, 20.0, width=32)
    pairs = units * workers
    cost = np.array(draw(st.lists(cost_of, min_size=pairs, max_size=pairs)), dtype=np.float64)
    hours = np.array(draw(st.lists(st.integers(0, 9), min_size=pairs, max_size=pairs)), dtype=np.int64)
    free = np.array(draw(st.lists(st.integers(0, 20), min_size=workers, max_size=workers)), dtype=np.int64)
    return KnapsackProblem(cost.reshape(units, workers), hours.reshape(units, workers), free)


def least_by_trying(problem: KnapsackProblem) -> float:
    units, workers = problem.cost.shape
    plans = (np.array(plan) for plan in product(range(workers), repeat=units))
    return min((problem.value(plan) for plan in plans if problem.holds(plan)), default=np.inf)


def tight(units: int, workers: int, seed: int) -> KnapsackProblem:
    """Costs that fall as hours rise (type D of Chu and Beasley), with little room."""
    dice = np.random.default_rng(seed)
    hours = dice.integers(1, 101, (units, workers))
    cost = (111 - hours + dice.integers(-10, 11, (units, workers))).astype(np.float64)
    return KnapsackProblem(cost, hours, (0.8 * hours.sum(axis=0) / workers).astype(np.int64))
