"""Facts about facts: an event withdrawn, an event put right, a person erased. The log itself is never edited."""

from typing import ClassVar

from pydantic import Field, JsonValue

from domain.events.base import DomainEvent
from domain.events.subjects import SubjectTag
from domain.identifiers import EventId, Moment, Slug, SourceId
from domain.vocabulary import ErasureReason, RetractionReason


class EventRetracted(DomainEvent):
    """An event should not be there. `subjects` are the tags it was filed under, so that each of them hears of it."""

    wire_name: ClassVar[str] = "correction.event_retracted"

    target_event_id: EventId
    target_system: Slug
    target_source_id: SourceId
    reason: RetractionReason
    subjects: tuple[SubjectTag, ...] = Field(min_length=1)


class EventCorrected(DomainEvent):
    """An event should have read otherwise.

    `replacement_type` and `replacement` are the wire type and fields that hold instead, at `occurred_at`. `subjects`
    are the tags of the original and of the replacement together.
    """

    wire_name: ClassVar[str] = "correction.event_corrected"

    target_event_id: EventId
    target_system: Slug
    target_source_id: SourceId
    occurred_at: Moment
    replacement_type: str
    replacement: dict[str, JsonValue]
    subjects: tuple[SubjectTag, ...] = Field(min_length=1)


class PersonErased(DomainEvent):
    """A person was erased: what is sealed under their key can never be read again.

    It also stands in, when the log is read, for every event that was sealed under the key; then `subjects` are the tags
    of that event, and `erased` says whose key is gone. `reason` is set on the erasure itself.
    """

    wire_name: ClassVar[str] = "correction.person_erased"
    wire_version: ClassVar[int] = 2

    subjects: tuple[SubjectTag, ...] = Field(min_length=1)
    erased: SubjectTag | None = None
    reason: ErasureReason | None = None


CorrectionEvent = EventRetracted | EventCorrected | PersonErased
