"""Writes facts, and what puts earlier ones right, into their envelopes. Ids are made of what is meant, never drawn."""

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.importers.casework.on_record import Dated, Told
from domain.events.base import DomainEvent, Envelope, EventRecord
from domain.events.corrections import EventCorrected, EventRetracted
from domain.identifiers import OPAQUE_ID_PATTERN, PersonId
from domain.vocabulary import RetractionReason

EVENT_IDS = UUID("0f2b7f0e-55f5-5f4e-8c1e-3f6d1a9b7c42")
"""Namespace of the event ids; a change of it would make every earlier delivery look new."""


class FactWriter:
    """Makes the records of one delivery.

    Parameters
    ----------
    system
        The slug of the system that delivers.
    recorded_at, actor
        When we learned it, and the opaque id of who brought it.

    Raises
    ------
    SettingsError
        `recorded_at` has no zone, or `actor` is no opaque id.
    """

    def __init__(self, system: str, *, recorded_at: datetime, actor: str) -> None:
        if recorded_at.tzinfo is None:
            raise SettingsError("recorded_at", "has no time zone; give one")
        if re.fullmatch(OPAQUE_ID_PATTERN, actor) is None:
            raise SettingsError("actor", "is no opaque id; give one of letters, digits, dots and dashes, and no name")
        self.system = system
        self.recorded_at = recorded_at
        self._actor = PersonId(actor)

    def told(self, event: DomainEvent, at: datetime, source_id: str) -> EventRecord:
        """Record what is new."""
        return EventRecord(
            envelope=Envelope(
                event_id=uuid5(EVENT_IDS, f"{self.system}/{source_id}"),
                occurred_at=at,
                recorded_at=self.recorded_at,
                actor=self._actor,
                source_system=self.system,
                source_id=source_id,
            ),
            event=event,
        )

    def corrected(self, before: Told, after: Dated) -> EventRecord:
        """Record that something told before should have read so; one that was taken back holds again, as this."""
        correction = EventCorrected(
            target_event_id=before.event_id,
            target_system=self.system,
            target_source_id=before.source_id,
            occurred_at=after.at,
            replacement_type=after.event.wire_type(),
            replacement=after.event.model_dump(mode="json"),
            subjects=_subjects([after, *before.said]),
        )
        return self.told(correction, self.recorded_at, _next_word(before))

    def retracted(self, before: Told) -> EventRecord:
        """Record that something told before should not be there."""
        retraction = EventRetracted(
            target_event_id=before.event_id,
            target_system=self.system,
            target_source_id=before.source_id,
            reason=RetractionReason.RECORDED_IN_ERROR,
            subjects=_subjects(before.said),
        )
        return self.told(retraction, self.recorded_at, _next_word(before))


def _next_word(before: Told) -> str:
    """Give the id of the next word on an event: a delivery that is told twice at once says the same word."""
    return f"{before.source_id}~{before.words + 1}"


def _subjects(said: Iterable[Dated]) -> tuple[str, ...]:
    return tuple(sorted(set().union(*(one.event.tags() for one in said))))
