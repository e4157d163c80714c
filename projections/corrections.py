"""What a record means for a row: what to take out of it, and what to put in. The one place that knows corrections."""

from dataclasses import dataclass
from uuid import UUID

from domain.events.base import DomainEvent, EventRecord
from domain.events.corrections import EventCorrected, EventRetracted
from domain.events.registry import REGISTRY, EventRegistry


@dataclass(frozen=True, slots=True)
class Effect:
    """The event whose facts go, if any, and the record whose facts come, if any."""

    drop: UUID | None
    put: EventRecord | None


CORRECTIONS: frozenset[type[DomainEvent]] = frozenset({EventRetracted, EventCorrected})


def effect_of(record: EventRecord, registry: EventRegistry = REGISTRY) -> Effect:
    """Read a retraction or correction as what it does to the event it is about; anything else stands for itself.

    A corrected event keeps the identity of the original, so that it can be corrected or retracted again.
    """
    match record.event:
        case EventRetracted() as event:
            return Effect(drop=event.target_event_id, put=None)
        case EventCorrected() as event:
            envelope = record.envelope.model_copy(
                update={"event_id": event.target_event_id, "occurred_at": event.occurred_at},
            )
            replacement = registry.decode(event.replacement_type, event.replacement)
            return Effect(drop=event.target_event_id, put=EventRecord(envelope=envelope, event=replacement))
        case _:
            return Effect(drop=None, put=record)


def subjects(record: EventRecord, *prefixes: str) -> tuple[str, ...]:
    """Give the tags of a record that are of these kinds, sorted: the rows it touches."""
    return tuple(sorted(tag for tag in record.event.tags() if tag.split(":", 1)[0] in prefixes))
