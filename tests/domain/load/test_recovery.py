"""Absences and what they do to recovery."""

from datetime import timedelta

import pytest

from domain.events.case import CaseAssigned
from domain.events.practice import CriticalIncidentRecorded, Exposure, SupervisionHeld
from domain.events.worker import WorkerAbsenceEnded, WorkerAbsenceStarted, WorkerLeft
from domain.identifiers import IncidentId
from domain.load import SourceOfLoad
from domain.load.recovery import EPOCH, absences, days, moment_of
from domain.vocabulary import AbsenceKind, ExposureRoute, IncidentKind, Severity, SupervisionKind
from tests.domain.load.service_history import C1, PARAMETERS, W1, W2, Happened, account_on, facts_of, on_day, recorded

BACK = WorkerAbsenceEnded(worker_id=W1)


def away(day: float, until: float | None = None, kind: AbsenceKind = AbsenceKind.ANNUAL_LEAVE) -> Happened:
    expected = None if until is None else on_day(until)
    return Happened(day, WorkerAbsenceStarted(worker_id=W1, kind=kind, expected_until=expected))


def absent_days(*history: Happened) -> list[tuple[float, float]]:
    zero = days(on_day(0))
    found = absences(facts_of(recorded(history))[0], PARAMETERS)
    return [(round(one.start - zero, 6), round(one.end - zero, 6)) for one in found]


def test_an_absence_with_no_known_end_is_open() -> None:
    assert absent_days(away(3)) == [(3, float("inf"))]


def test_an_absence_runs_to_its_expected_end() -> None:
    assert absent_days(away(3, until=8)) == [(3, 8)]


@pytest.mark.parametrize("back_on", [5, 12])
def test_a_worker_recorded_as_back_was_away_until_then_whatever_was_expected(back_on: float) -> None:
    assert absent_days(away(3, until=8), Happened(back_on, BACK)) == [(3, back_on)]


def test_absences_that_overlap_follow_one_another() -> None:
    assert absent_days(away(3, until=10), away(6, until=7, kind=AbsenceKind.SICKNESS)) == [(3, 6), (6, 7)]


def test_an_absence_long_over_is_not_stretched_to_the_next_one() -> None:
    assert absent_days(away(3, until=5), away(20), Happened(25, BACK)) == [(3, 5), (20, 25)]


def test_an_expected_end_before_the_start_is_no_absence() -> None:
    assert absent_days(away(8, until=3)) == []


def test_leaving_the_service_ends_an_absence() -> None:
    assert absent_days(away(3), Happened(9, WorkerLeft(worker_id=W1))) == [(3, 9)]


def test_coming_back_without_having_been_away_is_no_absence() -> None:
    assert absent_days(Happened(4, BACK)) == []


@pytest.mark.parametrize("told", [(Happened(4, BACK), away(4)), (away(4), Happened(4, BACK))])
def test_an_absence_that_begins_and_ends_in_one_moment_is_none(told: tuple[Happened, ...]) -> None:
    assert absent_days(*told) == []
    assert absent_days(*told, away(6), Happened(9, BACK)) == [(6, 9)]


@pytest.mark.parametrize("told", [(Happened(4, BACK), away(4)), (away(4), Happened(4, BACK))])
@pytest.mark.parametrize("expected", [None, 2, 30])
def test_who_comes_back_in_the_moment_of_the_next_leave_came_back_from_the_one_before(
    told: tuple[Happened, ...], expected: float | None
) -> None:
    assert absent_days(away(1, until=expected), *told) == [(1, 4), (4, float("inf"))]


def test_who_came_back_from_nothing_at_one_moment_is_away_from_a_later_leave() -> None:
    assert absent_days(Happened(4, BACK), away(5)) == [(5, float("inf"))]


def test_of_two_leaves_that_begin_as_a_worker_is_back_from_nothing_one_goes_on() -> None:
    assert absent_days(Happened(4, BACK), away(4), away(4)) == [(4, float("inf"))]


def load_of_incident(*history: Happened, day: float = 14) -> float:
    incident = CriticalIncidentRecorded(
        incident_id=IncidentId("i-1"),
        kind=IncidentKind.DEATH,
        severity=Severity.SEVERE,
        exposures=(Exposure(worker_id=W1, route=ExposureRoute.DIRECT),),
    )
    account = account_on(day, [Happened(0, incident), *history])
    return sum(one.load.total for one in account.contributions if one.source is SourceOfLoad.INCIDENT)


def test_recovery_runs_faster_on_annual_leave_and_no_faster_on_sick_leave() -> None:
    at_work = load_of_incident()
    assert load_of_incident(away(2, until=9)) < at_work
    assert load_of_incident(away(2, until=9, kind=AbsenceKind.SICKNESS)) == pytest.approx(at_work, rel=1e-12)


def test_held_cases_add_nothing_while_the_worker_is_away() -> None:
    took = Happened(0, CaseAssigned(case_id=C1, worker_id=W1))
    assert account_on(10, [away(0, until=20), took]).load.total == 0
    assert account_on(21, [away(0, until=20), took]).load.total > 0


def test_a_session_eases_what_was_there_and_not_what_comes_in_the_same_moment() -> None:
    session = Happened(
        0, SupervisionHeld(supervisor_id=W2, worker_ids=(W1,), kind=SupervisionKind.ONE_TO_ONE, minutes=60)
    )
    assert load_of_incident(session) == load_of_incident()
    assert load_of_incident(Happened(0.001, session.event)) < load_of_incident()


def test_a_supervisor_carries_each_supervisee_once() -> None:
    group = SupervisionHeld(supervisor_id=W1, worker_ids=(W2, "w-3", "w-3"), kind=SupervisionKind.GROUP, minutes=60)
    account = account_on(0, [Happened(0, group)])
    assert account.load.total == pytest.approx(2 * PARAMETERS.supervision_given_points.value)


def test_days_and_moments_turn_into_one_another_to_the_microsecond() -> None:
    moment = EPOCH + timedelta(days=2_500, microseconds=123_457)
    assert moment_of(days(moment)) == moment
