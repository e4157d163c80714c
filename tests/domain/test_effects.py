"""Before and after a session: windows that are cut between neighbours, and changes that count each worker once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.effects import Observed, OwnChange, Window, change, own_change, windows

START = datetime(2026, 3, 2, tzinfo=UTC)
TWO_WEEKS = timedelta(days=14)


def on(day: float) -> datetime:
    return START + timedelta(days=day)


def observed(*points: tuple[float, float]) -> list[Observed]:
    return [Observed(on(day), value) for day, value in points]


def test_a_window_reaches_as_far_before_a_session_as_after_it() -> None:
    assert list(windows([on(30)], TWO_WEEKS)) == [Window(on(16), on(30), on(44))]


def test_days_between_near_sessions_are_divided_in_the_middle_and_far_ones_left_alone() -> None:
    first, second, third = windows([on(0), on(10), on(50)], TWO_WEEKS)
    assert first == Window(on(-14), on(0), on(5))
    assert second == Window(on(5), on(10), on(24))
    assert third == Window(on(36), on(50), on(64))


@given(st.lists(st.floats(min_value=0, max_value=200), min_size=1, max_size=12).map(sorted))
def test_windows_never_overlap(days: list[float]) -> None:
    cut = list(windows([on(day) for day in days], TWO_WEEKS))
    assert all(one.start <= one.session <= one.end for one in cut)
    assert all(one.end <= other.start for one, other in pairwise(cut))


def test_a_change_is_the_mean_after_less_the_mean_before() -> None:
    window = Window(on(0), on(10), on(20))
    seen = observed((-1, 9), (0, 4), (5, 2), (10, 100), (11, 1), (19, 2), (20, 9))
    assert change(window, seen) == pytest.approx(1.5 - 3)


@pytest.mark.parametrize(
    "seen", [observed((5, 1)), observed((15, 1)), observed((10, 1)), observed((-3, 1), (25, 1)), []]
)
def test_without_an_observation_on_both_sides_there_is_no_change_to_tell(seen: list[Observed]) -> None:
    assert change(Window(on(0), on(10), on(20)), seen) is None


def test_a_worker_counts_once_with_the_mean_over_the_sessions_that_can_be_compared() -> None:
    seen = observed((25, 5), (35, 3), (85, 4), (95, 5), (195, 1))
    assert own_change([on(30), on(90), on(200)], seen, TWO_WEEKS) == OwnChange(fmean([-2, 1]), 2)
    assert own_change([], seen, TWO_WEEKS) is None
    assert own_change([on(200)], seen, TWO_WEEKS) is None


@given(
    st.lists(st.integers(min_value=0, max_value=120), min_size=1, max_size=8, unique=True).map(sorted),
    st.lists(st.tuples(st.integers(min_value=-10, max_value=130), st.floats(min_value=1, max_value=5)), max_size=30),
    st.floats(min_value=-3, max_value=3),
)
def test_a_level_that_is_the_same_everywhere_changes_nothing(
    sessions: list[int], points: list[tuple[int, float]], level: float
) -> None:
    moments = [on(day) for day in sessions]
    seen = observed(*sorted(points))
    raised = [Observed(one.at, one.value + level) for one in seen]
    before, after = own_change(moments, seen, TWO_WEEKS), own_change(moments, raised, TWO_WEEKS)
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert after.mean == pytest.approx(before.mean, abs=1e-9)
        assert after.sessions == before.sessions <= len(sessions)
