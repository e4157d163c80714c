"""What serious incidents open, who closes it and when it is late."""

import pytest

from domain.events import DomainEvent
from domain.events.practice import CriticalIncidentRecorded, DebriefHeld, Exposure, FollowUpCompleted
from domain.identifiers import IncidentId, PersonId, WorkerId
from domain.vocabulary import ExposureRoute, FollowUpDue, IncidentKind, Severity
from projections import FOLLOW_UPS
from projections.follow_ups import FollowUp, Outcome, WorkerFollowUps, due_between, follow_ups
from tests.projections.drawn_histories import rows_of
from tests.projections.practice_histories import A, B, day, retracted, told

ONE = IncidentId("i-1")
HEARD = WorkerId("w-heard")
DIRECT, BESIDE, IN_TEAM = ExposureRoute.DIRECT, ExposureRoute.CO_WORKER, ExposureRoute.TEAM_HEARD


def incident(severity: Severity = Severity.SERIOUS, incident_id: IncidentId = ONE) -> CriticalIncidentRecorded:
    return CriticalIncidentRecorded(
        incident_id=incident_id,
        kind=IncidentKind.SERIOUS_INJURY,
        severity=severity,
        exposures=(
            Exposure(worker_id=A, route=DIRECT),
            Exposure(worker_id=B, route=BESIDE),
            Exposure(worker_id=HEARD, route=IN_TEAM),
        ),
    )


def completed(due: FollowUpDue = FollowUpDue.HOURS_72, worker: WorkerId = A) -> FollowUpCompleted:
    return FollowUpCompleted(incident_id=ONE, worker_id=worker, due=due, completed_by=PersonId("m-1"))


def found(
    at: float, *history: tuple[float, DomainEvent], known_at: float | None = None
) -> dict[WorkerId, WorkerFollowUps]:
    return follow_ups(rows_of(FOLLOW_UPS, told(*history)), day(at), None if known_at is None else day(known_at))


def first(at: float, *history: tuple[float, DomainEvent]) -> FollowUp:
    return found(at, *history)[A].follow_ups[0]


@pytest.mark.parametrize("severity", [Severity.SERIOUS, Severity.SEVERE])
def test_a_serious_incident_opens_two_follow_ups_for_each_who_was_there_or_worked_the_case(severity: Severity) -> None:
    told_of = found(1, (0, incident(severity)))
    assert list(told_of) == ["w-a", "w-b"]
    for own in told_of.values():
        assert [(one.due, one.due_at) for one in own.follow_ups] == [
            (FollowUpDue.HOURS_72, day(3)),
            (FollowUpDue.DAYS_28, day(28)),
        ]
        assert [one.held_at for one in own.debriefs] == [None]


def test_a_moderate_incident_opens_nothing() -> None:
    assert found(40, (0, incident(Severity.MODERATE))) == {}


@pytest.mark.parametrize(
    ("at", "outcome", "over"), [(3, Outcome.NOT_YET_DUE, 0), (4.5, Outcome.OVERDUE, 1.5)], ids=["on the dot", "after"]
)
def test_what_nobody_did_is_overdue_from_its_moment_on(at: float, outcome: Outcome, over: float) -> None:
    one = first(at, (0, incident()))
    assert (one.outcome, one.days_over, one.outcome.is_open) == (outcome, over, True)


@pytest.mark.parametrize(
    ("done", "outcome", "over"), [(3, Outcome.IN_TIME, 0), (5, Outcome.LATE, 2)], ids=["in time", "late"]
)
def test_a_person_closes_one_follow_up_in_time_or_late(done: float, outcome: Outcome, over: float) -> None:
    history = ((0, incident()), (done, completed()))
    one, other = found(10, *history)[A].follow_ups
    assert (one.outcome, one.days_over, one.done_at, one.done_by) == (outcome, over, day(done), "m-1")
    assert not one.outcome.is_open
    assert other.outcome is Outcome.NOT_YET_DUE
    assert found(10, *history)[B].follow_ups[0].outcome is Outcome.OVERDUE


def test_a_debrief_closes_the_debrief_alone() -> None:
    own = found(10, (0, incident()), (2, DebriefHeld(incident_id=ONE, worker_ids=(A,))))
    assert [one.held_at for one in own[A].debriefs] == [day(2)]
    assert [one.held_at for one in own[B].debriefs] == [None]
    assert own[A].follow_ups[0].outcome is Outcome.OVERDUE


def test_an_incident_told_late_is_due_from_when_it_happened() -> None:
    history = told((0, incident()), recorded=10)
    rows = rows_of(FOLLOW_UPS, history)
    assert follow_ups(rows, day(9), day(9)) == {}
    one = follow_ups(rows, day(10))[A].follow_ups[0]
    assert (one.due_at, one.outcome, one.days_over) == (day(3), Outcome.OVERDUE, 7)
    assert (one.incident.happened_at, one.incident.known_since) == (day(0), day(10))


def test_an_incident_recorded_in_error_opens_nothing_once_it_is_retracted() -> None:
    (wrong,) = told((0, incident()))
    rows = rows_of(FOLLOW_UPS, [wrong, retracted(wrong, on=5)])
    assert follow_ups(rows, day(10)) == {}
    assert list(follow_ups(rows, day(10), day(4))) == ["w-a", "w-b"]


def test_a_period_holds_what_fell_due_in_it_whatever_became_of_it() -> None:
    other = incident(incident_id=IncidentId("i-2"))
    own = found(60, (0, incident()), (2, completed()), (30, other))
    due = sorted((one.worker_id, one.incident.incident_id, one.due_at) for one in due_between(own, day(3), day(33)))
    assert due == [
        ("w-a", "i-1", day(28)),
        ("w-a", "i-2", day(33)),
        ("w-b", "i-1", day(28)),
        ("w-b", "i-2", day(33)),
    ]


def test_what_happens_after_the_day_asked_about_opens_and_closes_nothing() -> None:
    history = ((0, incident()), (2, completed()), (2, DebriefHeld(incident_id=ONE, worker_ids=(A,))))
    own = found(1, *history)[A]
    assert own.follow_ups[0].outcome is Outcome.NOT_YET_DUE
    assert own.debriefs[0].held_at is None
    assert found(-1, *history) == {}


def test_what_is_done_twice_was_done_the_first_time() -> None:
    debrief = DebriefHeld(incident_id=ONE, worker_ids=(A,))
    own = found(9, (0, incident()), (2, completed()), (2, debrief), (5, completed()), (5, debrief))[A]
    assert (own.follow_ups[0].done_at, own.debriefs[0].held_at) == (day(2), day(2))


def test_an_incident_told_twice_is_owed_once() -> None:
    assert len(found(5, (0, incident()), (1, incident()))[A].follow_ups) == 2
