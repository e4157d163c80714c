"""Follow-ups: what is still owed to whom after a serious incident, and what was done in time? Asked by supervisors, leaders.

A serious incident opens two dated follow-ups for each worker who was closer to it than hearing of it in the team, and a
debrief, which has no day of its own. Only a person closes a follow-up; a debrief closes the debrief alone. An incident
told late is due from when it happened, so its follow-up may be overdue on the day it is first known; leave puts
nothing off.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import get_args

from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent
from domain.events.corrections import PersonErased
from domain.events.practice import CriticalIncidentRecorded, DebriefHeld, FollowUpCompleted, PracticeEvent
from domain.events.service import ServiceEvent
from domain.events.worker import WorkerEvent
from domain.evolve.practice import follow_ups_opened
from domain.identifiers import CaseId, IncidentId, PersonId, WorkerId
from domain.vocabulary import FollowUpDue, IncidentKind, Severity
from projections.corrections import CORRECTIONS
from projections.dated_events import DatedEvent, Dossier, dossiers

READ: frozenset[type[DomainEvent]] = frozenset({CriticalIncidentRecorded, FollowUpCompleted, DebriefHeld})
HANDLES = READ | CORRECTIONS
IGNORES: frozenset[type[DomainEvent]] = (
    frozenset(
        {
            *get_args(PracticeEvent),
            *get_args(WorkerEvent),
            *get_args(CaseEvent),
            *get_args(ServiceEvent),
            *get_args(AllocationEvent),
            PersonErased,
        },
    )
    - READ
)


@dataclass(frozen=True, slots=True)
class SeriousIncident:
    """A serious incident that a worker was close to; `known_since` is when it was recorded as it now reads."""

    incident_id: IncidentId
    kind: IncidentKind
    severity: Severity
    case_id: CaseId | None
    happened_at: datetime
    known_since: datetime


class Outcome(StrEnum):
    """What became of a follow-up as at a moment."""

    IN_TIME = "in_time"
    LATE = "late"
    OVERDUE = "overdue"
    NOT_YET_DUE = "not_yet_due"

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes it."""
        return self in {Outcome.OVERDUE, Outcome.NOT_YET_DUE}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One dated follow-up owed to one worker, and what became of it.

    `days_over` is how long after its due moment it was done, or has been open [day]; 0 if it is or was in time.
    """

    worker_id: WorkerId
    incident: SeriousIncident
    due: FollowUpDue
    due_at: datetime
    outcome: Outcome
    days_over: float
    done_at: datetime | None = None
    done_by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Debrief:
    """The debrief that a worker is owed after a serious incident; None where none is on record."""

    worker_id: WorkerId
    incident: SeriousIncident
    held_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkerFollowUps:
    """All that serious incidents opened for one worker, by when the incident happened."""

    worker_id: WorkerId
    follow_ups: tuple[FollowUp, ...]
    debriefs: tuple[Debrief, ...]


def follow_ups(
    rows: Mapping[str, Dossier], as_at: datetime, known_at: datetime | None = None
) -> dict[WorkerId, WorkerFollowUps]:
    """Give what serious incidents opened for each worker and what became of it, as at a moment, by id."""
    found = {}
    for key, row in sorted(rows.items()):
        owed = row.worked_out(key, _owed, as_at, known_at)
        if owed.debriefs:
            found[owed.worker_id] = WorkerFollowUps(
                owed.worker_id,
                tuple(
                    _follow_up(owed.worker_id, incident, due, due_at, done, as_at)
                    for incident, due, due_at, done in owed.follow_ups
                ),
                owed.debriefs,
            )
    return found


@dataclass(frozen=True, slots=True)
class _Owed:
    """What serious incidents opened for one worker, and when and by whom it was done."""

    worker_id: WorkerId
    follow_ups: tuple[tuple[SeriousIncident, FollowUpDue, datetime, tuple[datetime, PersonId] | None], ...]
    debriefs: tuple[Debrief, ...]


def _owed(key: str, until: Sequence[DatedEvent]) -> _Owed:
    worker_id = WorkerId(key.removeprefix("worker:"))
    told = [(dated, dated.event()) for dated in until]
    opened: dict[tuple[IncidentId, FollowUpDue], tuple[SeriousIncident, datetime]] = {}
    for dated, event in told:
        if isinstance(event, CriticalIncidentRecorded):
            incident = _serious_incident(event, dated.at, dated.recorded_at)
            for one in follow_ups_opened(event, dated.at):
                if one.worker_id == worker_id:
                    opened.setdefault((one.incident_id, one.due), (incident, one.due_at))
    # Read backwards, so that the first time that something was done is the one that stays.
    done = {
        (event.incident_id, event.due): (dated.at, event.completed_by)
        for dated, event in reversed(told)
        if isinstance(event, FollowUpCompleted)
    }
    debriefed = {event.incident_id: dated.at for dated, event in reversed(told) if isinstance(event, DebriefHeld)}
    incidents = {incident.incident_id: incident for incident, _ in opened.values()}
    return _Owed(
        worker_id,
        tuple(
            (incident, due, due_at, done.get((incident.incident_id, due)))
            for (_, due), (incident, due_at) in opened.items()
        ),
        tuple(Debrief(worker_id, one, debriefed.get(one.incident_id)) for one in incidents.values()),
    )


def _serious_incident(event: CriticalIncidentRecorded, at: datetime, recorded_at: datetime) -> SeriousIncident:
    return SeriousIncident(event.incident_id, event.kind, event.severity, event.case_id, at, recorded_at)


def _follow_up(
    worker_id: WorkerId,
    incident: SeriousIncident,
    due: FollowUpDue,
    due_at: datetime,
    done: tuple[datetime, PersonId] | None,
    as_at: datetime,
) -> FollowUp:
    done_at, done_by = done or (None, None)
    over = max(0.0, ((done_at or as_at) - due_at) / timedelta(days=1))
    if done_at is None:
        outcome = Outcome.OVERDUE if over else Outcome.NOT_YET_DUE
    else:
        outcome = Outcome.LATE if over else Outcome.IN_TIME
    return FollowUp(worker_id, incident, due, due_at, outcome, over, done_at, done_by)


def due_between(found: Mapping[WorkerId, WorkerFollowUps], since: datetime, until: datetime) -> Iterator[FollowUp]:
    """Give the follow-ups that fell due in a period, after its beginning and up to its end, whatever became of them."""
    for own in found.values():
        for one in own.follow_ups:
            if since < one.due_at <= until:
                yield one


FOLLOW_UPS = dossiers("follow-ups", version=1, handles=HANDLES, ignores=IGNORES, subject="worker")
