"""What is on record of a worker, event by event: so that they can say what is wrong, and a manager can take it back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allocation_engine.interfaces.web.event_words import event_name, field_rows
from allocation_engine.interfaces.web.visit import Visit
from allocation_engine.persistence.event_log import Criterion, StoredEvent
from domain.events.corrections import EventCorrected, EventRetracted
from domain.identifiers import WorkerId


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, and whether it counts still."""

    position: int
    name: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    told: tuple[tuple[str, str], ...]
    is_taken_back: bool
    may_be_taken_back: bool


def entries(visit: Visit, worker: WorkerId) -> tuple[Entry, ...]:
    """Give every event about a worker as at the moment looked at, the newest first."""
    return entries_about(visit, f"worker:{worker}")


def entries_about(visit: Visit, tag: str) -> tuple[Entry, ...]:
    """Give every event with this tag."""
    found = visit.engine.store.log.read((Criterion(frozenset({tag})),)).events
    shown = [one for one in found if _is_known(visit, one)]
    gone = {
        one.record.event.target_event_id
        for one in shown
        if isinstance(one.record.event, EventRetracted | EventCorrected)
    }
    return tuple(_entry(visit, one, gone) for one in reversed(shown))


def _is_known(visit: Visit, stored: StoredEvent) -> bool:
    envelope = stored.record.envelope
    known = visit.known_at or visit.as_at
    return envelope.occurred_at <= visit.as_at and (visit.is_now or envelope.recorded_at <= known)


def _entry(visit: Visit, stored: StoredEvent, gone: set[UUID]) -> Entry:
    envelope, event = stored.record.envelope, stored.record.event
    is_correction = isinstance(event, EventRetracted | EventCorrected)
    return Entry(
        position=stored.position,
        name=event_name(event.wire_type()),
        occurred_at=envelope.occurred_at,
        recorded_at=envelope.recorded_at,
        actor=envelope.actor,
        told=tuple(
            (label.text or "", told.text or "") for label, told in field_rows(visit, event) if told.text != "none"
        ),
        is_taken_back=envelope.event_id in gone,
        may_be_taken_back=not is_correction and envelope.event_id not in gone,
    )
