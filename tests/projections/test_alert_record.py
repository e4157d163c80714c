"""What the blind-spot rules read, from the events of the log: and that late news re-opens no answered alert."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.alerts import RULES, Alerts, alerts_of
from domain.events import DomainEvent, EventRecord
from domain.events.case import CaseAssigned, CaseClosed, CaseReferred, CaseRiskReassessed, CaseUnassigned
from domain.events.practice import (
    CriticalIncidentRecorded,
    Exposure,
    FollowUpCompleted,
    SupervisionAgreed,
    SupervisionHeld,
)
from domain.events.service import AlertAnswered
from domain.events.worker import (
    CapacityConcernAnswered,
    CapacityConcernRaised,
    CheckInRecorded,
    WorkerLeft,
    WorkerMovedTeam,
    WorkerRegistered,
)
from domain.identifiers import AlertId, CaseId, IncidentId, PersonId, TeamId, WorkerId
from domain.load.exposure import TwoCompartments
from domain.load.over_time import PointInTime
from domain.vocabulary import (
    AssignmentRole,
    ExposureRoute,
    FollowUpDue,
    IncidentKind,
    Priority,
    RiskLevel,
    Severity,
    SupervisionKind,
)
from projections import ALERTS
from projections.alert_record import midnights, record_of
from projections.alerts import answers
from tests.domain.load.service_history import shipped_policy
from tests.projections.drawn_histories import MONDAY, record, rows_of
from tests.projections.test_drawn_histories import correction, retraction

A, B = WorkerId("w-a"), WorkerId("w-b")
CASE, TEAM, OTHER = CaseId("c-1"), TeamId("t-1"), TeamId("t-2")
POLICY = shipped_policy().practice


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def told(*history: tuple[float, DomainEvent]) -> list[EventRecord]:
    return [record(number, event, day(at)) for number, (at, event) in enumerate(history, start=1)]


@dataclass(frozen=True)
class Always:
    """A load that stays the same."""

    load: float

    def points(self, moments: Iterable[datetime]) -> Sequence[PointInTime]:
        return [PointInTime(at, TwoCompartments(self.load, 0.0), 100.0, 1, is_away=False) for at in moments]


def light(_: WorkerId) -> Always:
    return Always(20.0)


def heavy(_: WorkerId) -> Always:
    return Always(150.0)


def alerts(history: list[EventRecord], at: float = 60, known: float | None = None) -> Alerts:
    rows, known_at = rows_of(ALERTS, history), None if known is None else day(known)
    read = record_of(rows, light, day(at), known_at)
    return alerts_of(read, POLICY, answers(rows, day(at), known_at), RULES)


def codes(history: list[EventRecord], at: float = 60) -> list[str]:
    return sorted(alert.rule.code for alert in alerts(history, at).open)


def registered(worker_id: WorkerId = A, team_id: TeamId = TEAM) -> WorkerRegistered:
    return WorkerRegistered(worker_id=worker_id, team_id=team_id, fte=1.0)


def agreed(worker_id: WorkerId = A) -> SupervisionAgreed:
    return SupervisionAgreed(
        worker_id=worker_id, supervisor_id=WorkerId("w-s"), kind=SupervisionKind.ONE_TO_ONE, every_days=28
    )


def incident(severity: Severity = Severity.SERIOUS) -> CriticalIncidentRecorded:
    return CriticalIncidentRecorded(
        incident_id=IncidentId("i-1"),
        kind=IncidentKind.DEATH,
        severity=severity,
        exposures=(
            Exposure(worker_id=A, route=ExposureRoute.DIRECT),
            Exposure(worker_id=B, route=ExposureRoute.TEAM_HEARD),
        ),
    )


def followed_up(due: FollowUpDue) -> FollowUpCompleted:
    return FollowUpCompleted(incident_id=IncidentId("i-1"), worker_id=A, due=due, completed_by=PersonId("m-1"))


def answered(alert_id: AlertId) -> AlertAnswered:
    return AlertAnswered(alert_id=alert_id, answered_by=PersonId("m-1"))


SETTLED = told((0, registered()), (1, agreed()))


def test_a_serious_incident_owes_both_follow_ups_to_who_was_closer_than_hearing_of_it() -> None:
    history = [*SETTLED, record(10, incident(), day(2))]
    found = [(one.finding.subject, one.finding.since) for one in alerts(history).open]
    assert found == [("worker:w-a", day(5)), ("worker:w-a", day(30))]
    done = [record(11, followed_up(FollowUpDue.HOURS_72), day(4)), record(12, followed_up(FollowUpDue.DAYS_28), day(9))]
    assert codes([*history, *done]) == []
    assert codes([*SETTLED, record(10, incident(Severity.MODERATE), day(2))]) == []


def test_the_days_of_a_course_follow_the_load_and_the_midnight() -> None:
    rows, one, other = rows_of(ALERTS, SETTLED), Always(20.0), Always(150.0)

    def drawn_up(course: Always, at: float) -> list[float]:
        (worker,) = [one for one in record_of(rows, lambda _: course, day(at)).workers if one.worker_id == A]
        return [point.load.total for point in worker.days]

    assert record_of(rows, lambda _: one, day(3.1)).workers[0] is record_of(rows, lambda _: one, day(3.2)).workers[0]
    assert drawn_up(one, 3.2) == [20.0] * 3
    assert drawn_up(other, 3.2) == [150.0] * 3
    assert drawn_up(other, 4.2) == [150.0] * 4
    assert drawn_up(one, 2.2) == [20.0] * 2


def test_a_session_that_one_gives_is_not_supervision_that_one_receives() -> None:
    given = SupervisionHeld(supervisor_id=A, worker_ids=(B,), kind=SupervisionKind.GROUP, minutes=60)
    received = SupervisionHeld(supervisor_id=B, worker_ids=(A,), kind=SupervisionKind.GROUP, minutes=60)
    history = [*SETTLED, record(10, given, day(3)), record(11, received, day(4))]
    (worker,) = [one for one in record_of(rows_of(ALERTS, history), light, day(9)).workers if one.worker_id == A]
    assert [one.at for one in worker.sessions] == [day(4)]
    assert [one.at for one in worker.agreements] == [day(1)]


def test_the_load_is_asked_for_at_midnights_in_post_alone() -> None:
    history = told((0, registered()), (3, WorkerLeft(worker_id=A)), (6, registered()))
    (worker,) = record_of(rows_of(ALERTS, history), light, day(8)).workers
    midnight = day(0).replace(hour=0)
    assert [(point.at - midnight).days for point in worker.days] == [1, 2, 3, 7, 8]
    assert [(post.since, post.until) for post in worker.posts] == [(day(0), day(3)), (day(6), None)]


def test_midnights_begin_with_the_first_that_is_not_past() -> None:
    midnight = MONDAY.replace(hour=0)
    assert list(midnights(midnight, midnight)) == [midnight]
    assert list(midnights(MONDAY, MONDAY)) == []


def test_a_concern_raised_again_while_open_is_one_concern_and_after_an_answer_another() -> None:
    raised = CapacityConcernRaised(worker_id=A)
    answer = CapacityConcernAnswered(worker_id=A, answered_by=PersonId("m-1"))
    history = [
        *SETTLED,
        *(
            record(10 + number, event, day(at))
            for number, (at, event) in enumerate([(2, raised), (4, raised), (12, answer), (20, raised)])
        ),
    ]
    assert [one.finding.since for one in alerts(history).open] == [day(2), day(20)]


def test_an_urgent_case_waits_until_it_is_taken_and_again_when_given_up() -> None:
    referred = CaseReferred(case_id=CASE, priority=Priority.URGENT)
    history = [
        *SETTLED,
        record(10, referred, day(0)),
        record(11, CaseAssigned(case_id=CASE, worker_id=A, role=AssignmentRole.CO_WORKER), day(1)),
        record(12, CaseAssigned(case_id=CASE, worker_id=A), day(3)),
        record(13, CaseUnassigned(case_id=CASE, worker_id=A), day(10)),
        record(14, CaseClosed(case_id=CASE), day(20)),
    ]
    found = [(one.finding.since, one.finding.over_at) for one in alerts(history).open]
    assert found == [(day(0), day(3)), (day(10), day(20))]


def test_risk_lowered_is_set_against_the_load_of_who_holds_the_case_at_that_moment() -> None:
    history = [
        *SETTLED,
        record(10, CaseReferred(case_id=CASE, risk=RiskLevel.VERY_HIGH), day(2)),
        record(11, CaseAssigned(case_id=CASE, worker_id=A), day(3)),
        record(12, CaseRiskReassessed(case_id=CASE, risk=RiskLevel.VERY_HIGH), day(4)),
        record(13, CaseRiskReassessed(case_id=CASE, risk=RiskLevel.HIGH), day(5)),
    ]
    rows = rows_of(ALERTS, history)
    (one,) = record_of(rows, heavy, day(9)).lowered
    assert (one.at, one.before, one.after, one.holder) == (day(5), RiskLevel.VERY_HIGH, RiskLevel.HIGH, A)
    assert one.computed.load.total == 150
    assert record_of(rows, heavy, day(4.5)).lowered == ()


def test_a_team_day_counts_who_is_in_post_in_the_team_and_their_high_risk_cases() -> None:
    history = [
        *told((0, registered()), (0, registered(B)), (4, WorkerMovedTeam(worker_id=A, team_id=OTHER))),
        record(10, CaseReferred(case_id=CASE, risk=RiskLevel.HIGH), day(0)),
        record(11, CaseAssigned(case_id=CASE, worker_id=A), day(1)),
        record(12, CaseRiskReassessed(case_id=CASE, risk=RiskLevel.LOW), day(6)),
    ]
    first, second = record_of(rows_of(ALERTS, history), light, day(8)).teams
    assert [(one.people, one.high_risk) for one in first.days] == [
        (2, ()),
        *[(2, ((A, 1),))] * 3,
        *[(1, ())] * 4,
    ]
    (held,) = first.high_risk_held
    assert (held.case_id, held.worker_id, held.since, held.until) == (CASE, A, day(1), day(6))
    assert held.event_id == history[-2].envelope.event_id
    assert [(one.people, one.high_risk) for one in second.days] == [(1, ((A, 1),))] * 2 + [(1, ())] * 2


def test_late_news_about_something_else_does_not_reopen_an_answered_alert() -> None:
    history = [*SETTLED, record(10, incident(), day(2)), record(11, CapacityConcernRaised(worker_id=A), day(3))]
    first = alerts(history, at=40).open
    history += [record(20 + number, answered(one.alert_id), day(41)) for number, one in enumerate(first)]
    assert codes(history) == []
    late = [
        record(30, CheckInRecorded(worker_id=A, felt_load=5), day(1)),
        record(31, followed_up(FollowUpDue.DAYS_28), day(50)),
        record(32, CapacityConcernAnswered(worker_id=A, answered_by=PersonId("m-1")), day(42)),
    ]
    assert codes([*history, *late]) == ["check_in_far_from_load"]
    again = record(40, CapacityConcernRaised(worker_id=A), day(45))
    assert codes([*history, *late, again]) == ["check_in_far_from_load", "concern_unanswered"]


def test_an_answer_counts_from_when_it_was_given_and_the_first_stands() -> None:
    history = [*SETTLED, record(11, CapacityConcernRaised(worker_id=A), day(3))]
    (one,) = alerts(history).open
    second = AlertAnswered(alert_id=one.alert_id, answered_by=PersonId("m-2"))
    history += [record(20, answered(one.alert_id), day(41)), record(21, second, day(42))]
    assert len(alerts(history, at=40).open) == 1
    (found,) = alerts(history).alerts
    assert found.answer is not None
    assert (found.answer.answered_by, found.answer.at) == ("m-1", day(41))
    assert len(alerts([*history, retraction(30, history[-2]), retraction(31, history[-1])]).open) == 1


def test_as_known_before_a_correction_the_alert_is_there_and_after_it_the_answer_remains() -> None:
    checked = record(10, CheckInRecorded(worker_id=A, felt_load=5), day(2))
    (one,) = alerts([*SETTLED, checked]).open
    history = [*SETTLED, checked, record(20, answered(one.alert_id), day(5))]
    put_right = correction(30, checked, CheckInRecorded(worker_id=A, felt_load=2), day(2))
    assert alerts([*history, put_right], at=61).alerts == ()
    assert [key for key, _ in alerts([*history, put_right], at=61).no_longer_shown] == [one.alert_id]
    assert [alert.alert_id for alert in alerts([*history, put_right], at=61, known=59).alerts] == [one.alert_id]
    moved = correction(31, checked, CheckInRecorded(worker_id=A, felt_load=4), day(2.2))
    assert [alert.alert_id for alert in alerts([*history, moved], at=61).alerts] == [one.alert_id]
