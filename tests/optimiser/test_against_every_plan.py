"""On small problems nothing beats the solver, and it never breaks a rule: held against trying every plan."""

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import Fairness, SolveStatus, solve, verify
from domain.allocation import AllocationProblem
from tests.optimiser.drawn_problems import problems
from tests.optimiser.every_plan import best_worth, worth

EFFORT = 2.0


def no_plan_beats_the_solver(problem: AllocationProblem, fairness: Fairness) -> None:
    result = solve(problem, fairness=fairness, effort=EFFORT)
    event(f"{fairness.value}: {result.status.value}")
    assert verify(problem, result).holds, verify(problem, result)
    best = best_worth(problem, fairness)
    if best is None:
        assert result.status is SolveStatus.INFEASIBLE
        assert result.score is None
    else:
        assert result.score is not None
        if fairness is Fairness.LEXIMIN:  # tangents leave the sum of squares a rounding short of proven
            assert result.status is SolveStatus.OPTIMAL
        assert worth(problem, result.score, fairness) == best


@pytest.mark.parametrize("fairness", Fairness)
@settings(deadline=None, max_examples=200)
@given(problem=problems())
def test_no_plan_that_keeps_the_rules_beats_the_solver(fairness: Fairness, problem: AllocationProblem) -> None:
    no_plan_beats_the_solver(problem, fairness)


@pytest.mark.parametrize("fairness", Fairness)
@pytest.mark.campaign
@settings(deadline=None, max_examples=2_000)
@given(problem=problems())
def test_no_plan_beats_the_solver_on_very_many_problems(fairness: Fairness, problem: AllocationProblem) -> None:
    no_plan_beats_the_solver(problem, fairness)


@settings(deadline=None, max_examples=30)
@given(problem=problems(), seed=st.integers(1, 1_000))
def test_another_seed_finds_a_plan_that_is_worth_the_same(problem: AllocationProblem, seed: int) -> None:
    one, other = (solve(problem, seed=each, effort=EFFORT) for each in (0, seed))
    assert one.status == other.status
    if one.score is not None and other.score is not None:
        assert worth(problem, one.score, Fairness.LEXIMIN) == worth(problem, other.score, Fairness.LEXIMIN)
