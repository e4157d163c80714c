"""Every bug that was found, by name."""

from dataclasses import replace

import pytest

from allocation_engine.optimiser import Fairness, SolveStatus, solve
from allocation_engine.optimiser.caseloads.eligibility import open_pairs
from domain.allocation import Caps, violations
from domain.allocation.rules.caseloads import HOURS_TOLERANCE
from domain.identifiers import CaseId
from domain.vocabulary import AssignmentRole, HarmType
from tests.domain.allocation.small_problems import C1, C2, W1, W2, plan, problem
from tests.optimiser.by_method import caseload_by_caseload, in_one_model
from tests.optimiser.judged_by_plans import refuted_by


@pytest.mark.parametrize("fairness", Fairness)
def test_a_plan_without_receivers_gained_one_at_a_later_level_bug(fairness: Fairness) -> None:
    # Kept, nobody receives anything. The load level was not held then, and the case moved to W2, whose area it is.
    held = replace(C1, current_worker_id=W1.worker_id, area="north", harm_types=(HarmType.GANGS,))
    near = replace(W2, area="north")
    example = problem([W1, near], [held], load=[[20.0, 5.0]], caps=Caps(moves_allowed=1))
    assert solve(example, fairness=fairness, effort=2.0).plan == plan((held, W1))


def test_a_limit_on_load_with_deviations_was_refused_caseload_by_caseload_bug() -> None:
    # Kinds of workers and cases are asked about in a problem without either; it has no variances, and was refused.
    uneven = [replace(worker, predicted_variance=25.0) for worker in (W1, W2)]
    example = replace(
        problem(uneven, [C1, C2]),
        caps=Caps(load_limit=0.5, deviations_above=2.0),
        added_variance=((4.0, 4.0), (4.0, 4.0)),
        added_variance_co=((1.0, 1.0), (1.0, 1.0)),
    )
    assert [pair.tolist() for pair in open_pairs(example, range(2), AssignmentRole.PRIMARY)] == [
        [0, 0, 1, 1],
        [0, 1, 0, 1],
    ]


def test_costs_summed_up_by_caseload_and_rounded_ruled_out_a_plan_that_costs_the_same_bug() -> None:
    # Both pairs cost 0.6 millionths whoever takes them: 1 step together, 1 + 1 apart, so apart was held to cost more.
    known = [replace(case, past_primaries=(worker.worker_id,)) for case, worker in ((C1, W1), (C2, W2))]
    example = replace(problem([W1, W2], known, load=0.0), cost=((6e-7, 6e-7), (6e-7, 6e-7)))
    found = caseload_by_caseload(example, fairness=Fairness.SQUARES, effort=1.0)
    assert not refuted_by(example, found.levels, [plan((known[0], W1), (known[1], W2))], proven=False)


@pytest.mark.parametrize("unit", [1.0, 27.0 / 7.0], ids=["on a grid", "on none"])
@pytest.mark.parametrize("fairness", Fairness)
def test_loads_that_add_up_to_the_same_were_rounded_apart_and_the_better_plan_was_ruled_out_bug(
    fairness: Fairness, unit: float
) -> None:
    # W1 to 5 + 10 or to 5 + 5 + 5 of 70: in millionths 214286 and 214287, so the latter was held to be heavier,
    # although W2 then carries 8 instead of 10 of 60.
    workers = [replace(W1, capacity=70.0 * unit), replace(W2, capacity=60.0 * unit)]
    four = [replace(C1, case_id=CaseId(f"c-{n}")) for n in range(4)]
    load = [[one * unit for one in row] for row in ([5.0, 5.0], [5.0, 5.0], [5.0, 8.0], [10.0, 8.0])]
    result = solve(problem(workers, four, load=load), fairness=fairness, effort=2.0)
    assert result.plan == plan(*((case, workers[0]) for case in four[:3]), (four[3], workers[1]))
    assert result.status is SolveStatus.OPTIMAL


@pytest.mark.parametrize("over", [1e-9, 0.0001], ids=["by rounding", "by a ten-thousandth"])
def test_hours_just_over_were_within_the_rule_and_not_within_the_models_bug(over: float) -> None:
    # A plan that the rule kept by its slack was held against a proof by a model that gave less slack.
    cases = [replace(C1, hours=1.0), replace(C2, hours=1.0 + over)]
    example = problem([replace(W1, hours_available=2.0, hours_taken=0.0)], cases)
    fit = 2 if over < HOURS_TOLERANCE / 2 else 1
    assert any(violations(example, plan(*((case, W1) for case in cases)))) is (fit < 2)
    for method in (in_one_model, caseload_by_caseload):
        assert len(method(example, fairness=Fairness.SQUARES, effort=1.0).plan.primary) == fit
