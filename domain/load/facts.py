"""Dated facts that the load of a worker follows from: what the model reads, with no policy number in it.

Facts are kept sorted and each remembers its event, so late news takes its place in time and a correction finds what it
corrects: the account never depends on the order of arrival.
"""

from bisect import insort
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import Field

from domain.events.order import TimeOrder
from domain.identifiers import CaseId, IncidentId, WorkerId
from domain.load.parameters import ReliefKind
from domain.vocabulary import (
    AbsenceKind,
    AssignmentRole,
    CareerStage,
    ExposureRoute,
    HarmType,
    IncidentKind,
    RiskLevel,
    Severity,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that was so from `at` on, or happened then, known from one event.

    `recorded_at` is when it was learned, `rank` its event's place among those of one moment (`domain.events.order`).
    """

    event_id: UUID
    at: datetime
    recorded_at: datetime
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(Fact):
    """Contracted hours as a share of full time."""

    fact: Literal["hours"] = "hours"
    fte: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Fact):
    """Career stage."""

    fact: Literal["stage"] = "stage"
    stage: CareerStage


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceStarted(Fact):
    """The worker is away from here on, perhaps until a day that is known."""

    fact: Literal["absence_started"] = "absence_started"
    kind: AbsenceKind
    expected_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceEnded(Fact):
    """The worker is back."""

    fact: Literal["absence_ended"] = "absence_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Fact):
    """The worker left the service."""

    fact: Literal["left"] = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed(Fact):
    """The worker was exposed to an incident."""

    fact: Literal["exposed"] = "exposed"
    incident_id: IncidentId
    case_id: CaseId | None
    kind: IncidentKind
    severity: Severity
    route: ExposureRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionGiven(Fact):
    """The worker supervised so many others in one session, and carries what they brought."""

    fact: Literal["supervision_given"] = "supervision_given"
    supervisees: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Relieved(Fact):
    """The worker had a session that may advance the recovery clock."""

    fact: Literal["relieved"] = "relieved"
    kind: ReliefKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTaken(Fact):
    """The worker holds this case from here on."""

    fact: Literal["case_taken"] = "case_taken"
    case_id: CaseId
    role: AssignmentRole


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseGivenUp(Fact):
    """The worker holds this case no longer."""

    fact: Literal["case_given_up"] = "case_given_up"
    case_id: CaseId
    role: AssignmentRole


@dataclass(frozen=True, slots=True, kw_only=True)
class PartErased(Fact):
    """What an event said of the worker here was erased with a person (`worker:…` or `case:…`): it is unknown, not none."""

    fact: Literal["part_erased"] = "part_erased"
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Fact):
    """The case was referred; what was not assessed is unknown."""

    fact: Literal["case_opened"] = "case_opened"
    harm_types: tuple[HarmType, ...] | None
    risk: RiskLevel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskReassessed(Fact):
    """Risk, and harm types where they are given, hold from here on."""

    fact: Literal["risk_reassessed"] = "risk_reassessed"
    harm_types: tuple[HarmType, ...] | None
    risk: RiskLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryHeldBy(Fact):
    """The case has this one primary worker from here on; whoever was it before is so no longer."""

    fact: Literal["primary_held_by"] = "primary_held_by"
    worker_id: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEnded(Fact):
    """The case was closed."""

    fact: Literal["case_ended"] = "case_ended"


WorkerFact = Annotated[
    Hours
    | Stage
    | AbsenceStarted
    | AbsenceEnded
    | Left
    | Exposed
    | SupervisionGiven
    | Relieved
    | CaseTaken
    | CaseGivenUp
    | PartErased,
    Field(discriminator="fact"),
]
CaseFact = Annotated[
    CaseOpened | RiskReassessed | PrimaryHeldBy | CaseEnded,
    Field(discriminator="fact"),
]

WorkerHistory = tuple[WorkerFact, ...]
CaseHistory = tuple[CaseFact, ...]

F = TypeVar("F", bound=Fact)


def in_time(fact: Fact) -> TimeOrder:
    """Order facts by when they held; at one moment by what they say, then by event, so that every replay agrees."""
    return fact.at, fact.rank, fact.event_id


def with_facts(history: tuple[F, ...], facts: tuple[F, ...]) -> tuple[F, ...]:
    """Put facts in their place in time."""
    if not facts:
        return history
    kept = list(history)
    for fact in facts:
        insort(kept, fact, key=in_time)
    return tuple(kept)
