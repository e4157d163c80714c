"""The state of supervision agreements and of incidents' follow-ups, folded from practice events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

from domain.events.practice import (
    CriticalIncidentRecorded,
    DebriefHeld,
    FeedbackGiven,
    FollowUpCompleted,
    LearningAttended,
    PeerSupportHeld,
    PracticeEvent,
    ServiceDevelopmentJoined,
    SupervisionAgreed,
    SupervisionCancelled,
    SupervisionHeld,
    SupervisionMissed,
)
from domain.identifiers import IncidentId, WorkerId
from domain.vocabulary import ExposureRoute, FollowUpDue, Severity, SupervisionKind

FOLLOW_UP_AFTER: Mapping[FollowUpDue, timedelta] = {
    FollowUpDue.HOURS_72: timedelta(hours=72),
    FollowUpDue.DAYS_28: timedelta(days=28),
}


@dataclass(frozen=True, slots=True)
class OpenFollowUp:
    """A dated follow-up that somebody still owes a worker."""

    incident_id: IncidentId
    worker_id: WorkerId
    due: FollowUpDue
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PracticeState:
    """What decisions on practice need: incidents known, follow-ups owed, supervision agreed with whom."""

    incidents: frozenset[IncidentId] = frozenset()
    follow_ups: tuple[OpenFollowUp, ...] = ()
    agreements: Mapping[tuple[WorkerId, SupervisionKind], WorkerId] = field(default_factory=dict)


def evolve_practice(state: PracticeState, event: PracticeEvent, at: datetime) -> PracticeState:
    """Give the state after an event that happened at a moment."""
    match event:
        case CriticalIncidentRecorded():
            known = state.incidents | {event.incident_id}
            return replace(state, incidents=known, follow_ups=(*state.follow_ups, *follow_ups_opened(event, at)))
        case FollowUpCompleted():
            done = (event.incident_id, event.worker_id, event.due)
            left = tuple(one for one in state.follow_ups if (one.incident_id, one.worker_id, one.due) != done)
            return replace(state, follow_ups=left)
        case SupervisionAgreed():
            agreed = {**state.agreements, (event.worker_id, event.kind): event.supervisor_id}
            return replace(state, agreements=agreed)
        case (
            DebriefHeld()
            | SupervisionHeld()
            | SupervisionMissed()
            | SupervisionCancelled()
            | LearningAttended()
            | PeerSupportHeld()
            | ServiceDevelopmentJoined()
            | FeedbackGiven()
        ):
            return state
        case _:
            assert_never(event)


def follow_ups_opened(event: CriticalIncidentRecorded, at: datetime) -> tuple[OpenFollowUp, ...]:
    """Open both follow-ups after a serious incident, for each worker who was closer to it than hearing of it."""
    if event.severity is Severity.MODERATE:
        return ()
    return tuple(
        OpenFollowUp(event.incident_id, exposure.worker_id, due, at + after)
        for exposure in event.exposures
        if exposure.route is not ExposureRoute.TEAM_HEARD
        for due, after in FOLLOW_UP_AFTER.items()
    )
