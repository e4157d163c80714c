"""What supervision is agreed, held and overdue, as at any moment and as known at any other."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import DomainEvent, EventRecord
from domain.events.practice import SupervisionCancelled, SupervisionMissed
from domain.events.worker import WorkerLeft
from domain.vocabulary import SupervisionKind
from projections import SUPERVISION
from projections.supervision import (
    NextSession,
    Standing,
    WorkerSupervision,
    agreed_sessions,
    held_between,
    lost_between,
    supervision,
)
from tests.projections.drawn_histories import rows_of
from tests.projections.practice_histories import CHIEF, A, B, agreed, back, day, leave, retracted, session, told

GRACE = 7
GROUP = SupervisionKind.GROUP


def of_worker(history: list[EventRecord], at: float, known_at: float | None = None) -> WorkerSupervision:
    known = None if known_at is None else day(known_at)
    return supervision(rows_of(SUPERVISION, history), day(at), known, grace_days=GRACE)[A]


def due(at: float, *history: tuple[float, DomainEvent]) -> NextSession:
    (found,) = of_worker(told(*history), at).next_sessions
    return found


def test_the_first_session_is_due_the_agreed_days_after_the_agreement() -> None:
    found = due(10, (0, agreed(28)))
    assert (found.due_at, found.last_held, found.standing, found.days_over) == (day(28), None, Standing.NOT_YET_DUE, 0)


@pytest.mark.parametrize(
    ("at", "standing", "over"),
    [(37.9, Standing.NOT_YET_DUE, 0), (38, Standing.DUE, 0), (45, Standing.DUE, 7), (46, Standing.OVERDUE, 8)],
)
def test_the_next_session_is_due_after_the_last_and_overdue_once_the_days_of_grace_are_over(
    at: float, standing: Standing, over: float
) -> None:
    found = due(at, (0, agreed(28)), (10, session()))
    assert (found.last_held, found.due_at) == (day(10), day(38))
    assert (found.standing, found.days_over) == (standing, over)


@pytest.mark.parametrize("lost", [SupervisionMissed, SupervisionCancelled])
def test_a_session_that_fell_through_is_still_owed(lost: type[SupervisionMissed | SupervisionCancelled]) -> None:
    event = lost(worker_id=A, supervisor_id=CHIEF, kind=SupervisionKind.ONE_TO_ONE)
    found = due(40, (0, agreed(28)), (28, event))
    assert (found.due_at, found.standing) == (day(28), Standing.OVERDUE)
    (one,) = of_worker(told((0, agreed(28)), (28, event)), 40).lost
    assert one.cancelled is (lost is SupervisionCancelled)


def test_a_session_given_by_somebody_else_meets_the_agreement_and_one_of_another_kind_does_not() -> None:
    history = told((0, agreed(28)), (5, session(kind=GROUP)), (10, session(supervisor=B)))
    found = of_worker(history, 20)
    assert [(one.kind, one.agreed) for one in found.held] == [(GROUP, False), (SupervisionKind.ONE_TO_ONE, True)]
    assert found.next_sessions[0].due_at == day(38)


def test_what_falls_due_on_leave_is_due_on_the_return() -> None:
    history = ((0, agreed(28)), (20, leave(until=50)))
    while_away = due(40, *history)
    assert (while_away.due_at, while_away.standing, while_away.days_over) == (day(50), Standing.ON_RETURN, 0)
    assert due(52, *history).standing is Standing.DUE
    late = due(58, *history)
    assert (late.due_at, late.standing, late.days_over) == (day(50), Standing.OVERDUE, 8)


def test_while_nobody_knows_the_return_the_day_is_not_known() -> None:
    found = due(40, (0, agreed(28)), (20, leave()))
    assert (found.due_at, found.standing) == (None, Standing.ON_RETURN)


def test_days_overdue_count_days_at_work_only() -> None:
    history = ((0, agreed(28)), (30, leave()), (50, back()))
    assert due(40, *history[:2]).standing is Standing.ON_RETURN
    after = due(55, *history)
    assert (after.due_at, after.days_over, after.standing) == (day(28), 7, Standing.DUE)


def test_leave_that_ends_before_the_due_day_changes_nothing() -> None:
    found = due(15, (0, agreed(28)), (10, leave(until=20)))
    assert (found.due_at, found.standing) == (day(28), Standing.NOT_YET_DUE)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([(0, agreed(28)), (10, agreed(14))], 14),
        ([(0, agreed(28)), (20, agreed(14))], 20),
        ([(0, agreed(28)), (35, agreed(56))], 28),
        ([(0, agreed(28)), (10, session()), (20, agreed(56))], 66),
    ],
    ids=["sooner", "not before it was agreed", "what was owed stays owed", "later, from the last session"],
)
def test_a_new_agreement_neither_forgives_what_is_owed_nor_asks_for_it_before_it_was_made(
    history: list[tuple[float, DomainEvent]], expected: float
) -> None:
    assert due(60, *history).due_at == day(expected)


def test_an_agreement_ends_when_the_worker_leaves() -> None:
    found = of_worker(told((0, agreed(28)), (14, WorkerLeft(worker_id=A))), 60)
    assert found.next_sessions == ()
    assert [(one.since, one.until) for one in found.agreements] == [(day(0), day(14))]
    assert agreed_sessions(found, day(0), day(60)) == pytest.approx(0.5)


def test_sessions_agreed_are_days_at_work_by_the_agreed_interval() -> None:
    history = told((0, agreed(28)), (0, agreed(14, kind=GROUP)), (28, leave()), (42, back()))
    found = of_worker(history, 84)
    assert agreed_sessions(found, day(0), day(84)) == pytest.approx(70 / 28 + 70 / 14)
    assert agreed_sessions(found, day(30), day(40)) == 0
    assert agreed_sessions(found, day(-50), day(0)) == 0


def test_a_period_begins_after_its_first_moment_and_ends_with_its_last() -> None:
    missed = SupervisionMissed(worker_id=A, supervisor_id=CHIEF, kind=SupervisionKind.ONE_TO_ONE)
    history = told((10, session()), (20, session()), (20, missed), (30, session()), (30, missed))
    found = of_worker(history, 50)
    assert [one.at for one in held_between(found, day(10), day(20))] == [day(20)]
    assert len(lost_between(found, day(20), day(30))) == 1


def test_sessions_given_to_others_are_in_their_records_and_not_in_the_supervisors() -> None:
    rows = rows_of(SUPERVISION, told((0, agreed(28)), (10, session(A, B))))
    found = supervision(rows, day(20), grace_days=GRACE)
    assert list(found) == ["w-a", "w-b", "w-chief"]
    assert [len(one.held) for one in found.values()] == [1, 1, 0]
    assert found[CHIEF].next_sessions == ()
    assert found[A].held[0].session_id == found[B].held[0].session_id


def test_what_was_not_known_then_did_not_count_then() -> None:
    history = [*told((0, agreed(28))), *told((20, session()), numbered_from=2, recorded=40)]
    assert of_worker(history, 37, known_at=37).next_sessions[0].standing is Standing.OVERDUE
    assert of_worker(history, 37).next_sessions[0].due_at == day(48)


def test_a_session_recorded_in_error_meets_nothing_once_it_is_retracted() -> None:
    first, second = told((0, agreed(28)), (20, session()))
    history = [first, second, retracted(second, on=38)]
    assert of_worker(history, 40).next_sessions[0].due_at == day(28)
    assert of_worker(history, 40, known_at=37).next_sessions[0].due_at == day(48)


moments = st.tuples(*[st.integers(min_value=0, max_value=80)] * 3).map(sorted)


@given(
    st.lists(
        st.tuples(
            st.integers(min_value=0, max_value=80),
            st.sampled_from([agreed(28), agreed(14), agreed(7, kind=GROUP), session(), leave(until=40), back()]),
        ),
        max_size=10,
    ),
    moments,
)
def test_sessions_agreed_and_held_add_up_over_parts_of_a_period(
    history: list[tuple[float, DomainEvent]], at: list[int]
) -> None:
    for found in supervision(rows_of(SUPERVISION, told(*history)), day(90), grace_days=GRACE).values():
        first, middle, last = map(day, at)
        parts = agreed_sessions(found, first, middle) + agreed_sessions(found, middle, last)
        assert isclose(agreed_sessions(found, first, last), parts, abs_tol=1e-9)
        held = held_between(found, first, middle) + held_between(found, middle, last)
        assert held == held_between(found, first, last)
