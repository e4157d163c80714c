"""Cut into parts, however small, a service comes out within the rules and with no false bound."""

import sys

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import AllocationResult, Fairness, verify
from allocation_engine.optimiser.caseloads import levels, parts
from benchmarks.generated_services import SHAPES, generated_service
from domain.allocation import AllocationProblem
from tests.optimiser.by_method import caseload_by_caseload
from tests.optimiser.drawn_problems import EVERYTHING, problems
from tests.optimiser.every_plan import ways_in_all
from tests.optimiser.judged_by_plans import hold_against_every_plan

MOST_PLANS = 10_000

small = problems(most_workers=4, most_cases=6, among=EVERYTHING)


def in_parts(problem: AllocationProblem, most: int, threads: int, effort: float = 1.0) -> AllocationResult:
    """Solve in parts of so many workers at most."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules[levels.__name__], "WHOLE_UP_TO", 0)
        patch.setattr(sys.modules[parts.__name__], "LARGEST_PART", most)
        return caseload_by_caseload(problem, fairness=Fairness.SQUARES, effort=effort, threads=threads)


def hold(problem: AllocationProblem, most: int, threads: int) -> None:
    assume(ways_in_all(problem) <= MOST_PLANS)
    result = in_parts(problem, most, threads)
    event(f"{'by caseloads' if result.method.startswith('caseload') else 'left to one model'}: {result.status.value}")
    hold_against_every_plan(problem, result)


@settings(deadline=None, max_examples=40)
@given(problem=small, most=st.integers(1, 3), threads=st.integers(1, 2))
def test_no_bound_over_parts_is_false(problem: AllocationProblem, most: int, threads: int) -> None:
    hold(problem, most, threads)


def test_one_thread_and_two_give_the_same_answer() -> None:
    """Given a service whose parts have too little time to be proven, more threads find no other plan."""
    problem = generated_service(SHAPES["service"], 0)
    one, two = (in_parts(problem, 20, threads, effort=0.3) for threads in (1, 2))
    assert verify(problem, one).holds
    assert (one.plan, one.levels) == (two.plan, two.levels)


@pytest.mark.campaign
@settings(deadline=None, max_examples=5_000)
@given(problem=small, most=st.integers(1, 3), threads=st.integers(1, 2))
def test_no_bound_over_parts_is_false_on_very_many_problems(
    problem: AllocationProblem, most: int, threads: int
) -> None:
    hold(problem, most, threads)
