"""Facts of practice: what workers were exposed to, and what helps them recover and learn."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from domain.events.base import DomainEvent
from domain.identifiers import CaseId, IncidentId, PersonId, Slug, WorkerId
from domain.vocabulary import ExposureRoute, FollowUpDue, IncidentKind, Severity, SupervisionKind


class Exposure(BaseModel):
    """One worker's share in an incident: who, and by which route."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    worker_id: WorkerId
    route: ExposureRoute


class CriticalIncidentRecorded(DomainEvent):
    """Something heavy happened, and these workers carry it, those who only heard of it in the team included."""

    wire_name: ClassVar[str] = "practice.critical_incident_recorded"

    incident_id: IncidentId
    kind: IncidentKind
    severity: Severity
    exposures: tuple[Exposure, ...] = Field(min_length=1)
    case_id: CaseId | None = None


class FollowUpCompleted(DomainEvent):
    """A person did the dated follow-up with a worker after an incident; only a person closes it."""

    wire_name: ClassVar[str] = "practice.follow_up_completed"

    incident_id: IncidentId
    worker_id: WorkerId
    due: FollowUpDue
    completed_by: PersonId


class DebriefHeld(DomainEvent):
    """An incident was talked through. It closes an obligation; by default it relieves nothing."""

    wire_name: ClassVar[str] = "practice.debrief_held"

    incident_id: IncidentId
    worker_ids: tuple[WorkerId, ...] = Field(min_length=1)


class SupervisionAgreed(DomainEvent):
    """A worker and a supervisor agreed on a kind of supervision and how often."""

    wire_name: ClassVar[str] = "practice.supervision_agreed"

    worker_id: WorkerId
    supervisor_id: WorkerId
    kind: SupervisionKind
    every_days: int = Field(gt=0, le=366)


class SupervisionHeld(DomainEvent):
    """A session was held. `reflective_quality` is the supervisees' rating, 1 to 5, where they gave one."""

    wire_name: ClassVar[str] = "practice.supervision_held"

    supervisor_id: WorkerId
    worker_ids: tuple[WorkerId, ...] = Field(min_length=1)
    kind: SupervisionKind
    minutes: int = Field(gt=0, le=480)
    reflective_quality: int | None = Field(default=None, ge=1, le=5)


class SupervisionMissed(DomainEvent):
    """An agreed session did not take place and nobody said so before."""

    wire_name: ClassVar[str] = "practice.supervision_missed"

    worker_id: WorkerId
    supervisor_id: WorkerId
    kind: SupervisionKind


class SupervisionCancelled(DomainEvent):
    """An agreed session was called off beforehand."""

    wire_name: ClassVar[str] = "practice.supervision_cancelled"

    worker_id: WorkerId
    supervisor_id: WorkerId
    kind: SupervisionKind


class LearningAttended(DomainEvent):
    """A worker took part in training or another learning activity."""

    wire_name: ClassVar[str] = "practice.learning_attended"

    worker_id: WorkerId
    topic: Slug
    hours: float = Field(gt=0, le=80)


class PeerSupportHeld(DomainEvent):
    """Workers met to support one another."""

    wire_name: ClassVar[str] = "practice.peer_support_held"

    worker_ids: tuple[WorkerId, ...] = Field(min_length=2)
    minutes: int = Field(gt=0, le=480)


class ServiceDevelopmentJoined(DomainEvent):
    """A worker took part in shaping the service."""

    wire_name: ClassVar[str] = "practice.service_development_joined"

    worker_id: WorkerId
    activity: Slug


class FeedbackGiven(DomainEvent):
    """A worker rated a supervision or learning activity, 1 to 5."""

    wire_name: ClassVar[str] = "practice.feedback_given"

    worker_id: WorkerId
    activity: Slug
    rating: int = Field(ge=1, le=5)


PracticeEvent = (
    CriticalIncidentRecorded
    | FollowUpCompleted
    | DebriefHeld
    | SupervisionAgreed
    | SupervisionHeld
    | SupervisionMissed
    | SupervisionCancelled
    | LearningAttended
    | PeerSupportHeld
    | ServiceDevelopmentJoined
    | FeedbackGiven
)
