"""What the views answer, as at any moment: who works here, who holds what, who waits, what each carries."""

from datetime import datetime, timedelta

import pytest

from allocation_engine.bootstrap import example_policy
from domain.events import DomainEvent, EventRecord
from domain.events.case import CaseAssigned, CaseClosed, CaseReassigned, CaseReferred, CaseRiskReassessed
from domain.events.worker import WorkerAbsenceStarted, WorkerHoursChanged, WorkerLeft, WorkerRegistered
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AbsenceKind, AssignmentRole, CareerStage, Priority, RiskLevel
from projections import CASELOAD, WAITING_CASES, WORKER_LOAD, WORKFORCE
from projections.caseload import caseloads
from projections.waiting_cases import waiting
from projections.worker_load import account
from projections.workforce import workforce
from tests.projections.drawn_histories import MONDAY, record, rows_of

A, B = WorkerId("w-a"), WorkerId("w-b")
ONE, TWO = CaseId("c-1"), CaseId("c-2")


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def told(*history: tuple[float, DomainEvent]) -> list[EventRecord]:
    return [record(number, event, day(at)) for number, (at, event) in enumerate(history, start=1)]


def held(history: list[EventRecord], at: float) -> dict[str, list[tuple[str, str, datetime]]]:
    found = caseloads(rows_of(CASELOAD, history), day(at))
    return {who: [(one.case.case_id, one.role.value, one.since) for one in cases] for who, cases in found.items()}


HANDED_OVER = told(
    (0, CaseReferred(case_id=ONE)),
    (1, CaseAssigned(case_id=ONE, worker_id=A)),
    (2, CaseReferred(case_id=TWO)),
    (3, CaseAssigned(case_id=TWO, worker_id=A)),
    (4, CaseAssigned(case_id=ONE, worker_id=B, role=AssignmentRole.CO_WORKER)),
    (6, CaseReassigned(case_id=TWO, from_worker_id=A, to_worker_id=B)),
    (8, CaseClosed(case_id=ONE)),
)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (0.5, {}),
        (1, {"w-a": [("c-1", "primary", day(1))]}),
        (5, {"w-a": [("c-1", "primary", day(1)), ("c-2", "primary", day(3))], "w-b": [("c-1", "co_worker", day(4))]}),
        (
            7,
            {"w-a": [("c-1", "primary", day(1))], "w-b": [("c-1", "co_worker", day(4)), ("c-2", "primary", day(6))]},
        ),
        (9, {"w-b": [("c-2", "primary", day(6))]}),
    ],
    ids=["nobody yet", "on the day itself", "with a co-worker", "handed over", "closed for all who held it"],
)
def test_a_caseload_is_that_of_the_day_asked_about(
    at: float, expected: dict[str, list[tuple[str, str, datetime]]]
) -> None:
    assert held(HANDED_OVER, at) == expected


def test_late_news_changes_what_is_told_of_that_day() -> None:
    late = record(99, CaseReassigned(case_id=ONE, from_worker_id=A, to_worker_id=B), day(2))
    before = held(HANDED_OVER, 5)["w-a"]
    after = held([*HANDED_OVER, late], 5)["w-a"]
    assert (len(before), after) == (2, [("c-2", "primary", day(3))])


def test_the_most_urgent_waits_first_and_then_the_longest_waiting() -> None:
    history = told(
        (0, CaseReferred(case_id=CaseId("c-routine-old"))),
        (1, CaseReferred(case_id=CaseId("c-high"), priority=Priority.HIGH)),
        (2, CaseReferred(case_id=CaseId("c-urgent-old"), priority=Priority.URGENT)),
        (3, CaseReferred(case_id=CaseId("c-urgent-new"), priority=Priority.URGENT)),
        (4, CaseReferred(case_id=CaseId("c-routine-new"))),
        (5, CaseReferred(case_id=CaseId("c-taken"), priority=Priority.URGENT)),
        (6, CaseAssigned(case_id=CaseId("c-taken"), worker_id=A)),
        (6, CaseReferred(case_id=CaseId("c-closed"), priority=Priority.URGENT)),
        (7, CaseClosed(case_id=CaseId("c-closed"))),
    )
    rows = rows_of(WAITING_CASES, history)
    now = waiting(rows, day(10))
    assert [(one.case.case_id, one.waiting_days) for one in now] == [
        ("c-urgent-old", 8.0),
        ("c-urgent-new", 7.0),
        ("c-high", 9.0),
        ("c-routine-old", 10.0),
        ("c-routine-new", 6.0),
    ]
    assert [one.case.case_id for one in waiting(rows, day(1))] == ["c-high", "c-routine-old"]


def test_a_case_with_a_co_worker_alone_still_waits() -> None:
    history = told(
        (0, CaseReferred(case_id=ONE)),
        (1, CaseAssigned(case_id=ONE, worker_id=A, role=AssignmentRole.CO_WORKER)),
    )
    assert [one.case.case_id for one in waiting(rows_of(WAITING_CASES, history), day(2))] == ["c-1"]


POSTS = told(
    (0, WorkerRegistered(worker_id=A, fte=0.5, stage=CareerStage.EXPERIENCED)),
    (1, WorkerRegistered(worker_id=B)),
    (3, WorkerHoursChanged(worker_id=A, fte=0.8)),
    (5, WorkerAbsenceStarted(worker_id=A, kind=AbsenceKind.SICKNESS)),
    (7, WorkerLeft(worker_id=A)),
)


def test_the_workforce_is_that_of_the_day_asked_about() -> None:
    rows = rows_of(WORKFORCE, POSTS)
    assert workforce(rows, day(-1)) == {}
    assert {who: post.fte for who, post in workforce(rows, day(2)).items()} == {"w-a": 0.5, "w-b": None}
    assert workforce(rows, day(4))[A].fte == 0.8
    assert [workforce(rows, day(at))[A].is_away(day(at)) for at in (4, 6)] == [False, True]
    assert list(workforce(rows, day(8))) == ["w-b"]


def test_a_worker_without_hours_has_no_capacity_figure_and_is_not_left_out() -> None:
    rows = rows_of(WORKER_LOAD, POSTS)
    parameters = example_policy().load
    unknown = account(B, rows, parameters, day(2))
    assert (unknown.capacity, unknown.headroom) == (None, None)
    assert unknown.gaps
    assert account(A, rows, parameters, day(2)).capacity == pytest.approx(50.0)
    assert account(A, rows, parameters, day(4)).capacity == pytest.approx(80.0)


def test_a_worker_nobody_told_of_carries_nothing_and_has_no_capacity_figure() -> None:
    stranger = account(WorkerId("w-stranger"), {}, example_policy().load, day(0))
    assert (stranger.load.total, stranger.capacity, stranger.held) == (0.0, None, ())


def test_load_grows_with_a_case_held_and_falls_after_it_is_handed_over() -> None:
    history = told(
        (0, WorkerRegistered(worker_id=A, fte=1.0, stage=CareerStage.EXPERIENCED)),
        (0, CaseReferred(case_id=ONE, risk=RiskLevel.HIGH, harm_types=())),
        (1, CaseAssigned(case_id=ONE, worker_id=A)),
        (10, CaseRiskReassessed(case_id=ONE, risk=RiskLevel.VERY_HIGH)),
        (20, CaseReassigned(case_id=ONE, from_worker_id=A, to_worker_id=B)),
    )
    rows, parameters = rows_of(WORKER_LOAD, history), example_policy().load
    mine = {at: account(A, rows, parameters, day(at)) for at in (1, 5, 15, 20, 30)}
    assert mine[1].load.total == 0.0
    assert mine[5].load.total < mine[15].load.total < mine[20].load.total
    assert mine[30].load.total < mine[20].load.total
    assert [[one.case_id for one in mine[at].held] for at in (5, 15, 30)] == [["c-1"], ["c-1"], []]
    assert [one.case_id for one in account(B, rows, parameters, day(30)).held] == ["c-1"]
