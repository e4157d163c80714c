"""For every blind-spot rule a record in which it applies, and the nearest one in which it does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.alerts.record import (
    CheckIn,
    Concern,
    Happened,
    InPost,
    OwedFollowUp,
    Record,
    RiskLowered,
    TeamCourse,
    TeamDay,
    UrgentWait,
    WorkerCourse,
)
from domain.identifiers import CaseId, IncidentId, TeamId, WorkerId
from domain.load.exposure import TwoCompartments
from domain.load.over_time import PointInTime
from domain.vocabulary import FollowUpDue, RiskLevel

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
A, B, C = WorkerId("w-a"), WorkerId("w-b"), WorkerId("w-c")


def on(day: float) -> datetime:
    return MIDNIGHT + timedelta(days=day)


def event(number: int) -> UUID:
    return UUID(int=number)


def load_of(day: float, load: float, capacity: float | None = 100.0, *, away: bool = False) -> PointInTime:
    return PointInTime(on(day), TwoCompartments(load, 0.0), capacity, 0, away)


def course(loads: Iterable[float], sessions: Iterable[float] = (), away: Iterable[int] = ()) -> WorkerCourse:
    """A worker with these loads, one a day from day zero, and sessions of supervision on these days."""
    off = set(away)
    return WorkerCourse(
        A,
        days=tuple(load_of(day, load, away=day in off) for day, load in enumerate(loads)),
        sessions=tuple(Happened(event(900 + number), on(day)) for number, day in enumerate(sessions)),
    )


def of_worker(worker: WorkerCourse, day: float = 60) -> Record:
    return Record(as_at=on(day), workers=(worker,))


def owed(done: float | None) -> Record:
    one = OwedFollowUp(
        event(1),
        IncidentId("i-1"),
        on(0),
        FollowUpDue.HOURS_72,
        on(3),
        None if done is None else on(done),
    )
    return of_worker(WorkerCourse(A, owed=(one,)), day=10)


def team(high_risk: Iterable[tuple[WorkerId, int]], days: int, people: int = 3) -> Record:
    counted = tuple(high_risk)
    course_ = TeamCourse(TeamId("t-1"), tuple(TeamDay(on(day), people, counted) for day in range(days)))
    return Record(as_at=on(days - 0.5), teams=(course_,))


def checked_in(felt: int, load: float, capacity: float | None = 100.0) -> Record:
    return of_worker(WorkerCourse(A, check_ins=(CheckIn(event(1), felt, load_of(5, load, capacity)),)))


def lowered(load: float, capacity: float | None = 100.0) -> Record:
    one = RiskLowered(event(1), CaseId("c-1"), on(5), RiskLevel.HIGH, RiskLevel.MEDIUM, A, load_of(5, load, capacity))
    return Record(as_at=on(60), lowered=(one,))


def concern(answered: float | None, day: float = 60) -> Record:
    one = Concern(event(1), on(0), None if answered is None else on(answered))
    return of_worker(WorkerCourse(A, concerns=(one,)), day)


def registered(agreed: float | None, left: float | None = None, day: float = 60) -> Record:
    agreements = () if agreed is None else (Happened(event(2), on(agreed)),)
    post = InPost(event(1), on(0), None if left is None else on(left))
    return of_worker(WorkerCourse(A, posts=(post,), agreements=agreements), day)


def urgent(until: float | None, day: float = 60) -> Record:
    one = UrgentWait(event(1), CaseId("c-1"), on(0), None if until is None else on(until))
    return Record(as_at=on(day), waits=(one,))


@dataclass(frozen=True)
class AlertExample:
    """A record in which the rule applies once, and one in which it does not."""

    applies: Record
    does_not: Record


EXAMPLES: dict[str, AlertExample] = {
    "overload_without_supervision": AlertExample(
        of_worker(course([120.0] * 14), day=14), of_worker(course([120.0] * 14, sessions=[7.5]), day=14)
    ),
    "follow_up_overdue": AlertExample(owed(done=None), owed(done=3.5)),
    "high_risk_on_one_person": AlertExample(team([(A, 9), (B, 1)], days=15), team([(A, 8), (B, 2)], days=15)),
    "check_in_far_from_load": AlertExample(checked_in(felt=5, load=60), checked_in(felt=5, load=61)),
    "risk_lowered_over_capacity": AlertExample(lowered(load=101), lowered(load=100)),
    "concern_unanswered": AlertExample(concern(answered=None), concern(answered=7)),
    "no_supervision_agreement": AlertExample(registered(agreed=None), registered(agreed=28)),
    "urgent_case_unassigned": AlertExample(urgent(until=None), urgent(until=2)),
}
