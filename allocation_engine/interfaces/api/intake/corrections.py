"""Retract or correct an event by its source's own id: the event is looked up, and the rest follows from it."""

from uuid import uuid5

from pydantic import JsonValue

from allocation_engine.interfaces.api.bodies import Correction, Retraction
from allocation_engine.interfaces.api.calls import Post
from allocation_engine.interfaces.api.intake.take_in import take_one
from allocation_engine.interfaces.api.once import Reply
from allocation_engine.interfaces.api.problems import problem
from allocation_engine.interfaces.importers.reported_events import EVENT_IDS
from allocation_engine.persistence.event_log import StoredEvent
from domain.events import REGISTRY, DomainEvent, Envelope, EventRecord
from domain.events.allocation import AllocationEvent
from domain.events.corrections import CorrectionEvent, EventCorrected, EventRetracted
from domain.identifiers import PersonId


def retract(post: Post, asked: Retraction) -> Reply:
    """Record that an event should not be there; the same retraction twice is one."""
    target = _target(post, asked.source_system, asked.source_id)
    envelope = target.record.envelope
    event = EventRetracted(
        target_event_id=envelope.event_id,
        target_system=envelope.source_system,
        target_source_id=envelope.source_id,
        reason=asked.reason,
        subjects=tuple(sorted(target.record.event.tags())),
    )
    return take_one(post.once, _record(post, event, target, "retracted"))


def correct(post: Post, asked: Correction) -> Reply:
    """Record what an event should have read; the same correction twice is one, another one stands over the first."""
    target = _target(post, asked.source_system, asked.source_id)
    replacement = REGISTRY.decode(asked.type, asked.event)
    fields: dict[str, JsonValue] = {
        "target_event_id": str(target.record.envelope.event_id),
        "target_system": asked.source_system,
        "target_source_id": asked.source_id,
        "occurred_at": asked.occurred_at.isoformat(),
        "replacement_type": asked.type,
        "replacement": asked.event,
        "subjects": sorted(target.record.event.tags() | replacement.tags()),  # type: ignore[dict-item]
    }
    event = REGISTRY.decode(EventCorrected.wire_type(), fields)
    mark = uuid5(EVENT_IDS, f"{asked.occurred_at.isoformat()} {event.model_dump_json()}")
    return take_one(post.once, _record(post, event, target, f"corrected-{mark}"))


def _target(post: Post, system: str, source_id: str) -> StoredEvent:
    target = post.engine.store.log.find_source(system, source_id)
    if target is None:
        raise problem("not_found", "No event is on record under this source id: send the event itself first.")
    if isinstance(target.record.event, AllocationEvent | CorrectionEvent):
        raise problem("refused", "A decision or a correction is not taken back in this way.", rule="not_retractable")
    return target


def _record(post: Post, event: DomainEvent, target: StoredEvent, mark: str) -> EventRecord:
    """Put a correction in an envelope whose source id follows from what it says, so that a second one is known."""
    now = post.service.clock()
    named = uuid5(EVENT_IDS, f"{target.record.envelope.event_id} {mark}")
    envelope = Envelope(
        event_id=named,
        occurred_at=target.record.envelope.occurred_at,
        recorded_at=now,
        actor=PersonId(post.who.actor),
        source_system="corrections",
        source_id=str(named),
    )
    return EventRecord(envelope=envelope, event=event)
