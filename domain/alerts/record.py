"""What the blind-spot rules read: the course of each worker, team and case so far, dated, with no policy number in it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.identifiers import CaseId, IncidentId, TeamId, WorkerId
from domain.load.over_time import PointInTime
from domain.vocabulary import FollowUpDue, RiskLevel


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened, and the event that says so."""

    event_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class InPost:
    """A stretch in post: the registration it began with, and until when (None: still in post)."""

    event_id: UUID
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A felt load [1 to 5] that a worker chose to tell, with the computed load at that moment."""

    event_id: UUID
    felt_load: int
    computed: PointInTime


@dataclass(frozen=True, slots=True)
class Concern:
    """A capacity concern, and when it was answered (None: not yet). Raised anew while open, it is the same concern."""

    event_id: UUID
    at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwedFollowUp:
    """A dated follow-up that an incident opened for a worker, and when it was done (None: not yet)."""

    event_id: UUID
    incident_id: IncidentId
    happened_at: datetime
    due: FollowUpDue
    due_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkerCourse:
    """One worker's course: posts, supervision, what they told, what is owed to them, and their load day by day.

    `sessions` are those of supervision that they received; `days` holds the load at midnight of every day in post.
    """

    worker_id: WorkerId
    posts: tuple[InPost, ...] = ()
    agreements: tuple[Happened, ...] = ()
    sessions: tuple[Happened, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    concerns: tuple[Concern, ...] = ()
    owed: tuple[OwedFollowUp, ...] = ()
    days: tuple[PointInTime, ...] = ()


@dataclass(frozen=True, slots=True)
class RiskLowered:
    """A reassessment to a lower risk than before, with the primary worker of that moment and their load then."""

    event_id: UUID
    case_id: CaseId
    at: datetime
    before: RiskLevel
    after: RiskLevel
    holder: WorkerId
    computed: PointInTime


@dataclass(frozen=True, slots=True)
class UrgentWait:
    """A time in which an urgent case had no primary worker, with the event that it began with (None: it still waits)."""

    event_id: UUID
    case_id: CaseId
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TeamDay:
    """A team at midnight: how many people are in post, and how many high-risk cases each has as primary worker."""

    at: datetime
    people: int
    high_risk: tuple[tuple[WorkerId, int], ...]


@dataclass(frozen=True, slots=True)
class HighRiskHeld:
    """A stretch in which a case was of high or very high risk and this worker its primary worker (None until: still).

    `event_id` is what it began with: the case came to them, or its risk rose.
    """

    event_id: UUID
    case_id: CaseId
    worker_id: WorkerId
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TeamCourse:
    """One team, day by day, with what its people held of high risk while they were in it."""

    team_id: TeamId
    days: tuple[TeamDay, ...]
    high_risk_held: tuple[HighRiskHeld, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """All that the rules read, up to a moment."""

    as_at: datetime
    workers: tuple[WorkerCourse, ...] = ()
    teams: tuple[TeamCourse, ...] = ()
    lowered: tuple[RiskLowered, ...] = ()
    waits: tuple[UrgentWait, ...] = ()
