"""A made-up service's history as another system would send it, event by event."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, islice
from typing import Any

from allocation_engine.interfaces.generator import generate, shape_for_events
from domain.events import EventRecord
from domain.events.corrections import CorrectionEvent

ENDS_AT = datetime(2026, 11, 1, tzinfo=UTC)
"""Fixed, so that a run today and one next year send the same bytes."""

TOLD_ANEW = 3_000
"""A longer history is this many events told again about other cases: to simulate more takes longer than to send it."""

CASE = re.compile(r'"(c-[A-Za-z0-9_.-]+)"')


def sent_events(number: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Give so many events in plain JSON, each with a source id of its own."""
    told = [_sent(record) for record in _history(min(number, TOLD_ANEW), seed)]
    rounds = (told if again == 0 else _anew(told, again) for again in count())
    return islice((event for round_ in rounds for event in round_), number)


def _history(number: int, seed: int) -> Iterator[EventRecord]:
    """Corrections are left out: they name events by the ids that the generator gave, not by those of the service."""
    shape = shape_for_events(number + number // 50 + 50, ends_at=ENDS_AT)
    told = (record for record in generate(shape, seed=seed) if not isinstance(record.event, CorrectionEvent))
    return islice(told, number)


def _sent(record: EventRecord) -> dict[str, Any]:
    return {
        "type": record.event.wire_type(),
        "event": record.event.model_dump(mode="json"),
        "occurred_at": record.envelope.occurred_at.isoformat(),
        "source_system": "case-system",
        "source_id": record.envelope.source_id,
    }


def _anew(told: list[dict[str, Any]], again: int) -> Iterator[dict[str, Any]]:
    for event in told:
        renamed = json.loads(CASE.sub(rf'"\1-{again}"', json.dumps(event["event"])))
        yield {**event, "event": renamed, "source_id": f"{event['source_id']}-{again}"}
