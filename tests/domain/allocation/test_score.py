"""What a plan is worth, worked by hand."""

from dataclasses import replace
from math import inf

import pytest

from domain.allocation import score
from domain.allocation.score import MOST_WEEKS, load_ratio, mismatch_points, waiting_weight
from domain.vocabulary import HarmType, Priority
from tests.domain.allocation.small_problems import C1, C2, C3, GROUP, W1, W2, W3, plan, problem


@pytest.mark.parametrize(("days", "weight"), [(0, 1), (6.9, 1), (7, 2), (21, 4), (10_000, 1 + MOST_WEEKS)])
def test_a_waiting_case_weighs_one_and_one_for_each_whole_week_up_to_a_year(days: float, weight: int) -> None:
    assert waiting_weight(replace(C1, waiting_days=days)) == weight


def test_cases_left_waiting_count_under_their_own_priority() -> None:
    cases = [replace(C1, priority=Priority.URGENT), replace(C2, waiting_days=14.0), C3]
    assert score(problem([W1], cases), plan((C3, W1))).unallocated == (1, 0, 3)


def test_only_those_who_receive_something_count_towards_the_ratios_heaviest_first() -> None:
    # W1 carries 90 of 100 and receives nothing; W2 gets 10 on 20 of 50; W3 co-works for 4 on 0 of 100.
    workers = [replace(W1, predicted_load=90.0), replace(W2, predicted_load=20.0, capacity=50.0), W3]
    example = problem(workers, [replace(C1, needs_co_worker=True)])
    worth = score(example, plan((C1, W2), co_worker=[(C1, W3)]))
    assert worth.ratios == pytest.approx((0.6, 0.04))
    assert worth.squares == pytest.approx(0.6**2 - 0.4**2 + 0.04**2)


def test_squares_count_every_worker_whose_load_the_plan_raises_also_by_a_case_they_keep() -> None:
    # Two cases of 10 that W1 holds now: kept, (0.2)² = 0.04; one moved, 0.1² + 0.1² = 0.02.
    held = [replace(case, current_worker_id=W1.worker_id) for case in (C1, C2)]
    example = problem([W1, W2], held)
    assert score(example, plan((C1, W1), (C2, W1))).squares == pytest.approx(0.04)
    assert score(example, plan((C1, W1), (C2, W2))).squares == pytest.approx(0.02)


def test_a_worker_of_unknown_capacity_who_keeps_a_case_adds_nothing_to_the_squares() -> None:
    held = replace(C1, current_worker_id=W1.worker_id)
    assert score(problem([replace(W1, capacity=None)], [held]), plan((held, W1))).squares == 0


def test_load_over_no_known_capacity_is_without_limit_and_never_zero() -> None:
    for capacity in (None, 0.0):
        unknown = replace(W1, capacity=capacity)
        assert load_ratio(problem([unknown], [C1]), plan(), unknown) == inf


def test_each_harm_type_counts_its_largest_number_per_full_time_capacity_among_those_who_receive_it() -> None:
    # Gangs: W1 2 + 1 = 3; W2 holds 9 but receives none. Missing: W2 half-time 0 + 1, so 2 per full time.
    cases = [replace(C1, harm_types=(HarmType.GANGS,)), replace(C2, harm_types=(HarmType.MISSING,))]
    workers = [replace(W1, by_harm={HarmType.GANGS: 2}), replace(W2, capacity=50.0, by_harm={HarmType.GANGS: 9})]
    assert score(problem(workers, cases), plan((C1, W1), (C2, W2))).harm_balance == pytest.approx(3 + 2)


def test_another_area_and_each_missing_language_are_a_point_and_an_unknown_area_does_not_match() -> None:
    case = replace(C1, area="north", languages=frozenset({"cy", "so"}))
    assert mismatch_points(W1, case) == 3
    assert mismatch_points(replace(W1, area="north", languages=frozenset({"so"})), case) == 1
    assert mismatch_points(W1, C1) == 0


def test_a_case_that_goes_to_a_stranger_costs_a_point_only_where_somebody_knows_it() -> None:
    known = replace(C1, past_primaries=(W1.worker_id,))
    assert score(problem([W1, W2], [known]), plan((known, W1))).discontinuity == 0
    assert score(problem([W1, W2], [known]), plan((known, W2))).discontinuity == 1
    assert score(problem([W2], [known]), plan((known, W2))).discontinuity == 0


def test_whoever_holds_a_sibling_knows_the_case() -> None:
    sibling = replace(C1, sibling_group=GROUP)
    holder = replace(W1, sibling_groups=frozenset({GROUP}))
    assert score(problem([holder, W2], [sibling]), plan((sibling, W2))).discontinuity == 1


def test_a_held_case_that_moves_costs_a_point() -> None:
    held = replace(C1, current_worker_id=W1.worker_id)
    assert score(problem([W1, W2], [held]), plan((held, W1))).discontinuity == 0
    assert score(problem([W1, W2], [held]), plan((held, W2))).discontinuity == 1
