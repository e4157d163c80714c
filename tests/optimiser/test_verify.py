"""An independent look finds what a result gets wrong."""

from dataclasses import replace

import pytest

from allocation_engine.optimiser import AllocationResult, Fairness, Level, SolveStatus, solve, verify
from tests.domain.allocation.rule_examples import EXAMPLES
from tests.domain.allocation.small_problems import C1, C2, W1, W2, plan, problem

PROBLEM = problem([W1, W2], [C1, C2])
RESULT = solve(PROBLEM, effort=2.0)
NAMES = [level.name for level in RESULT.levels]


def with_level(name: str, *, value: float = 0.0, bound: float = 0.0) -> AllocationResult:
    """Add to one level's value and bound."""
    changed = (
        Level(one.name, one.value + value, one.bound + bound) if one.name == name else one for one in RESULT.levels
    )
    return replace(RESULT, levels=tuple(changed))


def test_an_honest_result_holds() -> None:
    assert verify(PROBLEM, RESULT).holds


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_plan_that_breaks_a_rule_is_caught_by_its_code(code: str) -> None:
    example = EXAMPLES[code]
    verdict = verify(example.problem, replace(solve(example.problem, effort=2.0), plan=example.violating))
    assert {rejection.code for rejection in verdict.broken} == {code}
    assert not verdict.holds


@pytest.mark.parametrize("name", NAMES)
def test_a_falsified_level_is_caught_by_its_name(name: str) -> None:
    assert any(name in wrong for wrong in verify(PROBLEM, with_level(name, value=1.0)).wrong)


@pytest.mark.parametrize("name", NAMES)
def test_a_bound_above_its_value_is_caught(name: str) -> None:
    assert f"{name} has a bound above its value" in verify(PROBLEM, with_level(name, bound=1.0)).wrong


def test_a_falsified_sum_of_squares_is_caught() -> None:
    result = solve(PROBLEM, fairness=Fairness.SQUARES, effort=2.0)
    [squares] = [level for level in result.levels if level.name == "sum of squared load ratios"]
    levels = tuple(replace(one, value=one.value + 1.0) if one is squares else one for one in result.levels)
    assert not verify(PROBLEM, replace(result, levels=levels)).holds


def test_a_falsified_score_is_caught() -> None:
    assert RESULT.score is not None
    false = replace(RESULT, score=replace(RESULT.score, mismatch=7))
    assert "the score is not the plan's own" in verify(PROBLEM, false).wrong


def test_a_plan_on_an_infeasible_result_is_caught() -> None:
    false = replace(RESULT, status=SolveStatus.INFEASIBLE, plan=plan((C1, W1)))
    assert verify(PROBLEM, false).wrong == ("a result that is infeasible holds a plan",)
