"""The load as it runs, and at many moments in one pass."""

from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import FactOutOfOrder
from domain.events.case import CaseAssigned, CaseReferred
from domain.events.worker import WorkerAbsenceEnded, WorkerAbsenceStarted, WorkerLeft, WorkerRegistered
from domain.load import PointInTime, RunningLoad, advance, apply, apply_to_case, load_account, timeline
from domain.load.over_time import in_order, take
from domain.load.recovery import days
from domain.vocabulary import AbsenceKind, CareerStage, RiskLevel
from tests.domain.load.service_history import C1, C2, PARAMETERS, W1, Happened, account_on, facts_of, on_day, recorded
from tests.domain.load.strategies import any_histories
from tests.domain.load.strategies import days as any_day

TOOK_C1 = Happened(0, CaseAssigned(case_id=C1, worker_id=W1))
REGISTERED = Happened(0, WorkerRegistered(worker_id=W1, fte=0.8, stage=CareerStage.EXPERIENCED))
LEAVE = Happened(3, WorkerAbsenceStarted(worker_id=W1, kind=AbsenceKind.ANNUAL_LEAVE, expected_until=on_day(8)))


def points(history: list[Happened], *on: float) -> tuple[PointInTime, ...]:
    facts, cases = facts_of(recorded(history))
    return timeline(W1, facts, cases, PARAMETERS, (on_day(day) for day in on))


def state_after(history: list[Happened]) -> RunningLoad:
    facts, cases = facts_of(recorded(history))
    state = RunningLoad(W1)
    for fact in in_order(facts, cases):
        state = take(state, fact, PARAMETERS)
    return state


@settings(deadline=None, max_examples=100)
@given(any_histories, st.lists(any_day, max_size=8))
def test_every_point_of_a_timeline_is_the_account_of_that_moment(history: list[Happened], on: list[float]) -> None:
    found = points(history, *on)
    assert [point.at for point in found] == [on_day(day) for day in sorted(on)]
    facts, cases = facts_of(recorded(history))
    for point in found:
        account = load_account(W1, facts, cases, PARAMETERS, point.at)
        assert point.load.acute == pytest.approx(account.load.acute, rel=1e-9, abs=1e-9)
        assert point.load.cumulative == pytest.approx(account.load.cumulative, rel=1e-9, abs=1e-9)
        assert point.capacity == account.capacity
        assert point.held == len(account.held)


@settings(deadline=None, max_examples=60)
@given(any_histories, st.lists(st.floats(0, 30), max_size=6))
def test_looking_at_the_load_on_the_way_does_not_change_it(history: list[Happened], waits: list[float]) -> None:
    start = advance(state_after(history), days(on_day(60)), PARAMETERS)
    stopping = start
    for wait in waits:
        stopping = advance(stopping, stopping.at + wait, PARAMETERS)
    straight = advance(start, stopping.at, PARAMETERS)
    assert stopping.load.acute == pytest.approx(straight.load.acute, rel=1e-9, abs=1e-12)
    assert stopping.load.cumulative == pytest.approx(straight.load.cumulative, rel=1e-9, abs=1e-12)


def test_a_worker_back_later_than_expected_was_away_all_the_while() -> None:
    history = [TOOK_C1, LEAVE, Happened(12, WorkerAbsenceEnded(worker_id=W1))]
    away, thought_back, known_back = points(history, 5, 11.9, 12)
    assert (away.is_away, thought_back.is_away, known_back.is_away) == (True, False, False)
    assert known_back.load.total < thought_back.load.total
    assert known_back.load.total == pytest.approx(account_on(12, history).load.total, rel=1e-12)


def test_leaving_while_overdue_from_leave_keeps_what_was_thought_so_far() -> None:
    history = [TOOK_C1, LEAVE, Happened(12, WorkerLeft(worker_id=W1))]
    before, after = points(history, 11.999, 12)
    assert after.load.total == pytest.approx(before.load.total, rel=1e-2)
    assert (after.held, after.capacity) == (0, None)


def test_who_leaves_while_on_leave_recovers_at_the_usual_speed_from_then_on() -> None:
    left = Happened(5, WorkerLeft(worker_id=W1))
    gone, later = points([TOOK_C1, LEAVE, left], 5, 12)
    assert later.load.acute == pytest.approx(gone.load.acute * exp(-7 / 7), rel=1e-12)
    assert not later.is_away


def test_before_anything_is_known_there_is_no_load_and_no_capacity_figure() -> None:
    (point,) = points([Happened(5, REGISTERED.event)], 2)
    assert (point.load.total, point.capacity, point.held, point.is_away) == (0, None, 0, False)


def test_a_case_the_worker_never_held_counts_in_nothing() -> None:
    facts, cases = facts_of(recorded([TOOK_C1, Happened(0, CaseReferred(case_id=C2, risk=RiskLevel.VERY_HIGH))]))
    assert [case_id for case_id, _ in in_order(facts, cases)] == [None, C1]


def test_late_news_is_refused_and_the_refusal_says_what_to_do() -> None:
    state = state_after([REGISTERED, LEAVE])
    facts, cases = facts_of(recorded([Happened(1, WorkerAbsenceEnded(worker_id=W1)), TOOK_C1]))
    with pytest.raises(FactOutOfOrder, match="replay it from the worker's facts") as refused:
        apply(state, facts[0], PARAMETERS)
    assert (refused.value.worker_id, refused.value.already_at) == (W1, on_day(3))
    with pytest.raises(FactOutOfOrder):
        apply_to_case(state, C1, cases[C1][0], PARAMETERS)
    with pytest.raises(FactOutOfOrder):
        advance(state, days(on_day(2)), PARAMETERS)


def test_a_fact_that_comes_earlier_within_the_same_moment_is_late_too() -> None:
    left = state_after([Happened(3, WorkerLeft(worker_id=W1))])
    (taken,), _ = facts_of(recorded([Happened(3, TOOK_C1.event)]))
    with pytest.raises(FactOutOfOrder):
        apply(left, taken, PARAMETERS)
