"""Between an event record and what the library stores: `{"envelope": …, "event": …}` as pydantic-core JSON."""

from typing import Any

from eventsourcing.dcb.api import DCBEvent, DCBSequencedEvent
from eventsourcing.dcb.domain import Tagged
from eventsourcing.dcb.persistence import DCBMapper
from pydantic import ValidationError
from pydantic_core import from_json

from allocation_engine.errors import UnreadableEvent
from domain.errors import DomainError, InvalidEvent, UnknownEventType
from domain.events import REGISTRY, Envelope, EventRecord, EventRegistry
from domain.events.registry import faults_of

SOURCE_TAG_PREFIX = "source:"
"""Tags with this prefix come from envelopes alone; the stores keep each of them unique."""


class RecordMapper(DCBMapper[Any]):
    """Writes event records and reads them back, validated and brought up to the present version.

    The library's own mappers trust what they read and name classes by their Python path; this one does neither.
    """

    def __init__(self, registry: EventRegistry = REGISTRY) -> None:
        self.registry = registry
        self._known = registry.classes

    def to_dcb_event(self, event: Tagged[Any]) -> DCBEvent:
        """Write a tagged record; its tags are the record's own."""
        return self.encode(event.decision)

    def to_domain_event(self, event: DCBEvent) -> Tagged[Any]:
        """Read a record with its stored tags; the caller must know the position if the event cannot be read."""
        return Tagged(tags=list(event.tags), decision=self.decode(event))

    def encode(self, record: EventRecord) -> DCBEvent:
        """Write a record as the library stores it.

        Raises
        ------
        UnknownEventType
            The registry has no such event: it could never be read again.
        InvalidEvent
            The event claims a source tag as a subject, which would make it a second delivery of another event.
        """
        event, envelope = record.event, record.envelope
        wire_type = event.wire_type()
        if type(event) not in self._known:
            raise UnknownEventType(wire_type)
        subjects = event.tags()
        if any(tag.startswith(SOURCE_TAG_PREFIX) for tag in subjects):
            raise InvalidEvent(
                wire_type, (("subjects", "a source tag is no subject: give worker:…, case:… and so on"),)
            )
        data = b'{"envelope":%b,"event":%b}' % (
            envelope.__pydantic_serializer__.to_json(envelope),
            event.__pydantic_serializer__.to_json(event),
        )
        return DCBEvent(type=wire_type, data=data, tags=[envelope.source_tag, *sorted(subjects)])

    def decode(self, stored: DCBEvent) -> EventRecord:
        """Read a stored event, validating its envelope and its fields.

        Raises
        ------
        DomainError
            The type is unknown, or the content does not fit it.
        """
        try:
            content = from_json(stored.data)
            if not isinstance(content, dict) or content.keys() != {"envelope", "event"}:
                raise InvalidEvent(stored.type, (("(whole)", "expected an envelope and an event"),))
            envelope = Envelope.model_validate(content["envelope"], strict=False)
        except ValidationError as error:
            faults = tuple((f"envelope.{field}", fault) for field, fault in faults_of(error))
            raise InvalidEvent(stored.type, faults) from None
        except ValueError:
            raise InvalidEvent(stored.type, (("(whole)", "not valid JSON"),)) from None
        try:
            event = self.registry.decode(stored.type, content["event"])
        except (LookupError, TypeError, ValueError) as error:  # an upcaster that the content does not fit
            raise InvalidEvent(
                stored.type, (("(whole)", f"cannot be brought up to date: {type(error).__name__}"),)
            ) from error
        return EventRecord(envelope=envelope, event=event)

    def decode_at(self, stored: DCBSequencedEvent) -> EventRecord:
        """Read a stored event; where it cannot be read, `UnreadableEvent` says at which position."""
        try:
            return self.decode(stored.event)
        except DomainError as error:
            raise UnreadableEvent(stored.position, stored.event.type, str(error)) from error
