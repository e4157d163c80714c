"""Alerts: what should a leader look at, on what evidence, and who has answered? Asked by leaders of the service.

The rules are in `domain/alerts`. This view keeps what they read of workers and cases, and the answers given; the load
comes in as an argument, because it depends on the policy of the day that is asked about.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import get_args

from pydantic import TypeAdapter

from domain.alerts import Answer
from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent, EventRecord
from domain.events.corrections import PersonErased
from domain.events.practice import (
    CriticalIncidentRecorded,
    DebriefHeld,
    FeedbackGiven,
    FollowUpCompleted,
    LearningAttended,
    PeerSupportHeld,
    ServiceDevelopmentJoined,
    SupervisionAgreed,
    SupervisionCancelled,
    SupervisionHeld,
    SupervisionMissed,
)
from domain.events.service import AlertAnswered, FoundationsSurveyAnswered, PolicyAdopted, TeamClosed, TeamFormed
from domain.events.worker import (
    CapacityConcernAnswered,
    CapacityConcernRaised,
    CheckInRecorded,
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerMovedTeam,
    WorkerRegistered,
    WorkerSkillGained,
    WorkerStageChanged,
)
from domain.identifiers import AlertId
from projections.case_files import CASE_EVENTS, HOLDING_UNCHANGED
from projections.corrections import CORRECTIONS, subjects
from projections.dated_events import Dossier, events_until, keep_dated
from projections.dossier_rebuild import DossierFold
from projections.projection import Projection
from projections.row_format import JsonRows

OF_WORKERS: frozenset[type[DomainEvent]] = frozenset(
    {
        WorkerRegistered,
        WorkerMovedTeam,
        WorkerLeft,
        CheckInRecorded,
        CapacityConcernRaised,
        CapacityConcernAnswered,
        SupervisionAgreed,
        SupervisionHeld,
        CriticalIncidentRecorded,
        FollowUpCompleted,
    },
)
OF_CASES = CASE_EVENTS - HOLDING_UNCHANGED
KEPT: Mapping[str, frozenset[type[DomainEvent]]] = {
    "worker": OF_WORKERS,
    "case": OF_CASES,
    "alert": frozenset({AlertAnswered}),
}
"""What a row of each kind of subject keeps."""

HANDLES: frozenset[type[DomainEvent]] = OF_WORKERS | OF_CASES | {AlertAnswered} | CORRECTIONS
IGNORES: frozenset[type[DomainEvent]] = frozenset(
    {
        WorkerHoursChanged,
        WorkerStageChanged,
        WorkerAbsenceStarted,
        WorkerAbsenceEnded,
        WorkerSkillGained,
        *HOLDING_UNCHANGED,
        DebriefHeld,
        SupervisionMissed,
        SupervisionCancelled,
        LearningAttended,
        PeerSupportHeld,
        ServiceDevelopmentJoined,
        FeedbackGiven,
        TeamFormed,
        TeamClosed,
        PolicyAdopted,
        FoundationsSurveyAnswered,
        *get_args(AllocationEvent),
        PersonErased,
    },
)
"""None of these is read by a rule, or it is through the load, which has a view of its own."""


def keys(record: EventRecord) -> tuple[str, ...]:
    """Give the rows of the workers, the case or the alert that a record is about."""
    return subjects(record, *KEPT)


def apply(row: Dossier | None, key: str, record: EventRecord) -> Dossier:
    """Put the record's event in its place in time, or a later word beside it."""
    return keep_dated(row, key, record, KEPT[key.partition(":")[0]])


def answers(rows: Mapping[str, Dossier], as_at: datetime, known_at: datetime | None = None) -> dict[AlertId, Answer]:
    """Give who answered which alert and when; answered twice, the first answer stands."""
    found: dict[AlertId, Answer] = {}
    for key, row in rows.items():
        if key.startswith("alert:"):
            for event, at in events_until(row, as_at, known_at):
                if isinstance(event, AlertAnswered):
                    found.setdefault(event.alert_id, Answer(event.answered_by, at))
    return found


ALERTS = Projection[Dossier](
    name="alerts",
    version=1,
    handles=HANDLES,
    ignores=IGNORES,
    keys=keys,
    apply=apply,
    rows=JsonRows(TypeAdapter(Dossier)),
    columns=partial(DossierFold, KEPT),
)
