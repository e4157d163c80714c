"""A worker's timeline tells the load account at every moment, what happened, and nothing of why somebody was away."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import TypeAdapter

from allocation_engine.engine import Engine
from allocation_engine.planning import read_situation
from allocation_engine.reporting.markers import MarkerKind
from allocation_engine.reporting.timeline import LoadPoint, Stretch, WorkerTimeline, stretches_over, worker_timeline
from domain.events.case import CaseAssigned, CaseClosed, CaseReassigned, CaseReferred, CaseRiskReassessed
from domain.events.practice import CriticalIncidentRecorded, Exposure, SupervisionHeld
from domain.events.worker import WorkerAbsenceStarted, WorkerHoursChanged, WorkerLeft
from domain.identifiers import CaseId, IncidentId, WorkerId
from domain.vocabulary import (
    AbsenceKind,
    AssignmentRole,
    ExposureRoute,
    IncidentKind,
    RiskLevel,
    Severity,
    SupervisionKind,
)
from tests.planning.given import START, case, engine_on, given, worker

W1, W2, S1 = WorkerId("w-1"), WorkerId("w-2"), WorkerId("s-1")
C1, C2 = CaseId("c-1"), CaseId("c-2")
SECOND = timedelta(seconds=1)


def ago(days: float) -> datetime:
    return START - timedelta(days=days)


def incident(severity: Severity = Severity.SEVERE, number: int = 1) -> CriticalIncidentRecorded:
    exposure = Exposure(worker_id=W1, route=ExposureRoute.DIRECT)
    return CriticalIncidentRecorded(
        incident_id=IncidentId(f"i-{number}"), kind=IncidentKind.DEATH, severity=severity, exposures=(exposure,)
    )


@pytest.fixture
def engine() -> Iterator[Engine]:
    """A worker with a course: two cases, an incident, supervision, an illness, a case passed on and one closed."""
    with engine_on("memory://") as opened:
        given(opened, worker("w-1", fte=0.6), worker("w-2"), worker("s-1"), at=ago(100))
        given(opened, case("c-1"), case("c-2", RiskLevel.LOW), at=ago(90))
        given(opened, CaseAssigned(case_id=C1, worker_id=W1), CaseAssigned(case_id=C2, worker_id=W1), at=ago(80))
        given(opened, CaseRiskReassessed(case_id=C1, risk=RiskLevel.VERY_HIGH), at=ago(60))
        given(opened, *(incident(number=number) for number in range(4)), at=ago(50))
        held = SupervisionHeld(supervisor_id=S1, worker_ids=(W1,), kind=SupervisionKind.ONE_TO_ONE, minutes=60)
        given(opened, held, at=ago(45))
        sick = WorkerAbsenceStarted(worker_id=W1, kind=AbsenceKind.SICKNESS, expected_until=ago(30))
        given(opened, sick, at=ago(40))
        given(opened, CaseReassigned(case_id=C1, from_worker_id=W1, to_worker_id=W2), at=ago(20))
        given(opened, CaseClosed(case_id=C2), at=ago(10))
        yield opened


def drawn_up(
    engine: Engine, since: float = 120, as_at: datetime = START, known_at: datetime | None = None
) -> WorkerTimeline:
    return worker_timeline(engine.store, engine.example_policy, W1, ago(since), as_at, known_at)


def test_every_point_is_the_load_account_at_that_moment(engine: Engine) -> None:
    points = drawn_up(engine).points
    for point in points[:: len(points) // 25]:
        situation = read_situation(engine.store, engine.example_policy, point.at)
        if point.at < ago(100):
            assert point.capacity is None
            continue
        account = situation.accounts[W1]
        assert point.acute == pytest.approx(account.load.acute, rel=1e-9, abs=1e-9)
        assert point.cumulative == pytest.approx(account.load.cumulative, rel=1e-9, abs=1e-9)
        assert (point.capacity, point.held) == (account.capacity, len(account.held))


def test_a_jump_has_a_point_on_either_side(engine: Engine) -> None:
    at = {point.at: point.total for point in drawn_up(engine).points}
    moment = ago(50)
    assert at[moment] > at[moment - timedelta(microseconds=1)] + 10


def test_what_happened_is_marked_once_each_and_in_order(engine: Engine) -> None:
    told = [(one.kind, one.subject, one.at) for one in drawn_up(engine).markers]
    assert told == [
        (MarkerKind.CASE_TAKEN, "c-1", ago(80)),
        (MarkerKind.CASE_TAKEN, "c-2", ago(80) + SECOND),
        (MarkerKind.RISK_RAISED, "c-1", ago(60)),
        *((MarkerKind.INCIDENT, f"i-{number}", ago(50) + number * SECOND) for number in range(4)),
        (MarkerKind.SUPERVISION_HELD, None, ago(45)),
        (MarkerKind.CASE_GIVEN_UP, "c-1", ago(20)),
        (MarkerKind.CASE_GIVEN_UP, "c-2", ago(10)),
    ]


def test_only_what_happened_within_the_time_is_marked(engine: Engine) -> None:
    kinds = [one.kind for one in drawn_up(engine, since=55, as_at=ago(15)).markers]
    assert kinds == [*[MarkerKind.INCIDENT] * 4, MarkerKind.SUPERVISION_HELD, MarkerKind.CASE_GIVEN_UP]


def test_risk_that_was_not_known_before_has_not_risen() -> None:
    with engine_on("memory://") as engine:
        given(engine, worker("w-1"), CaseReferred(case_id=C1), CaseAssigned(case_id=C1, worker_id=W1), at=ago(9))
        given(engine, CaseRiskReassessed(case_id=C1, risk=RiskLevel.VERY_HIGH), at=ago(8))
        given(engine, CaseRiskReassessed(case_id=C1, risk=RiskLevel.LOW), at=ago(7))
        assert [one.kind for one in drawn_up(engine).markers] == [MarkerKind.CASE_TAKEN]


def test_a_case_that_is_taken_again_is_marked_again_and_a_change_of_role_is_not() -> None:
    with engine_on("memory://") as engine:
        given(engine, worker("w-1"), case("c-1"), at=ago(9))
        given(engine, CaseAssigned(case_id=C1, worker_id=W1, role=AssignmentRole.CO_WORKER), at=ago(8))
        given(engine, CaseAssigned(case_id=C1, worker_id=W1), at=ago(7))
        given(engine, CaseReassigned(case_id=C1, from_worker_id=W1, to_worker_id=W2), at=ago(6))
        given(engine, CaseReassigned(case_id=C1, from_worker_id=W2, to_worker_id=W1), at=ago(5))
        kinds = [one.kind for one in drawn_up(engine).markers]
        assert kinds == [MarkerKind.CASE_TAKEN, MarkerKind.CASE_GIVEN_UP, MarkerKind.CASE_TAKEN]


def test_going_over_capacity_is_dated_to_the_event_that_did_it(engine: Engine) -> None:
    (over,) = drawn_up(engine).over_capacity
    assert ago(50) <= over.start <= ago(50) + 3 * SECOND
    assert over.end < ago(30)


def test_an_absence_is_shown_without_its_reason_and_within_the_time(engine: Engine) -> None:
    shown = drawn_up(engine, since=35)
    assert shown.absences == (Stretch(ago(35), ago(30)),)
    told = TypeAdapter(WorkerTimeline).dump_json(shown).decode()
    assert "sickness" not in told


def test_there_is_no_capacity_before_the_worker_joins_or_after_they_leave(engine: Engine) -> None:
    given(engine, WorkerLeft(worker_id=W1), at=ago(5))
    shown = drawn_up(engine)
    assert shown.not_in_post == (Stretch(ago(120), ago(100)), Stretch(ago(5), START))
    known = [point.at for point in shown.points if point.capacity is not None]
    assert (known[0], known[-1] < ago(5)) == (ago(100), True)


def test_unrecorded_hours_leave_a_gap_and_not_a_nought() -> None:
    with engine_on("memory://") as engine:
        given(engine, worker("w-1", fte=None), at=ago(100))
        given(engine, *(incident(number=number) for number in range(9)), at=ago(50))
        given(engine, WorkerHoursChanged(worker_id=W1, fte=0.5), at=ago(10))
        shown = drawn_up(engine)
        assert {point.capacity for point in shown.points if point.at < ago(10)} == {None}
        assert {point.capacity for point in shown.points if point.at >= ago(10)} == {50.0}
        assert all(one.start >= ago(10) for one in shown.over_capacity)
        assert shown.not_in_post == (Stretch(ago(120), ago(100)),)


def test_what_was_learned_later_is_left_out_as_known_then(engine: Engine) -> None:
    shown = drawn_up(engine, known_at=ago(55))
    assert {one.kind for one in shown.markers} == {MarkerKind.CASE_TAKEN, MarkerKind.RISK_RAISED}
    assert shown.over_capacity == shown.absences == ()


def test_a_timeline_goes_into_json_and_back(engine: Engine) -> None:
    adapter, shown = TypeAdapter(WorkerTimeline), drawn_up(engine)
    assert adapter.validate_json(adapter.dump_json(shown)) == shown


def test_a_worker_nothing_is_known_of_has_an_empty_course() -> None:
    with engine_on("memory://") as engine:
        shown = drawn_up(engine)
        assert {point.total for point in shown.points} == {0.0}
        assert shown.markers == ()
        assert shown.not_in_post == (Stretch(shown.since, shown.as_at),)


COURSES = st.lists(st.tuples(st.floats(0, 200), st.sampled_from([None, 50.0, 100.0])), min_size=1, max_size=30)


@for_all(COURSES)
def test_stretches_over_capacity_hold_every_point_over_it_and_no_other(
    course: list[tuple[float, float | None]],
) -> None:
    points = [
        LoadPoint(START + timedelta(days=place), load / 4, load * 3 / 4, capacity, 0, is_away=False)
        for place, (load, capacity) in enumerate(course)
    ]
    over = list(stretches_over(points))
    assert all(one.start <= one.end for one in over)
    assert all(before.end <= after.start for before, after in pairwise(over))
    for point in points:
        inside = any(one.start <= point.at <= one.end for one in over)
        on_edge = any(point.at in {one.start, one.end} for one in over)
        assert inside if point.is_over else not inside or on_edge
