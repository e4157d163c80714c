"""No point of the frontier is beaten by a plan there is, and on small problems none is missing."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import Aim, solve
from allocation_engine.optimiser.choices import frontier
from domain.allocation import AllocationProblem, Score, score, violations
from tests.domain.allocation.small_problems import C1, C2, W1, W2, W3, problem
from tests.optimiser.drawn_problems import problems
from tests.optimiser.every_plan import plans_that_keep_every_rule

Worth = tuple[float, int, int]
NEAR = 1e-4


def worth(found: Score, balance: Aim) -> Worth:
    even = found.squares if balance is Aim.SQUARES else max(found.ratios, default=0.0)
    return even, found.mismatch, found.discontinuity


def beats(one: Worth, other: Worth, by: float) -> bool:
    return one[0] <= other[0] - by and one[1] <= other[1] and one[2] <= other[2]


@settings(deadline=None, max_examples=15)
@given(drawn=problems(most_workers=3, most_cases=3), balance=st.sampled_from([Aim.SQUARES, Aim.HEAVIEST]))
def test_the_points_are_those_of_every_plan(drawn: AllocationProblem, balance: Aim) -> None:
    result = solve(drawn, effort=1.0)
    assume(result.score is not None)
    assert result.score is not None
    found = frontier(drawn, result, balance=balance, values=50)
    for point in found.points:
        assert not list(violations(drawn, point.plan))
        assert worth(score(drawn, point.plan), balance) == (point.balance, point.mismatch, point.discontinuity)
    scores = [score(drawn, plan) for plan in plans_that_keep_every_rule(drawn)]
    there = {worth(one, balance) for one in scores if one.unallocated == result.score.unallocated}
    points = [(point.balance, point.mismatch, point.discontinuity) for point in found.points]
    assert found.complete
    for one in there:
        assert any(beats(at, one, -NEAR) for at in points), (one, points)
    for at in points:
        assert not any(beats(one, at, NEAR) for one in there)


@settings(deadline=None, max_examples=25)
@given(drawn=problems(most_workers=3, most_cases=4))
def test_points_of_a_large_problem_keep_every_rule_and_do_not_beat_each_other(drawn: AllocationProblem) -> None:
    result = solve(drawn, effort=1.0)
    assume(result.score is not None)
    found = frontier(drawn, result, one_model_up_to=0)
    points = [(point.balance, point.mismatch, point.discontinuity) for point in found.points]
    assert points
    for place, point in enumerate(found.points):
        assert not list(violations(drawn, point.plan))
        assert result.score is not None
        assert point.score.unallocated == result.score.unallocated
        assert not any(beats(other, points[place], 0.0) for other in points if other is not points[place])
    assert not found.complete


def example() -> AllocationProblem:
    """Give a problem in which the matched worker is the loaded one, and the one who knows the case is more so."""
    matched = replace(W2, predicted_load=20.0, area="north")
    known = replace(W3, predicted_load=40.0)
    return problem([W1, matched, known], [replace(C1, area="north", past_primaries=(known.worker_id,))])


def test_balance_is_traded_for_match_and_continuity() -> None:
    found = frontier(example(), solve(example()))
    assert [(point.mismatch, point.discontinuity) for point in found.points] == [(1, 1), (0, 1), (1, 0)]
    assert [next(iter(point.plan.primary.values())) for point in found.points] == ["w-1", "w-2", "w-3"]
    assert found.complete
    assert found.sentence == (
        "3 plans of which none is better at one without being worse at another; there are no others."
    )


def test_with_few_values_it_says_that_there_may_be_others() -> None:
    areas = [replace(one, area=area) for one, area in ((W1, "south"), (W2, "north"))]
    cases = [replace(one, area="north") for one in (C1, C2)]
    found = frontier(problem(areas, cases), solve(problem(areas, cases)), values=2)
    assert [point.mismatch for point in found.points] == [1, 0]


def test_without_a_plan_there_is_nothing_to_trade() -> None:
    none = problem([replace(W1, away=True)], [C1], pinned=[(C1, W1)])
    assert frontier(none, solve(none)).points == ()


def test_in_a_large_problem_cases_are_passed_on_to_whom_they_match() -> None:
    south, north = replace(W1, area="south"), replace(W2, area="north", predicted_load=5.0)
    cases = [replace(one, area="north") for one in (C1, C2)]
    large = problem([south, north], cases)
    for balance in (Aim.SQUARES, Aim.HEAVIEST):
        found = frontier(large, solve(large), balance=balance, one_model_up_to=0)
        assert [point.mismatch for point in found.points] == [1, 0]
        assert found.sentence.endswith("there may be others between them.")
