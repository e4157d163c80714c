"""Who acts, when, and where ids come from: handed in, so that nothing here reads a clock or rolls dice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.events import DomainEvent, Envelope, EventRecord
from domain.identifiers import PersonId

OWN_SYSTEM = "allocation-engine"
"""Source system of events that the engine itself makes; their source id is their event id."""


@dataclass(frozen=True)
class Stamp:
    """One act of one person at one moment: every event made with it shares actor, time and correlation."""

    actor: PersonId
    at: datetime
    new_id: Callable[[], UUID]
    correlation_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "correlation_id", self.new_id())

    def record(self, event: DomainEvent) -> EventRecord:
        """Put an event in an envelope of its own."""
        event_id = self.new_id()
        envelope = Envelope(
            event_id=event_id,
            occurred_at=self.at,
            recorded_at=self.at,
            actor=self.actor,
            source_system=OWN_SYSTEM,
            source_id=str(event_id),
            correlation_id=self.correlation_id,
        )
        return EventRecord(envelope=envelope, event=event)
