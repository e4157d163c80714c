"""Reads events that somebody reports, as JSON lines in the engine's plain form."""

from datetime import datetime
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from domain.errors import InvalidEvent
from domain.events import REGISTRY, DomainEvent, Envelope, EventRecord, EventRegistry
from domain.events.registry import faults_of
from domain.identifiers import Moment, PersonId, Slug, SourceId

EVENT_IDS = UUID("6f0a1f3e-52f4-4a0f-9f0c-0b5c8a3e7d11")
"""Namespace of the ids of reported events: the same source and source id always give the same event id."""


class ReportedEvent(BaseModel):
    """One line: what happened, when, and which system says so under which id of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    event: dict[str, JsonValue]
    occurred_at: Moment
    source_system: Slug
    source_id: SourceId


def read_reported_events(
    text: str,
    *,
    recorded_at: datetime,
    actor: str,
    registry: EventRegistry = REGISTRY,
) -> tuple[EventRecord, ...]:
    """Read every line, or refuse all of them: the error names the line and the field.

    Raises
    ------
    InvalidEvent, UnknownEventType
        A line cannot be read; nothing was taken.
    """
    lines = ((number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip())
    return tuple(_record(number, line, recorded_at, actor, registry) for number, line in lines)


def _record(number: int, line: str, recorded_at: datetime, actor: str, registry: EventRegistry) -> EventRecord:
    try:
        reported = ReportedEvent.model_validate_json(line)
    except ValidationError as error:
        raise InvalidEvent(f"line {number}", faults_of(error)) from None
    return record_of(reported, registry.decode(reported.type, reported.event), actor, recorded_at)


def record_of(
    reported: ReportedEvent,
    event: DomainEvent,
    actor: str,
    recorded_at: datetime,
    correlation_id: UUID | None = None,
) -> EventRecord:
    """Give what was reported as it is stored; the same source id always gives the same event id."""
    envelope = Envelope(
        event_id=uuid5(EVENT_IDS, f"{reported.source_system}/{reported.source_id}"),
        occurred_at=reported.occurred_at,
        recorded_at=recorded_at,
        actor=PersonId(actor),
        source_system=reported.source_system,
        source_id=reported.source_id,
        correlation_id=correlation_id,
    )
    return EventRecord(envelope=envelope, event=event)
