"""A row that keeps its subject's events in the order in which they happened, corrections carried out.

Folding them up to a moment with `domain.evolve` answers "as at" for any day, and late news needs no special case.
"""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue, TypeAdapter

from domain.events.base import DomainEvent, EventRecord
from domain.events.registry import REGISTRY
from projections.corrections import effect_of, subjects
from projections.projection import Projection


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """One event of a subject, as stored: its id, when it happened, its wire type and fields."""

    event_id: UUID
    at: datetime
    wire_type: str
    fields: dict[str, JsonValue]

    def event(self) -> DomainEvent:
        """Read the event, whatever its version was."""
        return REGISTRY.decode(self.wire_type, self.fields)


Dossier = tuple[DatedEvent, ...]


def _in_time(dated: DatedEvent) -> tuple[datetime, UUID]:
    return dated.at, dated.event_id


def keep_dated(
    row: Dossier | None, key: str, record: EventRecord, keeps: frozenset[type[DomainEvent]]
) -> Dossier | None:
    """Give a row with a record's event in its place in time, or taken out, or replaced."""
    effect = effect_of(record)
    kept = [dated for dated in row or () if dated.event_id != effect.drop]
    put = effect.put
    if put is not None and type(put.event) in keeps and key in put.event.tags():
        dated = DatedEvent(
            event_id=put.envelope.event_id,
            at=put.envelope.occurred_at,
            wire_type=put.event.wire_type(),
            fields=put.event.model_dump(mode="json"),
        )
        insort(kept, dated, key=_in_time)
    return tuple(kept) or None


def dossiers(
    name: str,
    *,
    version: int,
    handles: frozenset[type[DomainEvent]],
    ignores: frozenset[type[DomainEvent]],
    subject: str,
) -> Projection[Dossier]:
    """Make the projection that keeps such a row for every subject of one kind, such as `case`."""

    def keys(record: EventRecord) -> tuple[str, ...]:
        return subjects(record, subject)

    def apply(row: Dossier | None, key: str, record: EventRecord) -> Dossier | None:
        return keep_dated(row, key, record, handles)

    return Projection[Dossier](
        name=name,
        version=version,
        handles=handles,
        ignores=ignores,
        keys=keys,
        apply=apply,
        rows=TypeAdapter(Dossier),
    )


def events_until(row: Iterable[DatedEvent], as_at: datetime) -> Iterator[tuple[DomainEvent, datetime]]:
    """Give the events that had happened by a moment, with when."""
    for dated in row:
        if dated.at > as_at:
            return
        yield dated.event(), dated.at
