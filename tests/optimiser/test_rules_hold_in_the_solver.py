"""The solver keeps the very rules that are checked without it."""

from dataclasses import replace

import pytest

from allocation_engine.optimiser import SolveStatus, solve, verify
from allocation_engine.optimiser.constraints import CONSTRAINTS
from domain.allocation.rules import PAIR_RULES, RULES
from tests.domain.allocation.rule_examples import EXAMPLES

EFFORT = 2.0
OF_PAIRS = [rule.code for rule in PAIR_RULES]


def test_every_rule_of_plans_is_stated_to_the_solver_and_no_other() -> None:
    assert set(CONSTRAINTS) == {rule.code for rule in RULES} - set(OF_PAIRS)


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_solver_never_returns_the_violating_plan_even_if_it_is_pinned(code: str) -> None:
    example = EXAMPLES[code]
    pinned = replace(example.problem, pinned=example.problem.pinned | set(example.violating.primary.items()))
    result = solve(pinned, effort=EFFORT)
    assert result.plan != example.violating
    assert result.status in {SolveStatus.OPTIMAL, SolveStatus.INFEASIBLE}
    assert verify(pinned, result).holds


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_solver_returns_the_satisfying_plan_if_it_is_pinned(code: str) -> None:
    example = EXAMPLES[code]
    pinned = replace(example.problem, pinned=example.problem.pinned | set(example.satisfying.primary.items()))
    result = solve(pinned, effort=EFFORT)
    assert result.status is SolveStatus.OPTIMAL
    assert result.plan == example.satisfying


@pytest.mark.parametrize("code", OF_PAIRS)
def test_a_case_waits_rather_than_go_to_the_only_worker_whom_a_rule_refuses(code: str) -> None:
    whole = EXAMPLES[code].problem
    alone = replace(
        whole,
        workers=whole.workers[:1],
        added_load=tuple(row[:1] for row in whole.added_load),
        added_load_co=tuple(row[:1] for row in whole.added_load_co),
    )
    result = solve(alone, effort=EFFORT)
    assert result.status is SolveStatus.OPTIMAL
    assert not result.plan.primary
