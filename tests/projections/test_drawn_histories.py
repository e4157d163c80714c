"""Whatever few workers and cases go through, and in whatever order it is told, each view's rows come out the same."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import DomainEvent, EventRecord
from domain.events.corrections import EventCorrected, EventRetracted
from domain.vocabulary import RetractionReason
from projections import ALL, Projection
from tests.projections.drawn_histories import MONDAY, events, histories, record, rows_of

each = pytest.mark.parametrize("projection", ALL, ids=lambda one: one.name)


def retraction(number: int, of: EventRecord) -> EventRecord:
    event = EventRetracted(
        target_event_id=of.envelope.event_id,
        target_system=of.envelope.source_system,
        target_source_id=of.envelope.source_id,
        reason=RetractionReason.RECORDED_IN_ERROR,
        subjects=tuple(sorted(of.event.tags())),
    )
    return record(number, event, MONDAY + timedelta(days=60))


def correction(number: int, of: EventRecord, instead: DomainEvent, at: datetime) -> EventRecord:
    event = EventCorrected(
        target_event_id=of.envelope.event_id,
        target_system=of.envelope.source_system,
        target_source_id=of.envelope.source_id,
        occurred_at=at,
        replacement_type=instead.wire_type(),
        replacement=instead.model_dump(mode="json"),
        subjects=tuple(sorted(of.event.tags() | instead.tags())),
    )
    return record(number, event, MONDAY + timedelta(days=60))


@each
@settings(deadline=None)
@given(history=histories(), data=st.data())
def test_rows_do_not_depend_on_the_order_of_arrival(
    projection: Projection[Any], history: list[EventRecord], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history))
    assert rows_of(projection, shuffled) == rows_of(projection, history)


@each
@settings(deadline=None)
@given(history=histories())
def test_rows_read_back_from_json_as_they_were_written(projection: Projection[Any], history: list[EventRecord]) -> None:
    for row in rows_of(projection, history).values():
        assert projection.rows.validate_json(projection.rows.dump_json(row)) == row


@each
@settings(deadline=None)
@given(history=histories(), instead=events, day=st.integers(min_value=0, max_value=20), data=st.data())
def test_a_corrected_event_leaves_the_rows_as_if_it_had_come_right(
    projection: Projection[Any], history: list[EventRecord], instead: DomainEvent, day: int, data: st.DataObject
) -> None:
    wrong = data.draw(st.sampled_from(history))
    at = MONDAY + timedelta(days=day)
    meant = record(wrong.envelope.event_id.int, instead, at)
    right = [meant if one is wrong else one for one in history]
    assert rows_of(projection, [*history, correction(90, wrong, instead, at)]) == rows_of(projection, right)


@each
@settings(deadline=None)
@given(history=histories(), instead=events, data=st.data())
def test_a_corrected_event_can_still_be_retracted(
    projection: Projection[Any], history: list[EventRecord], instead: DomainEvent, data: st.DataObject
) -> None:
    wrong = data.draw(st.sampled_from(history))
    corrected = correction(90, wrong, instead, MONDAY)
    retracted = retraction(91, record(wrong.envelope.event_id.int, instead, MONDAY))
    right = [one for one in history if one is not wrong]
    assert rows_of(projection, [*history, corrected, retracted]) == rows_of(projection, right)
