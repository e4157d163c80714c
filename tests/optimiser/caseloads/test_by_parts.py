"""Cut into parts, however small, a service comes out within the rules and with no false bound."""

import sys

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import Fairness
from allocation_engine.optimiser.caseloads import levels, parts
from domain.allocation import AllocationProblem
from tests.optimiser.by_method import caseload_by_caseload
from tests.optimiser.drawn_problems import EVERYTHING, problems
from tests.optimiser.every_plan import ways_in_all
from tests.optimiser.judged_by_plans import hold_against_every_plan

MOST_PLANS = 10_000

small = problems(most_workers=4, most_cases=6, among=EVERYTHING)


def hold(problem: AllocationProblem, most: int, threads: int) -> None:
    assume(ways_in_all(problem) <= MOST_PLANS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules[levels.__name__], "WHOLE_UP_TO", 0)
        patch.setattr(sys.modules[parts.__name__], "LARGEST_PART", most)
        result = caseload_by_caseload(problem, fairness=Fairness.SQUARES, effort=1.0, threads=threads)
    event(f"{'by caseloads' if result.method.startswith('caseload') else 'left to one model'}: {result.status.value}")
    hold_against_every_plan(problem, result)


@settings(deadline=None, max_examples=40)
@given(problem=small, most=st.integers(1, 3), threads=st.integers(1, 2))
def test_no_bound_over_parts_is_false(problem: AllocationProblem, most: int, threads: int) -> None:
    hold(problem, most, threads)


@pytest.mark.campaign
@settings(deadline=None, max_examples=5_000)
@given(problem=small, most=st.integers(1, 3), threads=st.integers(1, 2))
def test_no_bound_over_parts_is_false_on_very_many_problems(
    problem: AllocationProblem, most: int, threads: int
) -> None:
    hold(problem, most, threads)
