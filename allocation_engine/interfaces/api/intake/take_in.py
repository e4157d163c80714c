"""Take a delivery in: what is new is stored, what is known changes nothing, what does not fit is refused and said so."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import JsonValue

from allocation_engine.engine import INGEST_AT_ONCE
from allocation_engine.interfaces.api.intake.formats import Read, Refused
from allocation_engine.interfaces.api.once import Once, Reply
from allocation_engine.interfaces.api.problems import faults, problem
from allocation_engine.persistence.event_log import Criterion, EventLog
from allocation_engine.persistence.ports import Appended
from domain.events import EventRecord

STORED, KNOWN, REFUSED = "stored", "already_known", "refused"

Outcome = EventRecord | Refused


def told_otherwise(log: EventLog, items: Sequence[Read]) -> list[Outcome]:
    """Refuse items whose source id is on record, or comes earlier in the delivery, with another content.

    To take such an item for one that is known would lose it without a word.
    """
    records = [item for item in items if isinstance(item, EventRecord)]
    wanted = tuple(Criterion(frozenset({record.envelope.source_tag})) for record in records)
    first: dict[str, EventRecord] = {}
    for start in range(0, len(wanted), INGEST_AT_ONCE):
        for stored in log.read(wanted[start : start + INGEST_AT_ONCE]).events:
            first[stored.record.envelope.source_tag] = stored.record
    outcomes: list[Outcome] = []
    for item in items:
        if isinstance(item, EventRecord) and not _same(first.setdefault(item.envelope.source_tag, item), item):
            outcomes.append(Refused("source_id_reused", (("source_id", "another event is on record under this id"),)))
        else:
            outcomes.append(item)
    return outcomes


def _same(one: EventRecord, other: EventRecord) -> bool:
    return one.event == other.event and one.envelope.occurred_at == other.envelope.occurred_at


def take_in(once: Once, items: Sequence[Read], *, atomic: bool) -> Reply:
    """Store a delivery and give the answer item by item; `atomic`: all or none."""
    outcomes = told_otherwise(once.engine.store.log, items)
    records = [one for one in outcomes if isinstance(one, EventRecord)]
    refused = len(outcomes) - len(records)
    if atomic and refused:
        raise problem("invalid_event", "Nothing was stored: the batch is all or none.", items=_answers(outcomes, None))
    size = (len(records) if atomic else INGEST_AT_ONCE) or 1

    def respond(done: Appended) -> Reply:
        answers = _answers(outcomes, done.positions)
        counts = {name: sum(one["status"] == name for one in answers) for name in (STORED, KNOWN, REFUSED)}
        body: dict[str, Any] = {**counts, "position": done.head, "items": answers}
        return Reply(207 if refused else 200, body)

    # Batches before the last are stored without the receipt: were it to break off, they are known the next time.
    return once.append(respond, lambda engine: engine.store.log.ingest(records, batch_size=size))


def take_one(once: Once, item: Read) -> Reply:
    """Store one event; 201 if it is new, 200 if it is known."""
    record = _not_refused(item)
    return once.together.take(once, record, _respond_to(record))


async def take_one_soon(once: Once, item: Read) -> Reply:
    """Do as `take_one` does, in one transaction with events of other requests."""
    record = _not_refused(item)
    return await once.together.take_soon(once, record, _respond_to(record))


def _not_refused(item: Read) -> EventRecord:
    if isinstance(item, Refused):
        raise problem(item.code, faults=faults(item.faults))
    return item


def _respond_to(record: EventRecord) -> Callable[[Appended], Reply]:
    def respond(done: Appended) -> Reply:
        (answer,) = _answers([record], done.positions)
        position = done.positions.get(record.envelope.source_tag)
        headers = {} if position is None else {"Location": f"/v1/events/{position}"}
        return Reply(200 if position is None else 201, {**answer, "head": done.head}, headers)

    return respond


def what_stands_against(log: EventLog, records: Sequence[EventRecord]) -> list[Exception | None]:
    """Give for each event the problem that it is on record with another content, None where it is not."""
    outcomes = told_otherwise(log, records)
    return [problem("source_id_reused") if isinstance(one, Refused) else None for one in outcomes]


def _answers(outcomes: Sequence[Outcome], positions: dict[str, int] | Any) -> list[dict[str, JsonValue]]:
    """Answer each item in the order in which they came; of two that are the same the first is stored."""
    answers: list[dict[str, JsonValue]] = []
    told: set[str] = set()
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            answers.append({"status": REFUSED, "code": outcome.code, "faults": faults(outcome.faults)})  # type: ignore[dict-item]
            continue
        source = outcome.envelope.source_tag
        named: dict[str, JsonValue] = {
            "source_system": outcome.envelope.source_system,
            "source_id": outcome.envelope.source_id,
            "event_id": str(outcome.envelope.event_id),
        }
        if positions is None:
            answers.append({"status": "not_stored", **named})
        elif source in positions and source not in told:
            answers.append({"status": STORED, **named, "position": positions[source]})
        else:
            answers.append({"status": KNOWN, **named})
        told.add(source)
    return answers
