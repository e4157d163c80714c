"""Alternatives differ in as many cases and cost as little more as was asked, and where none is left that is so."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import Fairness, solve
from allocation_engine.optimiser.choices import alternatives
from allocation_engine.optimiser.choices.within import Limits, distance
from domain.allocation import AllocationProblem, score, violations
from tests.domain.allocation.small_problems import C1, C2, C3, W1, W2, W3, problem
from tests.optimiser.drawn_problems import problems
from tests.optimiser.every_plan import plans_that_keep_every_rule


@settings(deadline=None, max_examples=50)
@given(
    drawn=problems(most_workers=3, most_cases=3),
    differ_in=st.integers(1, 3),
    cost=st.sampled_from([0.0, 0.1, 0.5]),
    one_model_up_to=st.sampled_from([0, 1_000]),
)
def test_alternatives_differ_and_cost_as_asked(
    drawn: AllocationProblem, differ_in: int, cost: float, one_model_up_to: int
) -> None:
    result = solve(drawn, fairness=Fairness.SQUARES, effort=1.0)
    assume(result.score is not None)
    found = alternatives(drawn, result, k=3, differ_in=differ_in, cost_at_most=cost, one_model_up_to=one_model_up_to)
    plans = [result.plan, *(one.plan for one in found.plans)]
    for place, plan in enumerate(plans):
        assert not list(violations(drawn, plan))
        assert all(distance(plan, other) >= differ_in for other in plans[:place])
    assert result.score is not None
    limits = Limits.above(result.score, cost)
    assert all(limits.hold(score(drawn, plan)) for plan in plans)
    if found.no_more:
        others = [other for other in plans_that_keep_every_rule(drawn) if limits.hold(score(drawn, other))]
        assert not [one for one in others if all(distance(one, plan) >= differ_in for plan in plans)]


def test_of_two_equal_workers_the_other_one_is_an_alternative_and_there_is_no_third() -> None:
    example = problem([W1, W2], [C1])
    found = alternatives(example, solve(example), differ_in=1, cost_at_most=0.0)
    assert [one.sentence.split(": ")[1] for one in found.plans] == ["as good at every level."]
    assert found.no_more
    assert found.sentence == (
        "1 other plan that differs in 1 case or more and costs at most 0.0% more; it is proven that there are no more."
    )


@pytest.mark.parametrize(("cost", "number"), [(0.0, 0), (3.0, 1)])
def test_a_heavier_worker_is_an_alternative_if_it_may_cost_as_much(cost: float, number: int) -> None:
    example = problem(
        [W1, replace(W2, predicted_load=10.0)], [C1]
    )  # 0.20 rather than 0.10; squares 0.03 rather than 0.01
    found = alternatives(example, solve(example), differ_in=1, cost_at_most=cost)
    assert len(found.plans) == number
    assert found.no_more


def test_cases_are_exchanged_in_a_large_problem_where_nobody_has_room() -> None:
    workers = [replace(one, caseload_cap=1) for one in (W1, W2, W3)]
    example = problem(workers, [C1, C2, C3])
    found = alternatives(example, solve(example), k=1, differ_in=2, cost_at_most=0.0, one_model_up_to=0)
    assert len(found.plans) == 1
    assert len(found.plans[0].moved) == 2


def test_without_a_plan_there_is_no_alternative() -> None:
    example = problem([replace(W1, away=True)], [C1], pinned=[(C1, W1)])
    assert alternatives(example, solve(example)).plans == ()
