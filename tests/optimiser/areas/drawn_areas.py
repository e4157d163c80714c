"""Hypothesis strategies and seeded makers of problems by area."""

import numpy as np
from hypothesis import strategies as st

from allocation_engine.optimiser.areas import AreaProblem
from tests.optimiser.areas.every_share import areas


@st.composite
def problems(draw: st.DrawFn) -> AreaProblem:
    """Draw a problem small enough to try everything; about half of them cannot be solved."""
    heaviest = draw(st.sampled_from([3, 10, 100, 10**6]))
    unit = st.integers(0, heaviest)
    loads = draw(st.lists(st.lists(unit, max_size=6), max_size=3))
    units = sum(map(len, loads))
    return AreaProblem(
        loads=areas(*loads),
        workers=draw(st.integers(0, max(units, 1))),
        fewest=draw(st.sampled_from([0, 1, 1, 2])),
        most=draw(st.sampled_from([None, 2, 3, 4])),
        largest=draw(st.sampled_from([None, heaviest, 2 * heaviest, 3 * heaviest])),
    )


def made_up(seed: int, *, units: int, count: int, heaviest: int, workers: int, most: int) -> AreaProblem:
    """Make areas of that many units each, loads uniform from a seventh of the heaviest up."""
    dice = np.random.default_rng(seed)
    loads = tuple(dice.integers(heaviest // 7, heaviest, units) for _ in range(count))
    return AreaProblem(loads, workers, 1, most, None)
