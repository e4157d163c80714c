"""Corrections: what was said of an event after it, and which word on it stands. The one place that knows of them.

A row keeps what was said at first and every later word as a `Note`, each with the day on which we learned it. So it can
tell what we knew then, and it is the same row whatever order the news arrives in: a retraction may come before the event
that it is about.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import Field, dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from domain.events.base import DomainEvent, EventRecord
from domain.events.corrections import EventCorrected, EventRetracted
from domain.events.order import TimeOrder
from domain.events.registry import REGISTRY, EventRegistry

CORRECTIONS: frozenset[type[DomainEvent]] = frozenset({EventRetracted, EventCorrected})


class Said(Protocol):
    """Something that an event says of a row's subject: a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def event_id(self) -> UUID:
        """The event that says it."""

    @property
    def recorded_at(self) -> datetime:
        """When it was learned."""


T = TypeVar("T")
S = TypeVar("S", bound=Said)


@dataclass(frozen=True, slots=True)
class Note(Generic[T]):
    """A later word on an event: what holds instead about this row's subject, or that nothing of it holds.

    Attributes
    ----------
    note_id
        The correction's or retraction's own event id: it may be taken back in its turn.
    target
        The event that it is about.
    instead
        What holds in its place, perhaps nothing of this subject; None for a retraction.
    """

    note_id: UUID
    target: UUID
    recorded_at: datetime
    instead: tuple[T, ...] | None


def note_of(
    record: EventRecord, say: Callable[[EventRecord], tuple[T, ...]], registry: EventRegistry = REGISTRY
) -> Note[T] | None:
    """Read a correction or retraction as a note; None for any other event.

    `say` gives what a record says of the row's subject. What stands in for an event keeps that event's identity.
    """
    envelope = record.envelope
    match record.event:
        case EventRetracted() as event:
            return Note(envelope.event_id, event.target_event_id, envelope.recorded_at, None)
        case EventCorrected() as event:
            meant = envelope.model_copy(update={"event_id": event.target_event_id, "occurred_at": event.occurred_at})
            replacement = registry.decode(event.replacement_type, event.replacement)
            instead = say(EventRecord(envelope=meant, event=replacement))
            return Note(envelope.event_id, event.target_event_id, envelope.recorded_at, instead)
        case _:
            return None


def with_note(notes: tuple[Note[T], ...], note: Note[T]) -> tuple[Note[T], ...]:
    """Put a note in its place, by when it was learned; a second delivery changes nothing."""
    others = [one for one in notes if one.note_id != note.note_id]
    return tuple(sorted((*others, note), key=lambda one: (one.recorded_at, one.note_id)))


def standing(
    said: Iterable[S],
    notes: tuple[Note[S], ...],
    known_at: datetime | None,
    order: Callable[[S], TimeOrder],
) -> Iterator[S]:
    """Give what stood of a row as known at a moment (None: by all we know), in the order in which it happened.

    On each event the latest word stands; a word that was itself retracted is as if it had not been said.
    """
    if known_at is not None:
        said = (one for one in said if one.recorded_at <= known_at)
        notes = tuple(one for one in notes if one.recorded_at <= known_at)
    if not notes:
        yield from said
        return
    words = _last_words(notes)
    kept = [one for one in said if one.event_id not in words]
    for target, note in words.items():
        kept.extend(replace(one, event_id=target) for one in note.instead or ())
    yield from sorted(kept, key=order)


def is_withdrawn(event_id: UUID, notes: tuple[Note[S], ...]) -> bool:
    """Tell whether the word that stands on an event is that it should not be there."""
    word = _last_words(notes).get(event_id)
    return word is not None and word.instead is None


def _last_words(notes: tuple[Note[S], ...]) -> dict[UUID, Note[S]]:
    """Find the note that stands on each event, reading from the latest note back."""
    corrected = {note.note_id: note.target for note in notes if note.instead is not None}
    words: dict[UUID, Note[S]] = {}
    for note in reversed(notes):
        taken_back = words.get(note.note_id)
        if taken_back is not None and taken_back.instead is None:
            continue
        target = note.target
        if note.instead is not None:
            target = corrected.get(target, target)  # who corrects a correction means the event itself
        words.setdefault(target, note)
    return words


def subjects(record: EventRecord, *prefixes: str) -> tuple[str, ...]:
    """Give the tags of a record that are of these kinds, sorted: the rows it touches."""
    return tuple(sorted(tag for tag in record.event.tags() if tag.split(":", 1)[0] in prefixes))
