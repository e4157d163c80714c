"""What rounding to integers may cost stays within the bound that is stated."""

from dataclasses import replace
from fractions import Fraction
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation_engine.optimiser.scaling import (
    COARSE,
    FINE,
    cost_scale,
    harm_error,
    harm_scale,
    harm_steps,
    ratio_error,
    ratio_scale,
)
from domain.allocation import AllocationProblem, CaseNeed
from domain.identifiers import CaseId, WorkerId
from tests.domain.allocation.small_problems import C1, W1, problem

ROUNDING = 1e-9
"""What floats themselves may cost [1]."""

loads = st.floats(0, 200)
capacities = st.floats(1, 200)


def cases(number: int) -> list[CaseNeed]:
    return [replace(C1, case_id=CaseId(f"c-{place}")) for place in range(number)]


def carrying(carried: float, added: list[float], capacity: float) -> AllocationProblem:
    return problem(
        [replace(W1, predicted_load=carried, capacity=capacity)], cases(len(added)), load=[[a] for a in added]
    )


@given(carried=loads, added=st.lists(loads, max_size=8), capacity=capacities)
def test_a_scaled_load_ratio_is_within_its_error(carried: float, added: list[float], capacity: float) -> None:
    example = carrying(carried, added, capacity)
    scale = ratio_scale(example)
    steps = sum(scale.rounded(load, capacity) for load in (carried, *added))
    error = abs(steps / scale.steps - fsum([carried, *added]) / capacity)
    assert error <= ratio_error(example) + ROUNDING


on_a_grid = st.integers(0, 2_000).map(lambda tenths: tenths / 10)


@given(carried=on_a_grid, added=st.lists(on_a_grid, max_size=8), capacity=st.sampled_from([33.3, 60.0, 70.0, 90.0]))
def test_on_a_decimal_grid_scaled_load_ratios_are_exact(carried: float, added: list[float], capacity: float) -> None:
    scale = ratio_scale(carrying(carried, added, capacity))
    assert scale.exact
    assert COARSE <= scale.steps <= 2 * FINE
    for load in (carried, *added):
        tenths = Fraction(round(10 * load), round(10 * capacity))
        assert scale.rounded(load, capacity) == tenths * scale.steps


@given(carried=loads, added=st.lists(loads, max_size=8), capacity=st.floats(1e-6, 1e3), workers=st.integers(1, 50))
def test_whatever_the_figures_scaled_sums_fit_the_solver(
    carried: float, added: list[float], capacity: float, workers: int
) -> None:
    alike = [
        replace(W1, worker_id=WorkerId(f"w-{n}"), predicted_load=carried, capacity=capacity) for n in range(workers)
    ]
    scale = ratio_scale(problem(alike, cases(len(added)), load=[[a] * workers for a in added]))
    top = sum(scale.rounded(load, capacity) for load in (carried, *added))
    assert scale.steps >= 1
    assert 3 * top**2 < 2**63
    assert workers * top**2 // scale.square_step < 2**60


@given(number=st.integers(0, 100), capacity=capacities)
def test_a_scaled_harm_exposure_is_within_its_error(number: int, capacity: float) -> None:
    scale = harm_scale([capacity])
    error = abs(number * harm_steps(capacity, scale) / scale.steps - 100.0 * number / capacity)
    assert error <= harm_error(problem([replace(W1, capacity=capacity)], cases(number))) + ROUNDING


def test_harm_exposures_that_are_equal_are_equal_in_steps() -> None:
    scale = harm_scale([90.0, 60.0, 62.5])
    assert 9 * harm_steps(90.0, scale) == 6 * harm_steps(60.0, scale)
    assert scale.apart == 0


@pytest.mark.parametrize(
    ("costs", "steps", "apart"),
    [
        ([], 1.0, 0),
        ([3.0, 1e9], 1.0, 0),
        ([0.5, 12.25], 1e8, 0),
        ([1e-7, 3e-7], 1e15, 0),
        ([1 / 3, 2e5], 1e6, 4),
        ([0.5, 2e12], 10.0, 0),
        ([1e17], 1e-3, 0),
    ],
)
def test_costs_keep_their_digits_and_their_sums_fit_the_solver(costs: list[float], steps: float, apart: int) -> None:
    scale = cost_scale(costs, 4)
    assert (scale.steps, scale.apart) == (steps, apart)
    assert sum(costs) * scale.steps < 1e17
