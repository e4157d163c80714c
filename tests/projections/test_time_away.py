"""When somebody was away: the same rule as the load model's, and days at work that add up."""

from datetime import datetime, timedelta
from math import inf, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation_engine.bootstrap import example_policy
from domain.events import DomainEvent
from domain.events.order import rank_of
from domain.events.worker import WorkerLeft, WorkerRegistered
from domain.load.facts_from_events import worker_facts
from domain.load.recovery import absences, days
from projections.time_away import days_at_work, first_day_at_work, times_away
from tests.projections.practice_histories import A, back, day, leave, told

History = list[tuple[float, DomainEvent]]


def away(*history: tuple[float, DomainEvent]) -> list[tuple[float, float | None]]:
    """Give stretches away as day numbers."""
    found = times_away((event, day(at)) for at, event in history)
    return [(_number(one.start), None if one.end is None else _number(one.end)) for one in found]


def _number(moment: datetime) -> float:
    return (moment - day(0)) / timedelta(days=1)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([(1, leave()), (5, back())], [(1, 5)]),
        ([(1, leave(until=5))], [(1, 5)]),
        ([(1, leave(until=5)), (3, back())], [(1, 3)]),
        ([(1, leave(until=5)), (9, back())], [(1, 9)]),
        ([(1, leave(until=5)), (9, leave(until=12))], [(1, 5), (9, 12)]),
        ([(1, leave()), (9, leave(until=12))], [(1, 9), (9, 12)]),
        ([(1, leave()), (4, WorkerLeft(worker_id=A))], [(1, 4)]),
        ([(1, leave())], [(1, None)]),
        ([(1, back()), (1, leave())], []),
    ],
    ids=[
        *("back", "until the expected day", "back early", "back late", "ended before the next", "ended by the next"),
        *("left", "open", "no length"),
    ],
)
def test_an_absence_ends_on_the_return_else_on_the_expected_day_the_next_absence_or_leaving(
    history: History, expected: list[tuple[float, float | None]]
) -> None:
    assert away(*history) == expected


moves = st.sampled_from([leave(), leave(until=6), leave(until=14), back(), WorkerLeft(worker_id=A)])
histories = st.lists(st.tuples(st.integers(min_value=0, max_value=12), moves), max_size=8).map(
    lambda drawn: sorted(drawn, key=lambda one: one[0])
)


@given(histories)
def test_it_reads_absences_as_the_load_model_does(history: History) -> None:
    registered = (0.0, WorkerRegistered(worker_id=A, fte=1.0))
    records = sorted(told(registered, *history), key=lambda one: (one.envelope.occurred_at, rank_of(type(one.event))))
    facts = tuple(fact for one in records for fact in worker_facts(one, A))
    by_load = [(one.start, one.end) for one in absences(facts, example_policy().load)]
    found = times_away((one.event, one.envelope.occurred_at) for one in records)
    assert [(days(one.start), inf if one.end is None else days(one.end)) for one in found] == by_load


@given(histories, st.tuples(*[st.floats(min_value=0, max_value=20)] * 3).map(sorted))
def test_days_at_work_add_up_over_parts_of_a_period(history: History, at: list[float]) -> None:
    gone = times_away((event, day(when)) for when, event in history)
    first, middle, last = map(day, at)
    whole = days_at_work(gone, first, last)
    parts = days_at_work(gone, first, middle) + days_at_work(gone, middle, last)
    assert isclose(whole, parts, abs_tol=1e-9)
    assert 0 <= whole <= at[2] - at[0] + 1e-9


@given(histories, st.integers(min_value=0, max_value=14))
def test_the_first_day_at_work_is_no_day_of_leave(history: History, at: int) -> None:
    gone = times_away((event, day(when)) for when, event in history)
    found = first_day_at_work(gone, day(at))
    if found is None:
        assert gone[-1].end is None
    else:
        assert found >= day(at)
        assert not any(one.covers(found) for one in gone)
        assert days_at_work(gone, day(at), found) == 0


def test_no_day_lies_in_a_period_that_ends_before_it_begins() -> None:
    assert days_at_work((), day(3), day(2)) == 0
