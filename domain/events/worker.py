"""Facts about a practitioner's post, hours and absence, and what they chose to tell."""

from typing import ClassVar

from pydantic import Field

from domain.events.base import DomainEvent
from domain.identifiers import Moment, PersonId, Slug, TeamId, WorkerId
from domain.vocabulary import AbsenceKind, Agency, CareerStage, Role

MAX_FTE = 1.5


class WorkerRegistered(DomainEvent):
    """A practitioner joined the service. What is not known stays unset: no hours means no capacity figure."""

    wire_name: ClassVar[str] = "worker.registered"

    worker_id: WorkerId
    agency: Agency | None = None
    role: Role | None = None
    team_id: TeamId | None = None
    fte: float | None = Field(default=None, gt=0, le=MAX_FTE)
    stage: CareerStage | None = None
    area: Slug | None = None
    skills: tuple[Slug, ...] = ()
    languages: tuple[Slug, ...] = ()


class WorkerHoursChanged(DomainEvent):
    """The contracted hours changed, as a share of full time."""

    wire_name: ClassVar[str] = "worker.hours_changed"

    worker_id: WorkerId
    fte: float = Field(gt=0, le=MAX_FTE)


class WorkerStageChanged(DomainEvent):
    """A worker reached another career stage, such as the end of the assessed and supported year."""

    wire_name: ClassVar[str] = "worker.stage_changed"

    worker_id: WorkerId
    stage: CareerStage


class WorkerAbsenceStarted(DomainEvent):
    """A worker went on leave or fell ill; an open end is unknown, not short."""

    wire_name: ClassVar[str] = "worker.absence_started"

    worker_id: WorkerId
    kind: AbsenceKind
    expected_until: Moment | None = None


class WorkerAbsenceEnded(DomainEvent):
    """A worker came back."""

    wire_name: ClassVar[str] = "worker.absence_ended"

    worker_id: WorkerId


class WorkerMovedTeam(DomainEvent):
    """A worker moved to another team."""

    wire_name: ClassVar[str] = "worker.moved_team"

    worker_id: WorkerId
    team_id: TeamId


class WorkerLeft(DomainEvent):
    """A worker left the service."""

    wire_name: ClassVar[str] = "worker.left"

    worker_id: WorkerId


class WorkerSkillGained(DomainEvent):
    """A worker gained a skill that cases may need."""

    wire_name: ClassVar[str] = "worker.skill_gained"

    worker_id: WorkerId
    skill: Slug


class CheckInRecorded(DomainEvent):
    """A worker said, of their own will, how loaded they feel: 1 (light) to 5 (too much). Never used for performance."""

    wire_name: ClassVar[str] = "worker.check_in_recorded"

    worker_id: WorkerId
    felt_load: int = Field(ge=1, le=5)


class CapacityConcernRaised(DomainEvent):
    """A worker, or someone for them, said that they carry too much."""

    wire_name: ClassVar[str] = "worker.capacity_concern_raised"

    worker_id: WorkerId


class CapacityConcernAnswered(DomainEvent):
    """A named leader answered a capacity concern."""

    wire_name: ClassVar[str] = "worker.capacity_concern_answered"

    worker_id: WorkerId
    answered_by: PersonId


WorkerEvent = (
    WorkerRegistered
    | WorkerHoursChanged
    | WorkerStageChanged
    | WorkerAbsenceStarted
    | WorkerAbsenceEnded
    | WorkerMovedTeam
    | WorkerLeft
    | WorkerSkillGained
    | CheckInRecorded
    | CapacityConcernRaised
    | CapacityConcernAnswered
)
