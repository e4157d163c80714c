"""Solved caseload by caseload, small problems come out as by trying every plan: never beaten, no rule broken, no false bound."""

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import Fairness
from domain.allocation import AllocationProblem
from tests.optimiser.by_method import caseload_by_caseload
from tests.optimiser.drawn_problems import EVERYTHING, problems
from tests.optimiser.every_plan import ways_in_all
from tests.optimiser.judged_by_plans import hold_against_every_plan

MOST_PLANS = 10_000

small = problems(most_workers=4, most_cases=6, among=EVERYTHING)


def hold(problem: AllocationProblem, seed: int, threads: int) -> None:
    assume(ways_in_all(problem) <= MOST_PLANS)
    result = caseload_by_caseload(problem, fairness=Fairness.SQUARES, effort=1.0, seed=seed, threads=threads)
    event(f"{'by caseloads' if result.method.startswith('caseload') else 'left to one model'}: {result.status.value}")
    hold_against_every_plan(problem, result)


@settings(deadline=None, max_examples=250)
@given(problem=small, seed=st.integers(0, 3), threads=st.integers(1, 2))
def test_no_plan_beats_what_is_proven_and_no_bound_is_false(
    problem: AllocationProblem, seed: int, threads: int
) -> None:
    hold(problem, seed, threads)


@pytest.mark.campaign
@settings(deadline=None, max_examples=10_000)
@given(problem=small, seed=st.integers(0, 3), threads=st.integers(1, 2))
def test_no_bound_is_false_on_very_many_problems(problem: AllocationProblem, seed: int, threads: int) -> None:
    hold(problem, seed, threads)
