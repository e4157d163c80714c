"""Steps of the model as affine maps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.load.affine import STANDSTILL, AffineStep, impulse, passing_of_time, session
from domain.load.exposure import TwoCompartments
from domain.load.recovery import ReliefStep
from tests.domain.load.service_history import PARAMETERS

points = st.floats(0, 200)
loads = st.builds(TwoCompartments, points, points)
stretches = st.builds(
    lambda length, multiplier, rate: passing_of_time(length, multiplier, rate, PARAMETERS),
    st.floats(0, 60),
    st.sampled_from([1.0, 1.5]),
    loads,
)
sessions = st.builds(session, st.builds(ReliefStep, st.just(0.0), st.floats(0, 0.2), st.floats(0, 0.2)))
steps = st.one_of(stretches, sessions, st.builds(impulse, loads))


def near(one: TwoCompartments, other: TwoCompartments) -> bool:
    return one.acute == pytest.approx(other.acute, rel=1e-12, abs=1e-12) and one.cumulative == pytest.approx(
        other.cumulative, rel=1e-12, abs=1e-12
    )


def same(one: AffineStep, other: AffineStep) -> bool:
    return near(one.keeps, other.keeps) and near(one.adds, other.adds)


@given(steps, steps, steps)
def test_steps_may_be_put_together_in_any_grouping(first: AffineStep, second: AffineStep, third: AffineStep) -> None:
    assert same(first.then(second).then(third), first.then(second.then(third)))


@given(steps, steps, loads)
def test_two_steps_put_together_take_a_load_where_the_two_in_turn_take_it(
    first: AffineStep, second: AffineStep, load: TwoCompartments
) -> None:
    assert near(first.then(second).of(load), second.of(first.of(load)))


@given(steps, loads)
def test_standing_still_changes_nothing(step: AffineStep, load: TwoCompartments) -> None:
    assert STANDSTILL.of(load) == load
    assert same(STANDSTILL.then(step), step)
    assert same(step.then(STANDSTILL), step)


@given(st.floats(0, 30), st.floats(0, 30), st.sampled_from([1.0, 1.5]), loads)
def test_time_may_be_cut_anywhere(before: float, after: float, multiplier: float, rate: TwoCompartments) -> None:
    whole = passing_of_time(before + after, multiplier, rate, PARAMETERS)
    cut = passing_of_time(before, multiplier, rate, PARAMETERS).then(
        passing_of_time(after, multiplier, rate, PARAMETERS)
    )
    assert same(whole, cut)
