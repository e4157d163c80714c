"""A problem refuses parts that do not fit, and survives a trip through JSON."""

from dataclasses import replace
from math import nan

import pytest

from domain.allocation import AllocationProblem
from domain.vocabulary import HarmType, RiskLevel
from tests.domain.allocation.rule_examples import EXAMPLES
from tests.domain.allocation.small_problems import C1, C2, GROUP, W1, W2, W3, Figures, plan, problem


@pytest.mark.parametrize(
    ("load", "message"),
    [
        ([[1.0, 1.0]], r"added_load has 1 rows for 2 cases"),
        ([[1.0, 1.0], [1.0]], r"added_load\[1\] has 1 entries for 2 workers"),
        ([[1.0, 1.0], [1.0, -0.5]], r"added_load\[1\] holds a figure below zero or not a number"),
        ([[1.0, nan], [1.0, 1.0]], r"added_load\[0\] holds a figure below zero or not a number"),
    ],
)
def test_figures_that_do_not_fit_are_refused_by_their_place(load: Figures, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        problem([W1, W2], [C1, C2], load=load)
    with pytest.raises(ValueError, match=message.replace("added_load", "added_load_co")):
        problem([W1, W2], [C1, C2], co_load=load)


def test_a_capacity_below_zero_is_refused_by_its_place() -> None:
    with pytest.raises(ValueError, match=r"workers\[1\]\.capacity is below zero"):
        problem([W1, replace(W2, capacity=-1.0)], [C1])


def test_a_worker_or_a_case_that_appears_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="a worker appears twice"):
        problem([W1, W1], [C1])
    with pytest.raises(ValueError, match="a case appears twice"):
        problem([W1], [C1, C1])


def test_a_pinned_or_forbidden_pair_outside_the_problem_is_refused_by_its_ids() -> None:
    with pytest.raises(ValueError, match="c-2 and w-1"):
        problem([W1], [C1], pinned=[(C2, W1)])
    with pytest.raises(ValueError, match="c-1 and w-2"):
        problem([W1], [C1], forbidden=[(C1, W2)])


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_problem_comes_back_from_json_as_it_was(code: str) -> None:
    example = EXAMPLES[code].problem
    assert AllocationProblem.from_json(example.to_json()) == example


def test_unknown_capacity_risk_and_harm_come_back_from_json_as_unknown() -> None:
    back = AllocationProblem.from_json(problem([replace(W1, capacity=None)], [C1]).to_json())
    assert (back.workers[0].capacity, back.cases[0].risk, back.cases[0].harm_types) == (None, None, None)


def test_workers_and_cases_are_found_by_id() -> None:
    example = problem([W1, W2], [C1, C2])
    assert (example.worker(W2.worker_id), example.case(C2.case_id)) == (W2, C2)


@pytest.mark.parametrize(
    ("risk", "expected"),
    [(None, False), (RiskLevel.MEDIUM, False), (RiskLevel.HIGH, True), (RiskLevel.VERY_HIGH, True)],
)
def test_high_risk_is_high_or_very_high_and_never_unknown(risk: RiskLevel | None, expected: bool) -> None:  # noqa: FBT001
    assert replace(C1, risk=risk).is_high_risk is expected


def test_keeping_a_case_is_not_receiving_and_co_working_is() -> None:
    held = replace(C1, current_worker_id=W1.worker_id, harm_types=(HarmType.GANGS,), sibling_group=GROUP)
    example = problem([W1, W2, W3], [held, C2])
    answer = plan((held, W1), (C2, W2), co_worker=[(C2, W3)])
    assert answer.receivers(example) == {W2.worker_id, W3.worker_id}
    assert answer.primaries_of(W1.worker_id) == (C1.case_id,)
    assert answer.co_working_of(W3.worker_id) == (C2.case_id,)
