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
from tests.projections.drawn_histories import MONDAY, events, histories, record, rows_of, stands

each = pytest.mark.parametrize("projection", ALL, ids=lambda one: one.name)


def retraction(number: int, of: EventRecord, day: int = 61) -> EventRecord:
    event = EventRetracted(
        target_event_id=of.envelope.event_id,
        target_system=of.envelope.source_system,
        target_source_id=of.envelope.source_id,
        reason=RetractionReason.RECORDED_IN_ERROR,
        subjects=tuple(sorted(of.event.tags())),
    )
    return record(number, event, MONDAY + timedelta(days=day))


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
        assert projection.rows.load(projection.rows.dump(row)) == row


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
    told = [*history, correction(90, wrong, instead, at)]
    assert stands(rows_of(projection, told)) == stands(rows_of(projection, right))
    shuffled = data.draw(st.permutations(told))
    assert rows_of(projection, shuffled) == rows_of(projection, told)


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
    told = data.draw(st.permutations([*history, corrected, retracted]))
    assert stands(rows_of(projection, told)) == stands(rows_of(projection, right))


@each
@settings(deadline=None)
@given(history=histories(), data=st.data())
def test_a_retraction_that_is_itself_retracted_was_never_said(
    projection: Projection[Any], history: list[EventRecord], data: st.DataObject
) -> None:
    right = data.draw(st.sampled_from(history))
    taken_back = retraction(90, right)
    told = data.draw(st.permutations([*history, taken_back, retraction(91, taken_back, day=62)]))
    assert stands(rows_of(projection, told)) == stands(rows_of(projection, history))


@each
@settings(deadline=None)
@given(history=histories(), once=events, twice=events, data=st.data())
def test_of_two_corrections_the_later_stands_even_where_it_names_the_first(
    projection: Projection[Any], history: list[EventRecord], once: DomainEvent, twice: DomainEvent, data: st.DataObject
) -> None:
    wrong = data.draw(st.sampled_from(history))
    first = correction(90, wrong, once, MONDAY)
    about = data.draw(st.sampled_from([wrong, first]))
    second = correction(91, about, twice, MONDAY)
    meant = record(wrong.envelope.event_id.int, twice, MONDAY)
    right = [meant if one is wrong else one for one in history]
    subjects = wrong.event.tags() | once.tags() | twice.tags()
    event = second.event.model_copy(update={"subjects": tuple(sorted(subjects))})
    told = data.draw(st.permutations([*history, first, second.model_copy(update={"event": event})]))
    # Who hears of the second correction alone cannot know which event the first was about, and needs not.
    one_id = {wrong.envelope.event_id, first.envelope.event_id}
    assert stands(rows_of(projection, told), same=one_id) == stands(rows_of(projection, right), same=one_id)


@each
@settings(deadline=None)
@given(history=histories(), instead=events, data=st.data())
def test_as_known_before_a_correction_its_event_reads_as_it_was_first_told(
    projection: Projection[Any], history: list[EventRecord], instead: DomainEvent, data: st.DataObject
) -> None:
    wrong = data.draw(st.sampled_from(history))
    told = rows_of(projection, [*history, correction(90, wrong, instead, MONDAY)])
    before = MONDAY + timedelta(days=59)
    assert stands(told, before) == stands(rows_of(projection, history))
