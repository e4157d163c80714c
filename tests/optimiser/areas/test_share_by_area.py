"""The sharing is as good as the best of all, the bound is never above it, and impossible means impossible."""

from math import inf

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser.areas import AreaAnswer, AreaProblem, share_by_area, team
from tests.optimiser.areas.drawn_areas import made_up, problems
from tests.optimiser.areas.every_share import areas, least_squares


def on(value: float, bound: float) -> bool:
    return True


def solved(problem: AreaProblem, effort: float = 5.0) -> AreaAnswer:
    answer = share_by_area(problem, effort=effort, keep_going=on)
    is_honest(problem, answer)
    return answer


def is_honest(problem: AreaProblem, answer: AreaAnswer) -> None:
    assert answer.bound <= answer.value
    assert answer.infeasible == (answer.bound == inf)
    if answer.value < inf:
        assert problem.holds(answer.groups)
        assert problem.value(answer.groups) == answer.value
    else:
        assert answer.groups == ()


def is_the_best(problem: AreaProblem, answer: AreaAnswer) -> None:
    least = least_squares(problem)
    event("cannot be solved" if least is None else answer.bound_by)
    assert answer.infeasible == (least is None)
    assert (answer.value, answer.bound) == ((inf, inf) if least is None else (least, least))


@settings(max_examples=200)
@given(problem=problems())
def test_no_sharing_that_keeps_the_rules_beats_the_answer(problem: AreaProblem) -> None:
    is_the_best(problem, solved(problem))


@pytest.mark.campaign
@settings(max_examples=20_000)
@given(problem=problems())
def test_no_sharing_beats_the_answer_on_very_many_problems(problem: AreaProblem) -> None:
    is_the_best(problem, solved(problem))


@settings(max_examples=100)
@given(problem=problems(), asked=st.integers(0, 12))
def test_stopped_at_any_moment_the_answer_is_honest(problem: AreaProblem, asked: int) -> None:
    told: list[tuple[float, float]] = []

    def keep_going(value: float, bound: float) -> bool:
        told.append((value, bound))
        return len(told) <= asked

    answer = share_by_area(problem, effort=5.0, keep_going=keep_going)
    is_honest(problem, answer)
    least = least_squares(problem)
    best = inf if least is None else least
    assert answer.bound <= best <= answer.value
    assert all(bound <= best <= value for value, bound in told)
    assert [value for value, _ in told] == sorted((value for value, _ in told), reverse=True)
    assert [bound for _, bound in told] == sorted(bound for _, bound in told)


@settings(max_examples=100)
@given(problem=problems(), effort=st.sampled_from([0.0, 1e-4, 1e-3, 5e-3]))
def test_with_little_effort_the_answer_is_honest(problem: AreaProblem, effort: float) -> None:
    answer = solved(problem, effort)
    least = least_squares(problem)
    assert answer.bound <= (inf if least is None else least) <= answer.value


@settings(max_examples=40)
@given(problem=problems())
def test_where_caseloads_are_too_many_to_list_plan_and_bound_are_still_honest(problem: AreaProblem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(team, "MOST_LISTED", (0, 0))
        patch.setattr(team, "TRIES_OF_A_ROUND", 30)
        answer = solved(problem)
    least = least_squares(problem)
    assert answer.bound <= (inf if least is None else least) <= answer.value


@settings(max_examples=100)
@given(problem=problems())
def test_a_search_among_few_of_the_caseloads_proves_nothing_too_much(problem: AreaProblem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(team, "MOST_SEARCHED", 2)
        is_the_best(problem, solved(problem))


def test_the_caseloads_are_searched_to_the_end_where_the_relaxation_leaves_a_gap() -> None:
    answer = solved(made_up(3, units=20, count=2, heaviest=10**6, workers=14, most=4))
    assert answer.value == answer.bound
    assert "searched" in answer.bound_by


def test_a_long_search_is_left_as_soon_as_the_caller_has_had_enough() -> None:
    problem = made_up(1, units=44, count=2, heaviest=10**6, workers=18, most=6)
    asked = iter(range(10_000))
    answer = share_by_area(problem, effort=600.0, keep_going=lambda _, __: next(asked) < 25)
    is_honest(problem, answer)
    assert answer.bound < answer.value < answer.bound * (1 + 1e-6)


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (AreaProblem(areas([5, 5, 5]), 1, 1, 2, None), "three units for one who takes two"),
        (AreaProblem(areas([5, 5, 5]), 4, 1, None, None), "three units for four of whom each takes one"),
        (AreaProblem(areas([5], [5]), 1, 1, None, None), "two areas for one worker"),
        (AreaProblem(areas([6, 6, 6]), 2, 1, None, 11), "two of three together are too much for one"),
        (AreaProblem(areas([11]), 1, 0, None, 10), "a unit too heavy for anybody"),
        (AreaProblem(areas([], []), 1, 1, None, None), "nothing for a worker who may not be idle"),
        (AreaProblem(areas([9, 1, 1]), 1, 2, 2, None), "a third unit alone"),
        (AreaProblem(areas([8, 8, 8]), 2, 1, None, 12), "24 fits two twelves, but eights make none"),
    ],
)
def test_what_cannot_be_is_said_to_be_impossible(problem: AreaProblem, why: str) -> None:
    assert least_squares(problem) is None, why
    assert solved(problem).infeasible, why


@pytest.mark.parametrize("problem", [AreaProblem((), 0, 1, None, None), AreaProblem(areas([], []), 3, 0, None, None)])
def test_without_units_there_is_nothing_to_do(problem: AreaProblem) -> None:
    answer = solved(problem)
    assert (answer.value, answer.bound, answer.groups) == (0, 0, tuple(() for _ in problem.loads))
