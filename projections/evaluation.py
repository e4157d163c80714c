"""Evaluation: do supervision and learning help those who take part? Asked by leaders who answer for their quality.

The view keeps what a worker took part in and what they said of it; the computed load comes from elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import get_args

from domain.effects import Observed
from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent
from domain.events.corrections import PersonErased
from domain.events.practice import (
    FeedbackGiven,
    LearningAttended,
    PeerSupportHeld,
    PracticeEvent,
    ServiceDevelopmentJoined,
    SupervisionHeld,
)
from domain.events.service import ServiceEvent
from domain.events.worker import CheckInRecorded, WorkerEvent
from domain.identifiers import WorkerId
from projections.corrections import CORRECTIONS
from projections.dated_events import DatedEvent, Dossier, dossiers

KEPT: frozenset[type[DomainEvent]] = frozenset(
    {SupervisionHeld, LearningAttended, PeerSupportHeld, ServiceDevelopmentJoined, FeedbackGiven, CheckInRecorded}
)
HANDLES: frozenset[type[DomainEvent]] = KEPT | CORRECTIONS
IGNORES: frozenset[type[DomainEvent]] = (
    frozenset(
        {
            *get_args(WorkerEvent),
            *get_args(CaseEvent),
            *get_args(PracticeEvent),
            *get_args(ServiceEvent),
            *get_args(AllocationEvent),
            PersonErased,
        },
    )
    - KEPT
)


class Family(StrEnum):
    """What workers take part in, by what it is meant to do."""

    SUPERVISION = "supervision"
    PEER_SUPPORT = "peer_support"
    LEARNING = "learning"
    SERVICE_DEVELOPMENT = "service_development"


@dataclass(frozen=True, slots=True)
class Activity:
    """One kind of session: the kind of supervision, the topic of learning; without a name, all of the family."""

    family: Family
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """A worker's rating of an activity, 1 to 5."""

    worker_id: WorkerId
    at: datetime
    activity: str
    rating: int


@dataclass(frozen=True, slots=True)
class TakenPart:
    """What one worker took part in and said, in order of time.

    Attributes
    ----------
    sessions
        Moments of the sessions of each activity, and of each family as a whole.
    felt
        Felt loads of voluntary check-ins, 1 to 5.
    quality
        Reflective quality of supervision received, 1 to 5, by kind and as a whole, where it was rated.
    ratings
        Ratings of activities.
    """

    worker_id: WorkerId
    sessions: Mapping[Activity, tuple[datetime, ...]]
    felt: tuple[Observed, ...]
    quality: Mapping[Activity, tuple[Observed, ...]]
    ratings: tuple[Rating, ...]


def taken_part(rows: Mapping[str, Dossier], as_at: datetime, known_at: datetime | None = None) -> tuple[TakenPart, ...]:
    """Give everybody's part up to a moment, by id."""
    return tuple(row.worked_out(key, _of_worker, as_at, known_at) for key, row in sorted(rows.items()))


def _of_worker(key: str, told: Sequence[DatedEvent]) -> TakenPart:
    worker_id = WorkerId(key.removeprefix("worker:"))
    sessions: dict[Activity, list[datetime]] = {}
    quality: dict[Activity, list[Observed]] = {}
    felt: list[Observed] = []
    ratings: list[Rating] = []
    for dated in told:
        event, at = dated.event(), dated.at
        for activity in _activities(worker_id, event):
            sessions.setdefault(activity, []).append(at)
            if isinstance(event, SupervisionHeld) and event.reflective_quality is not None:
                quality.setdefault(activity, []).append(Observed(at, event.reflective_quality))
        if isinstance(event, CheckInRecorded):
            felt.append(Observed(at, event.felt_load))
        elif isinstance(event, FeedbackGiven):
            ratings.append(Rating(worker_id, at, event.activity, event.rating))
    return TakenPart(
        worker_id,
        {activity: tuple(moments) for activity, moments in sessions.items()},
        tuple(felt),
        {activity: tuple(rated) for activity, rated in quality.items()},
        tuple(ratings),
    )


def _activities(worker_id: WorkerId, event: DomainEvent) -> Iterator[Activity]:
    """Say what a worker took part in by an event: the kind or topic, and the whole family. Giving is not taking part."""
    match event:
        case SupervisionHeld() if worker_id in event.worker_ids:
            yield Activity(Family.SUPERVISION)
            yield Activity(Family.SUPERVISION, event.kind.value)
        case LearningAttended():
            yield Activity(Family.LEARNING)
            yield Activity(Family.LEARNING, event.topic)
        case PeerSupportHeld():
            yield Activity(Family.PEER_SUPPORT)
        case ServiceDevelopmentJoined():
            yield Activity(Family.SERVICE_DEVELOPMENT)
        case _:
            return


EVALUATION = dossiers("evaluation", version=1, handles=HANDLES, ignores=IGNORES, subject="worker")
