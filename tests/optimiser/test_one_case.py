"""A single case: every worker is looked at, so the plan is the best there is, and known to be."""

from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import event, given, settings

from allocation_engine.optimiser import Fairness, SolveStatus, solve
from allocation_engine.optimiser.aims import aims_of
from allocation_engine.optimiser.one_case import METHOD, solve_one_case
from allocation_engine.optimiser.request import Request
from allocation_engine.optimiser.watch import Limits, Watch
from domain.allocation import AllocationProblem
from tests.optimiser.drawn_problems import EVERYTHING, problems
from tests.optimiser.every_plan import best_worth, worth
from tests.optimiser.judged_by_plans import hold_against_every_plan

single = problems(most_workers=6, most_cases=1, among=EVERYTHING).filter(lambda problem: len(problem.cases) == 1)


@pytest.mark.parametrize("fairness", Fairness)
@settings(deadline=None, max_examples=300)
@given(problem=single)
def test_the_best_of_every_plan_is_found_and_proven(fairness: Fairness, problem: AllocationProblem) -> None:
    result = solve(problem, fairness=fairness)
    event(result.status.value)
    plans = hold_against_every_plan(problem, result)
    assert (None if result.score is None else worth(problem, result.score, fairness)) == best_worth(problem, fairness)
    if not any(worker.caseload_minimum for worker in problem.workers):
        assert result.method == METHOD
        assert result.status is (SolveStatus.OPTIMAL if plans else SolveStatus.INFEASIBLE)


@settings(deadline=None, max_examples=50)
@given(problem=problems(most_workers=3, most_cases=3).filter(lambda problem: len(problem.cases) != 1))
def test_what_is_not_one_case_is_left_to_others(problem: AllocationProblem) -> None:
    assert solve_one_case(_asked(problem)) is None


@settings(deadline=None, max_examples=50)
@given(problem=single)
def test_other_aims_are_left_to_others(problem: AllocationProblem) -> None:
    asked = _asked(problem)
    assert solve_one_case(replace(asked, aims=asked.aims[:2])) is None


def _asked(problem: AllocationProblem) -> Request:
    return Request(
        problem=problem,
        aims=aims_of(problem, Fairness.LEXIMIN),
        seed=0,
        effort=1.0,
        threads=1,
        start=None,
        watch=Watch(Limits(), perf_counter, None),
        on_level=lambda _: None,
    )
