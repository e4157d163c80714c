"""A row that keeps its subject's events in the order in which they happened, with every later word on them.

Folding them up to a moment with `domain.evolve` answers "as at" for any day, and "as known at" besides; late news needs
no special case.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from typing import TypeVar
from uuid import UUID

from pydantic import JsonValue, TypeAdapter

from domain.events.base import DomainEvent, EventRecord
from domain.events.order import TimeOrder, rank_of
from domain.events.registry import REGISTRY
from projections.corrections import Note, note_of, standing, subjects, with_note
from projections.dossier_rebuild import DossierFold
from projections.projection import Projection
from projections.row_format import JsonRows
from projections.worked_out import WorkedOut

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """One event of a subject, as stored: its id, when it happened, when we learned it, its wire type and fields."""

    event_id: UUID
    at: datetime
    recorded_at: datetime
    wire_type: str
    fields: dict[str, JsonValue]

    def event(self) -> DomainEvent:
        """Read the event, whatever its version was."""
        return REGISTRY.decode(self.wire_type, self.fields)


@dataclass(frozen=True)  # without slots: what is worked out from it is kept beside its fields
class Dossier:
    """A subject's events in order, as they were first told, and the notes on them."""

    events: tuple[DatedEvent, ...] = ()
    notes: tuple[Note[DatedEvent], ...] = ()

    @cached_property
    def _worked_out(self) -> WorkedOut:
        return WorkedOut()

    def worked_out(
        self,
        key: str,
        what: Callable[[str, Sequence[DatedEvent]], T],
        as_at: datetime,
        known_at: datetime | None = None,
    ) -> T:
        """Give what follows from the key and the events that had happened by a moment, as known at another.

        It is worked out once for all moments between two events. `what` must go by what it is given and by nothing else.
        """
        stands = self.events
        if self.notes or known_at is not None:
            stands = self._worked_out.get(known_at, lambda: tuple(standing_events(self, known_at)))
        so_far = bisect_right(stands, as_at, key=_at)
        return self._worked_out.get((what, known_at, so_far), lambda: what(key, stands[:so_far]))


EMPTY = Dossier()


def _at(dated: DatedEvent) -> datetime:
    return dated.at


def _in_time(dated: DatedEvent) -> TimeOrder:
    return dated.at, rank_of(REGISTRY.class_of(dated.wire_type)), dated.event_id


def keep_dated(row: Dossier | None, key: str, record: EventRecord, keeps: frozenset[type[DomainEvent]]) -> Dossier:
    """Give a row with a record's event in its place in time, or with a note on one that may yet come."""

    def say(told: EventRecord) -> tuple[DatedEvent, ...]:
        return (_dated(told),) if type(told.event) in keeps and key in told.event.tags() else ()

    row = row or EMPTY
    note = note_of(record, say)
    if note is not None:
        return replace(row, notes=with_note(row.notes, note))
    events = [one for one in row.events if one.event_id != record.envelope.event_id]
    for dated in say(record):
        insort(events, dated, key=_in_time)
    return replace(row, events=tuple(events))


def _dated(record: EventRecord) -> DatedEvent:
    envelope = record.envelope
    return DatedEvent(
        event_id=envelope.event_id,
        at=envelope.occurred_at,
        recorded_at=envelope.recorded_at,
        wire_type=record.event.wire_type(),
        fields=record.event.model_dump(mode="json"),
    )


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

    def apply(row: Dossier | None, key: str, record: EventRecord) -> Dossier:
        return keep_dated(row, key, record, handles)

    return Projection[Dossier](
        name=name,
        version=version,
        handles=handles,
        ignores=ignores,
        keys=keys,
        apply=apply,
        rows=JsonRows(TypeAdapter(Dossier)),
        columns=partial(DossierFold, {subject: handles}),
    )


def standing_events(row: Dossier, known_at: datetime | None = None) -> Iterator[DatedEvent]:
    """Give the events that stand as known at a moment, in the order in which they happened."""
    return standing(row.events, row.notes, known_at, _in_time)


def events_until(
    row: Dossier, as_at: datetime, known_at: datetime | None = None
) -> Iterator[tuple[DomainEvent, datetime]]:
    """Give the events that had happened by a moment, with when, as known at a moment (None: by all we know)."""
    for dated in standing_events(row, known_at):
        if dated.at > as_at:
            return
        yield dated.event(), dated.at


def all_until(
    rows: Iterable[Dossier], as_at: datetime, known_at: datetime | None = None
) -> list[tuple[DomainEvent, datetime, UUID]]:
    """Give the events of several rows together, each once, in order, with when and its id."""
    found = {dated.event_id: dated for row in rows for dated in standing_events(row, known_at) if dated.at <= as_at}
    return [(dated.event(), dated.at, dated.event_id) for dated in sorted(found.values(), key=_in_time)]
