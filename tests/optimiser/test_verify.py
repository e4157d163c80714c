"""An independent look finds what a result gets wrong."""

from dataclasses import replace
from math import inf, nan

import pytest

from allocation_engine.optimiser import (
    Aim,
    AllocationResult,
    Fairness,
    Level,
    SolveStatus,
    Stopped,
    solve,
    verify,
)
from domain.allocation import Candidate, CaseNeed
from domain.identifiers import CaseId, WorkerId
from tests.domain.allocation.rule_examples import EXAMPLES
from tests.domain.allocation.small_problems import C1, C2, W1, W2, plan, problem

PROBLEM = problem([W1, W2], [C1, C2])
RESULT = solve(PROBLEM, effort=2.0)
NAMES = [level.name for level in RESULT.levels]


def fixed(*pairs: tuple[CaseNeed, Candidate]) -> frozenset[tuple[CaseId, WorkerId]]:
    return frozenset((case.case_id, worker.worker_id) for case, worker in pairs)


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


def test_a_plan_or_a_score_without_a_status_for_it_is_caught() -> None:
    impossible = replace(PROBLEM, pinned=fixed((C1, W1), (C1, W2)))
    nothing = solve(impossible, effort=2.0)
    assert verify(impossible, nothing).holds
    false = replace(nothing, plan=plan((C1, W1)), score=RESULT.score)
    assert verify(impossible, false).wrong == (
        "a result that is infeasible holds a plan",
        "a result that is infeasible has a score",
    )


def test_impossible_is_caught_where_all_could_stay_as_it_is() -> None:
    held = replace(PROBLEM, cases=(replace(C1, current_worker_id=W1.worker_id), C2), pinned=fixed((C2, W2)))
    false = replace(RESULT, status=SolveStatus.INFEASIBLE, plan=plan(), score=None)
    assert verify(held, false).wrong == ("the result is infeasible, and to leave everything as it is keeps every rule",)


@pytest.mark.parametrize("name", ["unallocated, routine", "area and language", "continuity"])
def test_a_level_that_counts_is_never_a_fraction_off(name: str) -> None:
    assert not verify(PROBLEM, with_level(name, value=1e-6)).holds
    assert not verify(PROBLEM, with_level(name, bound=1e-6)).holds


@pytest.mark.parametrize(
    ("value", "bound"), [(nan, 0.0), (0.0, nan), (inf, 0.0), (0.0, -inf)], ids=["value", "bound", "large", "small"]
)
def test_a_level_that_is_no_number_is_caught(value: float, bound: float) -> None:
    levels = (*RESULT.levels[:-1], Level(RESULT.levels[-1].name, value, bound))
    assert (
        "continuity has a value or a bound that is no number" in verify(PROBLEM, replace(RESULT, levels=levels)).wrong
    )


def test_a_level_that_is_none_comes_twice_or_comes_out_of_its_turn_is_caught() -> None:
    first, second, *others = RESULT.levels
    made_up = verify(PROBLEM, replace(RESULT, levels=(Level("luck", 0, 0), *RESULT.levels)))
    assert made_up.wrong == ("luck is no level",)
    twice = verify(PROBLEM, replace(RESULT, levels=(*RESULT.levels, RESULT.levels[-1])))
    assert twice.wrong == ("continuity comes 2 times",)
    swapped = verify(PROBLEM, replace(RESULT, levels=(second, first, *others)))
    assert [wrong for wrong in swapped.wrong if "not in order" in wrong] == list(swapped.wrong) != []
    two = next(level for level in RESULT.levels if level.name == "sum of the 2 heaviest load ratios")
    three = replace(two, name="sum of the 3 heaviest load ratios")
    without = [level for level in RESULT.levels if level is not two]
    sums = verify(PROBLEM, replace(RESULT, levels=(three, two, *without)))
    assert "sum of the 3 heaviest load ratios, sum of the 2 heaviest load ratios are not in order" in sums.wrong


def test_aims_in_another_order_are_in_order() -> None:
    for aims in (tuple(reversed(Aim)), (Aim.NEXT_HEAVIEST, Aim.PLACED), (Aim.MATCH,)):
        costly = replace(PROBLEM, cost=((1.0, 2.0), (1.0, 2.0)))
        assert verify(costly, solve(costly, aims=aims, effort=2.0)).holds


def test_proven_with_a_gap_or_after_a_stop_is_caught() -> None:
    assert RESULT.status is SolveStatus.OPTIMAL
    name = "heaviest load ratio"
    assert verify(PROBLEM, with_level(name, bound=-0.01)).wrong == (f"the result is optimal, and {name} has a gap",)
    stopped = replace(RESULT, stopped=Stopped.TIME)
    assert verify(PROBLEM, stopped).wrong == ("the result is optimal, and the search ended early: time limit",)
    assert verify(PROBLEM, replace(stopped, status=SolveStatus.FEASIBLE)).holds
