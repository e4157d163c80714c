"""On teams of a size that both methods can solve, neither refutes the other: no bound is above what the other's plan has."""

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import Fairness, SolveStatus, verify
from tests.optimiser.by_method import caseload_by_caseload, in_one_model
from tests.optimiser.drawn_problems import numbered_problem
from tests.optimiser.judged_by_plans import refuted_by

WORKERS, CASES = (6, 12), (10, 40)

numbers = st.integers(0, 10**9)


def methods_agree(number: int, effort: float) -> None:
    """Solve the problem of a number in both ways and both fairnesses, and hold every answer against every plan found."""
    problem = numbered_problem(number, WORKERS, CASES)
    seed = number % 5
    results = [in_one_model(problem, fairness=fairness, effort=effort, seed=seed) for fairness in Fairness]
    results += [
        caseload_by_caseload(problem, fairness=Fairness.SQUARES, effort=effort, seed=seed, threads=threads)
        for threads in (1, 2)
    ]
    assert results[2] == results[3], "threads change nothing"
    for result in results:
        event(f"{result.method.split()[0]} {result.status.value}")
        assert verify(problem, result).holds, verify(problem, result)
    plans = [result.plan for result in results if result.score is not None]
    assert not plans or all(result.status is not SolveStatus.INFEASIBLE for result in results)
    for result in results:
        assert not refuted_by(problem, result.levels, plans, proven=result.status is SolveStatus.OPTIMAL)


@settings(deadline=None, max_examples=10)
@given(number=numbers)
def test_neither_method_refutes_the_other(number: int) -> None:
    methods_agree(number, effort=1.0)


@pytest.mark.campaign
@settings(deadline=None, max_examples=1_000)
@given(number=numbers)
def test_neither_method_refutes_the_other_on_very_many_problems(number: int) -> None:
    methods_agree(number, effort=4.0)
