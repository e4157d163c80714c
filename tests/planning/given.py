"""A small service to decide on: an engine whose clock ticks by the minute and whose ids come from a seed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from allocation_engine.bootstrap import open_engine
from allocation_engine.engine import Engine
from domain.events import DomainEvent, Envelope, EventRecord
from domain.events.case import CaseReferred
from domain.events.worker import WorkerRegistered
from domain.identifiers import CaseId, PersonId, TeamId, WorkerId
from domain.vocabulary import CareerStage, RiskLevel, Role

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MANAGER = "manager-1"
REASON = "agreed at the allocation meeting"


def clock_from(start: datetime = START) -> Callable[[], datetime]:
    """Make a clock that is a minute later each time it is read, so that no two acts share a moment."""
    minutes = count(1)
    return lambda: start + timedelta(minutes=next(minutes))


def ids_from(seed: int) -> Callable[[], UUID]:
    """Make a source of ids that is the same every time."""
    dice = Random(seed)
    return lambda: UUID(int=dice.getrandbits(128), version=4)


def engine_on(url: str, *, seed: int = 1, clock: Callable[[], datetime] | None = None) -> Engine:
    """Open an engine on a store."""
    keys = "none" if url.startswith("postgresql") else None
    return open_engine(url, person_keys=keys, clock=clock or clock_from(), new_id=ids_from(seed))


def worker(worker_id: str, *, fte: float | None = 1.0, team: str | None = None) -> WorkerRegistered:
    """Register an experienced social worker."""
    return WorkerRegistered(
        worker_id=WorkerId(worker_id),
        fte=fte,
        role=Role.SOCIAL_WORKER,
        stage=CareerStage.EXPERIENCED,
        team_id=None if team is None else TeamId(team),
    )


def case(case_id: str, risk: RiskLevel = RiskLevel.MEDIUM) -> CaseReferred:
    """Refer a case that was assessed and in which no one harm type was found."""
    return CaseReferred(case_id=CaseId(case_id), harm_types=(), risk=risk)


def delivered(events: list[DomainEvent], *, at: datetime = START, system: str = "case-system") -> Iterator[EventRecord]:
    """Give events as another system delivers them: a second apart, with its own ids for them."""
    for number, event in enumerate(events):
        moment = at + timedelta(seconds=number)
        yield EventRecord(
            envelope=Envelope(
                event_id=UUID(int=Random(f"{system}/{at}/{number}").getrandbits(128), version=4),
                occurred_at=moment,
                recorded_at=moment,
                actor=PersonId("case-system"),
                source_system=system,
                source_id=f"{at:%Y%m%d%H%M%S}-{number}",
            ),
            event=event,
        )


def given(engine: Engine, *events: DomainEvent, at: datetime = START - timedelta(days=1)) -> list[EventRecord]:
    """Put a history on record."""
    records = list(delivered(list(events), at=at))
    engine.ingest(records)
    return records
