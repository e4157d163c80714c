"""What rounding to integers may cost stays within the bound that is stated."""

from dataclasses import replace
from math import fsum

from hypothesis import given
from hypothesis import strategies as st

from allocation_engine.optimiser.scaling import (
    HARM_SCALE,
    RATIO_SCALE,
    harm_error,
    harm_steps,
    ratio_error,
    ratio_steps,
)
from domain.allocation import CaseNeed
from domain.identifiers import CaseId
from tests.domain.allocation.small_problems import C1, W1, problem

ROUNDING = 1e-9
"""What floats themselves may cost [1]."""

loads = st.floats(0, 200)
capacities = st.floats(1, 200)


def cases(number: int) -> list[CaseNeed]:
    return [replace(C1, case_id=CaseId(f"c-{place}")) for place in range(number)]


@given(carried=loads, added=st.lists(loads, max_size=8), capacity=capacities)
def test_a_scaled_load_ratio_is_within_its_error(carried: float, added: list[float], capacity: float) -> None:
    steps = ratio_steps(carried, capacity) + sum(ratio_steps(load, capacity) for load in added)
    error = abs(steps / RATIO_SCALE - fsum([carried, *added]) / capacity)
    assert error <= ratio_error(problem([W1], cases(len(added)))) + ROUNDING


@given(number=st.integers(0, 100), capacity=capacities)
def test_a_scaled_harm_exposure_is_within_its_error(number: int, capacity: float) -> None:
    error = abs(number * harm_steps(capacity) / HARM_SCALE - 100.0 * number / capacity)
    assert error <= harm_error(problem([W1], cases(number))) + ROUNDING
