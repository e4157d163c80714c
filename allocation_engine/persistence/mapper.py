"""Between an event record and what the library stores: `{"envelope": …, "event": …}` as pydantic-core JSON.

With keys of persons the event is sealed (`keys/sealing.py`); what is stored plain is read all the same.
"""

from collections.abc import Sequence
from typing import Any

from eventsourcing.dcb.api import DCBEvent, DCBSequencedEvent
from eventsourcing.dcb.domain import Tagged
from eventsourcing.dcb.persistence import DCBMapper
from pydantic import ValidationError
from pydantic_core import from_json

from allocation_engine.errors import UnreadableEvent
from allocation_engine.persistence.keys.sealing import Sealing, is_sealed
from domain.errors import DomainError, InvalidEvent, UnknownEventType
from domain.events import REGISTRY, Envelope, EventRecord, EventRegistry
from domain.events.registry import faults_of

SOURCE_TAG_PREFIX = "source:"
"""Tags with this prefix come from envelopes alone; the stores keep each of them unique."""


class RecordMapper(DCBMapper[Any]):
    """Writes event records and reads them back, validated and brought up to the present version.

    The library's own mappers trust what they read and name classes by their Python path; this one does neither.
    """

    def __init__(self, registry: EventRegistry = REGISTRY, sealing: Sealing | None = None) -> None:
        self.registry = registry
        self.sealing = sealing
        self._known = registry.classes

    def to_dcb_event(self, event: Tagged[Any]) -> DCBEvent:
        """Write a tagged record; its tags are the record's own."""
        return self.encode(event.decision)

    def to_domain_event(self, event: DCBEvent) -> Tagged[Any]:
        """Read a record with its stored tags; the caller must know the position if the event cannot be read."""
        return Tagged(tags=list(event.tags), decision=self.decode(event))

    def encode_all(self, records: Sequence[EventRecord]) -> list[DCBEvent]:
        """Write records as `encode` does, making the keys that are missing in one go."""
        if self.sealing is not None:
            self.sealing.prepare(record for record in records if type(record.event) in self._known)
        return [self.encode(record) for record in records]

    def encode(self, record: EventRecord) -> DCBEvent:
        """Write a record as the library stores it.

        Raises
        ------
        UnknownEventType
            The registry has no such event: it could never be read again.
        InvalidEvent
            The event claims a source tag as a subject, which would make it a second delivery of another event.
        PersonWasErased
            Whoever it is about was erased.
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
        parts = envelope.__pydantic_serializer__.to_json(envelope), event.__pydantic_serializer__.to_json(event)
        data = b'{"envelope":%b,"event":%b}' % parts if self.sealing is None else self.sealing.seal(record, *parts)
        return DCBEvent(type=wire_type, data=data, tags=[envelope.source_tag, *sorted(subjects)])

    def decode(self, stored: DCBEvent) -> EventRecord:
        """Read a stored event, validating its envelope and its fields.

        Raises
        ------
        DomainError
            The type is unknown, the content does not fit it, or it is sealed and the key is missing.
        """
        wire_type, data = self.opened(stored.type, stored.data)
        try:
            content = from_json(data)
            if not isinstance(content, dict) or content.keys() != {"envelope", "event"}:
                raise InvalidEvent(stored.type, (("(whole)", "expected an envelope and an event"),))
            envelope = Envelope.model_validate(content["envelope"], strict=False)
        except ValidationError as error:
            faults = tuple((f"envelope.{field}", fault) for field, fault in faults_of(error))
            raise InvalidEvent(stored.type, faults) from None
        except ValueError:
            raise InvalidEvent(stored.type, (("(whole)", "not valid JSON"),)) from None
        try:
            event = self.registry.decode(wire_type, content["event"])
        except (LookupError, TypeError, ValueError) as error:  # an upcaster that the content does not fit
            raise InvalidEvent(
                stored.type, (("(whole)", f"cannot be brought up to date: {type(error).__name__}"),)
            ) from error
        return EventRecord(envelope=envelope, event=event)

    def envelope(self, stored: DCBEvent) -> Envelope:
        """Read the envelope of a stored event alone: it is never sealed, so what the event says stays closed.

        Raises
        ------
        InvalidEvent
            The envelope cannot be read.
        """
        try:
            return Envelope.model_validate(from_json(stored.data)["envelope"], strict=False)
        except (LookupError, TypeError, ValueError):
            raise InvalidEvent(stored.type, (("envelope", "cannot be read"),)) from None

    def envelope_at(self, stored: DCBSequencedEvent) -> Envelope:
        """Read the envelope of a stored event; where it cannot be read, `UnreadableEvent` says at which position."""
        try:
            return self.envelope(stored.event)
        except DomainError as error:
            raise UnreadableEvent(stored.position, stored.event.type, str(error)) from error

    def opened(self, wire_type: str, data: bytes) -> tuple[str, bytes]:
        """Give a stored event as it would be stored plain; one whose person was erased as `correction.person_erased`."""
        if not is_sealed(data):
            return wire_type, data
        if self.sealing is None:
            raise InvalidEvent(wire_type, (("(whole)", "is sealed; name the keys in ALLOCATION_ENGINE_PERSON_KEYS"),))
        return self.sealing.open(wire_type, data)

    def decode_at(self, stored: DCBSequencedEvent) -> EventRecord:
        """Read a stored event; where it cannot be read, `UnreadableEvent` says at which position."""
        try:
            return self.decode(stored.event)
        except DomainError as error:
            raise UnreadableEvent(stored.position, stored.event.type, str(error)) from error
