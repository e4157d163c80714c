"""What the log holds already of one case or worker: what this system told of it, and which of that still stands."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allocation_engine.persistence.event_log import Criterion, EventLog
from domain.events import REGISTRY, DomainEvent, EventRecord
from domain.events.corrections import EventCorrected, EventRetracted, PersonErased
from domain.events.worker import WorkerHoursChanged, WorkerRegistered
from projections.case_files import CASE_EVENTS
from projections.corrections import CORRECTIONS
from projections.dated_events import EMPTY, Dossier, keep_dated, standing_events

Already = Callable[[str], Iterable[EventRecord]]
"""Gives what is on record under a tag, such as `case:c-…` or `worker:w-…`, in the order of the log."""

WORKER_EVENTS: frozenset[type[DomainEvent]] = frozenset({WorkerRegistered, WorkerHoursChanged})


def already_in(log: EventLog) -> Already:
    """Look things up in a log."""
    later = CORRECTIONS | {PersonErased}

    def already(tag: str) -> Iterator[EventRecord]:
        # A worker's tag is on every case they held: of those nothing is asked here.
        kinds = later | (WORKER_EVENTS if tag.startswith("worker:") else CASE_EVENTS)
        return (stored.record for stored in log.read((Criterion(frozenset({tag}), kinds),)).events)

    return already


def nothing_yet(_: str) -> Iterable[EventRecord]:
    """Give what is on record where nothing is, or nobody knows."""
    return ()


@dataclass(frozen=True, slots=True)
class Dated:
    """An event and when it happened."""

    event: DomainEvent
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One event that this system told.

    Attributes
    ----------
    said
        All that the system has said of it, first and later.
    stands
        What holds now; None if it was taken back.
    words
        How often something was said of it later.
    by_hand
        The last word on it is somebody else's: a person put it right, and the next delivery must not undo that.
    """

    source_id: str
    event_id: UUID
    said: frozenset[Dated]
    stands: Dated | None
    words: int
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is on record of one subject.

    Attributes
    ----------
    told
        What this system told, by source id.
    standing
        All that stands, whoever told it.
    others
        The other systems that told of it.
    erased
        The person was erased: nothing more may be recorded of them.
    """

    told: dict[str, Told]
    standing: tuple[Dated, ...]
    others: frozenset[str]
    erased: bool


def ledger_of(records: Iterable[EventRecord], tag: str, kinds: frozenset[type[DomainEvent]], *, system: str) -> Ledger:
    """Read what is on record of one subject, corrections carried out."""
    row: Dossier = EMPTY
    own: dict[UUID, EventRecord] = {}
    later: list[EventRecord] = []
    others: set[str] = set()
    erased = False
    for record in records:
        if isinstance(record.event, PersonErased):
            erased = erased or record.event.erased == tag
            continue
        row = keep_dated(row, tag, record, kinds | CORRECTIONS)
        if isinstance(record.event, EventRetracted | EventCorrected):
            later.append(record)
        elif record.envelope.source_system == system:
            own[record.envelope.event_id] = record
        elif type(record.event) in kinds:
            others.add(record.envelope.source_system)
    standing = {one.event_id: Dated(one.event(), one.at) for one in standing_events(row)}
    words = _by_event(later)
    told = {
        record.envelope.source_id: _told(record, words.get(event_id, []), standing.get(event_id), system)
        for event_id, record in own.items()
    }
    return Ledger(told, tuple(standing.values()), frozenset(others), erased)


def _by_event(later: list[EventRecord]) -> dict[UUID, list[EventRecord]]:
    """Gather the later words on each event: who takes a correction back speaks of the event itself."""
    meant: dict[UUID, UUID] = {}
    words: dict[UUID, list[EventRecord]] = {}
    for record in sorted(later, key=lambda one: (one.envelope.recorded_at, one.envelope.event_id)):
        if isinstance(record.event, EventRetracted | EventCorrected):
            target = meant.get(record.event.target_event_id, record.event.target_event_id)
            meant[record.envelope.event_id] = target
            words.setdefault(target, []).append(record)
    return words


def _told(record: EventRecord, words: list[EventRecord], stands: Dated | None, system: str) -> Told:
    said = {Dated(record.event, record.envelope.occurred_at)}
    for word in words:
        if word.envelope.source_system == system and isinstance(word.event, EventCorrected):
            replacement = REGISTRY.decode(word.event.replacement_type, word.event.replacement)
            said.add(Dated(replacement, word.event.occurred_at))
    return Told(
        source_id=record.envelope.source_id,
        event_id=record.envelope.event_id,
        said=frozenset(said),
        stands=stands,
        words=len(words),
        by_hand=bool(words) and words[-1].envelope.source_system != system,
    )
