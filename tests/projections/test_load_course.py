"""A course of load, folded once, gives at every moment what the account of that moment says, whatever was said later."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation_engine.interfaces.generator import generate
from domain.events.base import EventRecord
from domain.events.case import CaseAssigned, CaseRiskReassessed
from domain.events.worker import WorkerAbsenceEnded, WorkerAbsenceStarted, WorkerRegistered
from domain.identifiers import CaseId, WorkerId
from domain.load.facts import CaseHistory, WorkerHistory
from domain.vocabulary import AbsenceKind, RiskLevel
from projections import WORKER_LOAD
from projections.fact_rows import FactRow
from projections.load_course import LoadCourse, course_of, fold, on_days
from projections.worker_load import account, case_histories, history_of
from tests.domain.load.service_history import C1, W1, W2, Happened, on_day, recorded
from tests.projections.crowded_service import crowded_service
from tests.projections.drawn_histories import rows_of
from tests.projections.test_load_columns import AS_EXACT_AS, MODEL, SERVICE, histories_put_right, moments

TOOK_A_CASE = [
    Happened(0, WorkerRegistered(worker_id=W1, fte=0.8)),
    Happened(1, CaseAssigned(case_id=C1, worker_id=W1)),
    Happened(2, CaseRiskReassessed(case_id=C1, risk=RiskLevel.HIGH)),
]


def assert_as_accounted(
    rows: Mapping[str, FactRow], worker: WorkerId, asked: list[datetime], known_at: datetime | None = None
) -> None:
    found = course_of(worker, rows, MODEL, known_at).points(asked)
    assert [one.at for one in found] == asked
    for point in found:
        own = account(worker, rows, MODEL, point.at, known_at)
        assert point.load.acute == pytest.approx(own.load.acute, rel=AS_EXACT_AS, abs=AS_EXACT_AS)
        assert point.load.cumulative == pytest.approx(own.load.cumulative, rel=AS_EXACT_AS, abs=AS_EXACT_AS)
        assert (point.capacity, point.held) == (own.capacity, len(own.held))
    shares = course_of(worker, rows, MODEL, known_at).shares(on_days(asked))
    for point, share in zip(found, shares, strict=True):
        assert share == (
            None if point.capacity is None else pytest.approx(point.load.total / point.capacity, rel=1e-12)
        )


@given(histories_put_right(), st.lists(moments, max_size=5), st.none() | moments)
def test_every_point_of_a_course_is_the_account_of_that_moment(
    told: list[EventRecord], asked: list[datetime], known_at: datetime | None
) -> None:
    rows = rows_of(WORKER_LOAD, told)
    for worker in (W1, W2):
        assert_as_accounted(rows, worker, asked, known_at)


@given(histories_put_right(), st.integers(0, 40), moments)
def test_a_course_that_goes_on_is_the_one_folded_from_the_beginning(
    told: list[EventRecord], number: int, asked: datetime
) -> None:
    earlier, later = rows_of(WORKER_LOAD, told[:number]), rows_of(WORKER_LOAD, told)
    for worker in (W1, W2):
        history, cases = _told(earlier, worker)
        before = fold(worker, history, cases, MODEL)
        history, cases = _told(later, worker)
        gone_on, anew = fold(worker, history, cases, MODEL, before), fold(worker, history, cases, MODEL)
        assert gone_on == anew
        assert LoadCourse(gone_on, MODEL).points([asked]) == LoadCourse(anew, MODEL).points([asked])


def test_news_at_the_end_go_on_from_where_the_course_was_and_late_news_do_not() -> None:
    history, cases = _told(rows_of(WORKER_LOAD, recorded(TOOK_A_CASE[:2])), W1)
    before = fold(W1, history, cases, MODEL)
    history, cases = _told(rows_of(WORKER_LOAD, recorded(TOOK_A_CASE)), W1)
    assert fold(W1, history, cases, MODEL, before).turns[0] is before.turns[0]
    late = Happened(0.5, CaseRiskReassessed(case_id=C1, risk=RiskLevel.LOW))
    history, cases = _told(rows_of(WORKER_LOAD, recorded([*TOOK_A_CASE[:2], late])), W1)
    assert fold(W1, history, cases, MODEL, before).turns[0] is not before.turns[0]


def _told(rows: Mapping[str, FactRow], worker: WorkerId) -> tuple[WorkerHistory, Mapping[CaseId, CaseHistory]]:
    history = history_of(f"worker:{worker}", rows)
    return history, case_histories(history, rows)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_everything_falls_together_a_course_holds_the_rules_of_one_moment(seed: int) -> None:
    rows = rows_of(WORKER_LOAD, crowded_service(seed))
    for worker in (W1, W2):
        assert_as_accounted(rows, worker, [on_day(day / 2) for day in range(-2, 150)])


def test_the_courses_of_a_generated_service_are_accounted_alike_week_by_week() -> None:
    rows = rows_of(WORKER_LOAD, list(generate(SERVICE, seed=7)))
    for key in sorted(rows)[-10:]:
        worker = WorkerId(key.removeprefix("worker:"))
        assert_as_accounted(rows, worker, [SERVICE.ends_at - timedelta(weeks=weeks) for weeks in range(60)])


def test_an_absence_shows_in_the_course_until_it_was_expected_to_end() -> None:
    leave = WorkerAbsenceStarted(worker_id=W1, kind=AbsenceKind.ANNUAL_LEAVE, expected_until=on_day(9))
    rows = rows_of(
        WORKER_LOAD, recorded([*TOOK_A_CASE, Happened(5, leave), Happened(12, WorkerAbsenceEnded(worker_id=W1))])
    )
    points = course_of(W1, rows, MODEL).points([on_day(day) for day in (4.9, 5, 8.9, 9, 11, 12)])
    assert [one.is_away for one in points] == [False, True, True, False, False, False]


def test_who_was_never_heard_of_carries_nothing_and_has_no_capacity() -> None:
    (point,) = course_of(W2, {}, MODEL).points([on_day(3)])
    assert (point.load.total, point.capacity, point.held, point.is_away) == (0.0, None, 0, False)


def test_a_course_is_folded_once_for_the_same_rows_and_numbers() -> None:
    rows = rows_of(WORKER_LOAD, recorded(TOOK_A_CASE))
    course = course_of(W1, rows, MODEL)
    assert course_of(W1, dict(rows), MODEL.model_copy()) is course
    assert course_of(W1, rows, MODEL, on_day(5)) is course_of(W1, rows, MODEL, on_day(5)) is not course
    for day in range(10):
        course_of(W1, rows, MODEL, on_day(day))
    assert_as_accounted(rows, W1, [on_day(6)])


def test_other_numbers_and_news_of_a_case_make_another_course() -> None:
    rows = rows_of(WORKER_LOAD, recorded(TOOK_A_CASE))
    course = course_of(W1, rows, MODEL)
    heavier = MODEL.model_copy(
        update={"full_time_capacity": MODEL.full_time_capacity.model_copy(update={"value": 50.0})}
    )
    assert (
        course_of(W1, rows, heavier).points([on_day(6)])[0].capacity == account(W1, rows, heavier, on_day(6)).capacity
    )
    later = rows_of(
        WORKER_LOAD, recorded([*TOOK_A_CASE, Happened(3, CaseRiskReassessed(case_id=C1, risk=RiskLevel.LOW))])
    )
    changed = {**rows, f"case:{C1}": later[f"case:{C1}"]}
    assert course_of(W1, changed, MODEL) is not course
    assert_as_accounted(changed, W1, [on_day(6)])
    assert_as_accounted({key: row for key, row in rows.items() if key.startswith("worker:")}, W1, [on_day(6)])
