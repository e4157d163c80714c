"""What the tests of sealing share: a keyring with known keys, and records of every event."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from allocation_engine.persistence.keys.keyring import Keyring
from allocation_engine.persistence.keys.memory_keys import MemoryKeys
from allocation_engine.persistence.keys.sealing import Sealing
from allocation_engine.persistence.mapper import RecordMapper
from domain.events import DomainEvent, Envelope, EventRecord
from domain.events.persons import concerned_by
from domain.identifiers import PersonId

MOMENT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
NAMES = ("worker:w-1", "worker:w-2", "worker:w-3", "case:c-1", "case:c-2", "proposal:p-1")


def record_of(event: DomainEvent, number: int = 1, source_id: str | None = None) -> EventRecord:
    envelope = Envelope(
        event_id=UUID(int=number),
        occurred_at=MOMENT,
        recorded_at=MOMENT,
        actor=PersonId("m-1"),
        source_system="case-system",
        source_id=source_id or str(number),
    )
    return EventRecord(envelope=envelope, event=event)


def known_keyring() -> Keyring:
    """Make a keyring whose keys follow from their names: golden files are sealed under these."""
    keyring = Keyring(MemoryKeys(), wait=lambda _: None)
    keyring.backend.make({name: sha256(name.encode()).digest() for name in NAMES})
    return keyring


def mapper_with(keyring: Keyring) -> RecordMapper:
    return RecordMapper(sealing=Sealing(keyring))


def is_of_somebody(event: DomainEvent) -> bool:
    return bool(concerned_by(event).tags)
