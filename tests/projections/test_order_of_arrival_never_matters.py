"""Late, repeated, retracted and corrected news leaves every row as if all had come once, in time and right."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation_engine.interfaces.generator import ServiceShape, generate
from domain.events import Envelope, EventRecord
from domain.events.corrections import EventCorrected, EventRetracted
from domain.vocabulary import RetractionReason
from projections import ALL, Projection
from tests.projections.drawn_histories import stands

SHAPE = ServiceShape(ends_at=datetime(2026, 11, 23, tzinfo=UTC), workers=6, waiting=3, weeks=8)
HISTORY = tuple(islice(generate(SHAPE, seed=11), 160))
PROJECTIONS = pytest.mark.parametrize("projection", ALL, ids=lambda one: one.name)


def rows(projection: Projection[Any], records: Iterable[EventRecord]) -> dict[str, Any]:
    """Fold as the store does: only what is handled, row by row."""
    found: dict[str, Any] = {}
    for record in records:
        if type(record.event) in projection.handles:
            for key in projection.keys(record):
                state = projection.apply(found.get(key), key, record)
                found.pop(key, None)
                if state is not None:
                    found[key] = state
    return found


def about(record: EventRecord, event: EventRetracted | EventCorrected) -> EventRecord:
    number = record.envelope.event_id.int ^ 1
    envelope = record.envelope.model_copy(update={"event_id": UUID(int=number), "source_id": f"on-{number}"})
    return EventRecord(envelope=Envelope.model_validate(envelope.model_dump()), event=event)


def retraction(record: EventRecord) -> EventRecord:
    envelope = record.envelope
    event = EventRetracted(
        target_event_id=envelope.event_id,
        target_system=envelope.source_system,
        target_source_id=envelope.source_id,
        reason=RetractionReason.RECORDED_IN_ERROR,
        subjects=tuple(sorted(record.event.tags())),
    )
    return about(record, event)


def correction(wrong: EventRecord, right: EventRecord) -> EventRecord:
    envelope = wrong.envelope
    event = EventCorrected(
        target_event_id=envelope.event_id,
        target_system=envelope.source_system,
        target_source_id=envelope.source_id,
        occurred_at=right.envelope.occurred_at,
        replacement_type=right.event.wire_type(),
        replacement=right.event.model_dump(mode="json"),
        subjects=tuple(sorted(wrong.event.tags() | right.event.tags())),
    )
    return about(wrong, event)


@PROJECTIONS
@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(len(HISTORY))))
def test_shuffled_news_gives_the_rows_of_news_in_order(projection: Projection[Any], order: Sequence[int]) -> None:
    assert rows(projection, (HISTORY[place] for place in order)) == rows(projection, HISTORY)


@PROJECTIONS
@settings(max_examples=15, deadline=None)
@given(taken_back=st.sets(st.integers(0, len(HISTORY) - 1), max_size=40))
def test_retracted_news_leaves_no_trace(projection: Projection[Any], taken_back: set[int]) -> None:
    told = [*HISTORY, *(retraction(HISTORY[place]) for place in sorted(taken_back))]
    never = [record for place, record in enumerate(HISTORY) if place not in taken_back]
    assert stands(rows(projection, told)) == stands(rows(projection, never))


@PROJECTIONS
@settings(max_examples=15, deadline=None)
@given(wrong=st.sets(st.integers(0, len(HISTORY) - 1), max_size=40), shift=st.integers(1, len(HISTORY) - 1))
def test_corrected_news_reads_as_if_it_had_been_right(projection: Projection[Any], wrong: set[int], shift: int) -> None:
    told, meant = list(HISTORY), list(HISTORY)
    for place in sorted(wrong):
        right = HISTORY[(place + shift) % len(HISTORY)]
        told.append(correction(HISTORY[place], right))
        moment = {"occurred_at": right.envelope.occurred_at}
        envelope = HISTORY[place].envelope.model_copy(update=moment)
        meant[place] = EventRecord(envelope=envelope, event=right.event)
    assert stands(rows(projection, told)) == stands(rows(projection, meant))
