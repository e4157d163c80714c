"""Learning: what did a worker take part in, and who has access to it? Asked by the worker, and by leaders of groups.

Learning attended, peer support, group supervision received and service development, as dated facts of each worker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import get_args

from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent
from domain.events.corrections import PersonErased
from domain.events.practice import (
    LearningAttended,
    PeerSupportHeld,
    PracticeEvent,
    ServiceDevelopmentJoined,
    SupervisionHeld,
)
from domain.events.service import ServiceEvent
from domain.events.worker import WorkerEvent, WorkerSkillGained
from domain.identifiers import WorkerId
from domain.vocabulary import SupervisionKind
from projections.corrections import CORRECTIONS
from projections.dated_events import DatedEvent, Dossier, dossiers

READ: frozenset[type[DomainEvent]] = frozenset(
    {LearningAttended, PeerSupportHeld, ServiceDevelopmentJoined, SupervisionHeld, WorkerSkillGained}
)
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

MINUTES_AN_HOUR = 60


class Activity(StrEnum):
    """What one can take part in; a skill gained is a result and not an activity."""

    LEARNING = "learning"
    PEER_SUPPORT = "peer_support"
    GROUP_SUPERVISION = "group_supervision"
    SERVICE_DEVELOPMENT = "service_development"


@dataclass(frozen=True, slots=True)
class TakenPart:
    """One thing that a worker took part in: its topic where it has one, and how long it took where that is recorded [h]."""

    at: datetime
    activity: Activity
    topic: str | None
    hours: float | None


@dataclass(frozen=True, slots=True)
class SkillGained:
    """A skill that a worker gained."""

    at: datetime
    skill: str


@dataclass(frozen=True, slots=True)
class WorkerLearning:
    """What one worker took part in and gained in a period, oldest first."""

    worker_id: WorkerId
    taken_part: tuple[TakenPart, ...]
    skills: tuple[SkillGained, ...]

    @property
    def activities(self) -> frozenset[Activity]:
        """The kinds of activity that the worker took part in at least once."""
        return frozenset(one.activity for one in self.taken_part)


def learning(
    rows: Mapping[str, Dossier], since: datetime, as_at: datetime, known_at: datetime | None = None
) -> dict[WorkerId, WorkerLearning]:
    """Give what everybody took part in after a moment and up to another, by id."""
    found = {}
    for key, row in sorted(rows.items()):
        ever = row.worked_out(key, _ever, as_at, known_at)
        found[ever.worker_id] = WorkerLearning(
            ever.worker_id,
            tuple(one for one in ever.taken_part if one.at > since),
            tuple(one for one in ever.skills if one.at > since),
        )
    return found


def _ever(key: str, told: Sequence[DatedEvent]) -> WorkerLearning:
    """Give all that a worker ever took part in and gained."""
    worker_id = WorkerId(key.removeprefix("worker:"))
    taken_part: list[TakenPart] = []
    skills: list[SkillGained] = []
    for dated in told:
        event = dated.event()
        if isinstance(event, WorkerSkillGained):
            skills.append(SkillGained(dated.at, event.skill))
        elif (one := _taken_part(worker_id, event, dated.at)) is not None:
            taken_part.append(one)
    return WorkerLearning(worker_id, tuple(taken_part), tuple(skills))


def _taken_part(worker_id: WorkerId, event: DomainEvent, at: datetime) -> TakenPart | None:
    """Read an event as something that this worker took part in; giving supervision is work and not learning."""
    match event:
        case LearningAttended():
            return TakenPart(at, Activity.LEARNING, event.topic, event.hours)
        case PeerSupportHeld():
            return TakenPart(at, Activity.PEER_SUPPORT, None, event.minutes / MINUTES_AN_HOUR)
        case ServiceDevelopmentJoined():
            return TakenPart(at, Activity.SERVICE_DEVELOPMENT, event.activity, None)
        case SupervisionHeld(kind=SupervisionKind.GROUP) if worker_id in event.worker_ids:
            return TakenPart(at, Activity.GROUP_SUPERVISION, None, event.minutes / MINUTES_AN_HOUR)
        case _:
            return None


LEARNING = dossiers("learning", version=1, handles=HANDLES, ignores=IGNORES, subject="worker")
