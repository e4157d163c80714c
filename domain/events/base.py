"""What every event is, and the envelope it travels in."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from domain.events.subjects import tags_of
from domain.identifiers import EventId, Moment, PersonId, Slug, SourceId


class DomainEvent(BaseModel):
    """A fact in the past tense: frozen, with no field beyond those defined.

    `wire_name` and `wire_version` are what the log stores (`case.assigned.v1`), so a class may be renamed or moved
    without orphaning history. A stored shape never changes: a new version gets a new number and an upcaster.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    wire_name: ClassVar[str]
    wire_version: ClassVar[int] = 1

    @classmethod
    def wire_type(cls) -> str:
        """Give the stored type, such as `case.assigned.v1`."""
        return f"{cls.wire_name}.v{cls.wire_version}"

    def tags(self) -> frozenset[str]:
        """Give the subjects this fact binds, such as `worker:…` and `case:…`; decisions and projections read by them."""
        return tags_of(self)


class Envelope(BaseModel):
    """Who, when and whence of one event.

    Attributes
    ----------
    event_id
        Identity of the event in our log.
    occurred_at, recorded_at
        When it happened, and when we learned of it: late news changes the first only.
    actor
        Opaque id of the person or system that recorded it.
    source_system, source_id
        Where it comes from and that system's own id for it: the pair makes ingest idempotent.
    correlation_id
        Shared by events that one action set off.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: EventId
    occurred_at: Moment
    recorded_at: Moment
    actor: PersonId
    source_system: Slug
    source_id: SourceId
    correlation_id: EventId | None = None

    @property
    def source_tag(self) -> str:
        """The tag under which the same delivery would be found again."""
        return f"source:{self.source_system}/{self.source_id}"


class EventRecord(BaseModel):
    """An event in its envelope: what is appended to and read from the log."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    envelope: Envelope
    event: DomainEvent

    @property
    def tags(self) -> frozenset[str]:
        """Subjects and source together: everything the log files this event under."""
        return self.event.tags() | {self.envelope.source_tag}
