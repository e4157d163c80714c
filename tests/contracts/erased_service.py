"""A small service with rare words in it, kept sealed: whatever of these words is found in a file was stored plain."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg

from allocation_engine import Engine, open_engine
from domain.events import DomainEvent
from domain.events.case import CaseAssigned, CaseReferred, CaseRiskReassessed
from domain.events.corrections import EventCorrected
from domain.events.practice import (
    CriticalIncidentRecorded,
    Exposure,
    LearningAttended,
    PeerSupportHeld,
    SupervisionHeld,
)
from domain.events.worker import CheckInRecorded, WorkerHoursChanged, WorkerRegistered
from domain.identifiers import CaseId, IncidentId, WorkerId
from domain.vocabulary import (
    CareerStage,
    ExposureRoute,
    HarmType,
    IncidentKind,
    RiskLevel,
    Severity,
    SupervisionKind,
)
from tests.planning.given import delivered

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BEGUN = NOW - timedelta(days=60)
CHILD, OTHER_CHILD = CaseId("c-1"), CaseId("c-2")
W1, W2, W3 = WorkerId("w-1"), WorkerId("w-2"), WorkerId("w-3")

COMMON_OF_SEALED = ("sexual_exploitation", "missing_episode", "felt_load", "reflective_quality", "very_high")
"""Words of the vocabulary that stand in nothing but what is said of persons."""


def post(worker_id: WorkerId, *, skills: tuple[str, ...] = (), languages: tuple[str, ...] = ()) -> WorkerRegistered:
    return WorkerRegistered(
        worker_id=worker_id, fte=1.0, stage=CareerStage.EXPERIENCED, skills=skills, languages=languages
    )


def events(rare: str) -> list[DomainEvent]:
    """Two cases and three workers: w-1 has worked both, w-2 the second one, w-3 none."""
    return [
        post(W1, skills=(f"{rare}skill",), languages=(f"{rare}spoken",)),
        post(W2),
        post(W3),
        CaseReferred(
            case_id=CHILD,
            harm_types=(HarmType.SEXUAL_EXPLOITATION,),
            risk=RiskLevel.HIGH,
            needs=(f"{rare}need",),
            languages=(f"{rare}tongue",),
            area=f"{rare}quarter",
        ),
        CaseReferred(case_id=OTHER_CHILD, harm_types=(HarmType.GANGS,), risk=RiskLevel.MEDIUM),
        CaseAssigned(case_id=CHILD, worker_id=W1),
        CaseAssigned(case_id=OTHER_CHILD, worker_id=W2),
        CaseRiskReassessed(case_id=CHILD, risk=RiskLevel.VERY_HIGH),
        CriticalIncidentRecorded(
            incident_id=IncidentId("i-1"),
            kind=IncidentKind.MISSING_EPISODE,
            severity=Severity.SERIOUS,
            exposures=(Exposure(worker_id=W1, route=ExposureRoute.DIRECT),),
            case_id=CHILD,
        ),
        CriticalIncidentRecorded(
            incident_id=IncidentId("i-2"),
            kind=IncidentKind.THREAT_TO_WORKER,
            severity=Severity.SERIOUS,
            exposures=(
                Exposure(worker_id=W1, route=ExposureRoute.DIRECT),
                Exposure(worker_id=W2, route=ExposureRoute.TEAM_HEARD),
            ),
        ),
        SupervisionHeld(
            supervisor_id=W3, worker_ids=(W1, W2), kind=SupervisionKind.GROUP, minutes=90, reflective_quality=4
        ),
        PeerSupportHeld(worker_ids=(W1, W2), minutes=45),
        WorkerHoursChanged(worker_id=W1, fte=0.8),
        CheckInRecorded(worker_id=W1, felt_load=4),
        LearningAttended(worker_id=W1, topic=f"{rare}topic", hours=3),
    ]


class Kept:
    """A sealed service in a store, and the files that hold it."""

    def __init__(self, url: str, keys: Path, files: Callable[[], Sequence[Path]]) -> None:
        self.url = url
        self.rare = f"zyqx{secrets.token_hex(4)}"
        self.of_the_child = tuple(self.rare + word for word in ("need", "tongue", "quarter", "corrected"))
        self.of_the_worker = tuple(self.rare + word for word in ("skill", "topic", "spoken"))
        # PostgreSQL's files are those of all tests, and others store these words plain.
        self.common = () if url.startswith("postgresql") else COMMON_OF_SEALED
        self.every_word = (*self.of_the_child, *self.of_the_worker, *self.common)
        self.keys = keys
        self.files = files
        self._clock = count()

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        seed = next(self._clock)
        dice = Random(seed)
        with open_engine(
            self.url,
            person_keys=str(self.keys),
            clock=lambda: NOW + timedelta(minutes=seed),
            new_id=lambda: UUID(int=dice.getrandbits(128), version=4),
        ) as engine:
            yield engine

    def fill(self) -> None:
        with self.engine() as engine:
            records = list(delivered(events(self.rare), at=BEGUN))
            engine.ingest(records)
            referral = next(one for one in records if isinstance(one.event, CaseReferred))
            correction = EventCorrected(
                target_event_id=referral.envelope.event_id,
                target_system=referral.envelope.source_system,
                target_source_id=referral.envelope.source_id,
                occurred_at=referral.envelope.occurred_at,
                replacement_type=CaseReferred.wire_type(),
                replacement=referral.event.model_copy(update={"needs": (f"{self.rare}corrected",)}).model_dump(
                    mode="json"
                ),
                subjects=("case:c-1",),
            )
            engine.ingest(delivered([correction], at=NOW))

    def found(self, *words: str, also: Sequence[Path] = ()) -> list[tuple[str, str]]:
        """Give the words that some file holds, with its name; of PostgreSQL the whole directory of data."""
        if self.url.startswith("postgresql"):
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute("CHECKPOINT")
        files = [(one.name, one.read_bytes()) for one in (*self.files(), *also) if one.is_file()]
        assert sum(len(data) for _, data in files) > 10_000
        return [(word, name) for word in words for name, data in files if word.encode() in data]
