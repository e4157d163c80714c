"""Take an event back in a named person's name: the log keeps it, every account and view goes on without it."""

from collections.abc import Iterable
from typing import get_args

from allocation_engine.errors import DecisionRefused
from allocation_engine.persistence.event_log import Criterion, EventLog, StoredEvent
from allocation_engine.planning.stamp import Stamp
from domain.events import EventRecord
from domain.events.allocation import AllocationEvent
from domain.events.corrections import EventRetracted, PersonErased
from domain.rejection import Rejection
from domain.vocabulary import RetractionReason
from projections.corrections import CORRECTIONS, Note, is_withdrawn, note_of, with_note
from projections.dated_events import DatedEvent

RECORD = "Log: nothing is edited, everything can be taken back by a named person"


def retract(log: EventLog, position: int, reason: RetractionReason, stamp: Stamp) -> EventRecord:
    """Record that the event at a position should not be there; give the retraction, which can be retracted in its turn.

    Raises
    ------
    DecisionRefused
        There is no such event, it was taken back already, or it is a decision that has commands of its own.
    """
    head = log.head()
    stored = next(iter(log.read(after=position - 1, limit=1).events), None) if position > 0 else None
    if stored is None or stored.position != position:
        raise DecisionRefused(
            Rejection("no_event", f"there is no event at position {position}; `log` shows them", RECORD)
        )
    target = stored.record
    about = (Criterion(frozenset({min(target.event.tags())}), CORRECTIONS),)
    if refusal := _refusal(stored, log.read(about).events):
        raise DecisionRefused(refusal)
    event = EventRetracted(
        target_event_id=target.envelope.event_id,
        target_system=target.envelope.source_system,
        target_source_id=target.envelope.source_id,
        reason=reason,
        subjects=tuple(sorted(target.event.tags())),
    )
    record = stamp.record(event)
    log.append([record], unless=about, after=head)
    return record


def _refusal(stored: StoredEvent, corrections: Iterable[StoredEvent]) -> Rejection | None:
    event = stored.record.event
    if isinstance(event, (*get_args(AllocationEvent), PersonErased)):
        why = f"{event.wire_type()} is a decision: it is changed by `amend` or `reject`, or by a new proposal"
        return Rejection("not_retractable", why, RECORD)
    notes: tuple[Note[DatedEvent], ...] = ()
    for one in corrections:
        note: Note[DatedEvent] | None = note_of(one.record, lambda _: ())
        if note is not None:
            notes = with_note(notes, note)
    if is_withdrawn(stored.record.envelope.event_id, notes):
        return Rejection("already_retracted", f"the event at position {stored.position} was taken back already", RECORD)
    return None
