"""What holds for every projection: each event has its place, and rows do not depend on the order of arrival."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import REGISTRY, DomainEvent, Envelope, EventRecord
from domain.events.case import CaseAssigned, CaseClosed, CaseReassigned, CaseReferred, CaseRiskReassessed
from domain.events.corrections import EventCorrected, EventRetracted
from domain.events.practice import CriticalIncidentRecorded, Exposure, SupervisionHeld
from domain.events.worker import WorkerAbsenceStarted, WorkerHoursChanged, WorkerLeft, WorkerRegistered
from domain.identifiers import CaseId, IncidentId, PersonId, WorkerId
from domain.vocabulary import (
    AbsenceKind,
    AssignmentRole,
    ExposureRoute,
    IncidentKind,
    RetractionReason,
    RiskLevel,
    Severity,
    SupervisionKind,
)
from projections import ALL, Projection

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
each = pytest.mark.parametrize("projection", ALL, ids=lambda one: one.name)

worker_ids = st.sampled_from([WorkerId("w-a"), WorkerId("w-b"), WorkerId("w-c")])
case_ids = st.sampled_from([CaseId("c-1"), CaseId("c-2")])
fte = st.sampled_from([0.4, 0.8, 1.0])

events: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(WorkerRegistered, worker_id=worker_ids, fte=st.none() | fte, stage=st.none()),
    st.builds(WorkerHoursChanged, worker_id=worker_ids, fte=fte),
    st.builds(WorkerAbsenceStarted, worker_id=worker_ids, kind=st.sampled_from(AbsenceKind), expected_until=st.none()),
    st.builds(WorkerLeft, worker_id=worker_ids),
    st.builds(CaseReferred, case_id=case_ids, risk=st.none() | st.sampled_from(RiskLevel), harm_types=st.none()),
    st.builds(CaseRiskReassessed, case_id=case_ids, risk=st.sampled_from(RiskLevel), harm_types=st.none()),
    st.builds(
        CaseAssigned,
        case_id=case_ids,
        worker_id=worker_ids,
        role=st.sampled_from(AssignmentRole),
        proposal_id=st.none(),
    ),
    st.builds(
        CaseReassigned,
        case_id=case_ids,
        from_worker_id=worker_ids,
        to_worker_id=worker_ids,
        role=st.sampled_from(AssignmentRole),
        proposal_id=st.none(),
    ),
    st.builds(CaseClosed, case_id=case_ids),
    st.builds(
        SupervisionHeld,
        supervisor_id=worker_ids,
        worker_ids=st.lists(worker_ids, min_size=1, max_size=2, unique=True).map(tuple),
        kind=st.sampled_from(SupervisionKind),
        minutes=st.just(60),
        reflective_quality=st.none(),
    ),
    st.builds(
        CriticalIncidentRecorded,
        incident_id=st.just(IncidentId("i-1")),
        kind=st.sampled_from(IncidentKind),
        severity=st.sampled_from(Severity),
        exposures=st.lists(
            st.builds(Exposure, worker_id=worker_ids, route=st.sampled_from(ExposureRoute)), min_size=1, max_size=2
        ).map(tuple),
        case_id=st.none() | case_ids,
    ),
)


def record(number: int, event: DomainEvent, at: datetime) -> EventRecord:
    return EventRecord(
        envelope=Envelope(
            event_id=UUID(int=number),
            occurred_at=at,
            recorded_at=at,
            actor=PersonId("manager-1"),
            source_system="case-system",
            source_id=str(number),
        ),
        event=event,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[EventRecord]:
    """Draw some weeks of a service; several events may share a moment."""
    days = st.integers(min_value=0, max_value=20)
    drawn = draw(st.lists(st.tuples(days, events), min_size=1, max_size=12))
    told = [record(number, event, MONDAY + timedelta(days=day)) for number, (day, event) in enumerate(drawn, start=1)]
    return sorted(told, key=lambda one: (one.envelope.occurred_at, one.envelope.event_id))


def rows_of(projection: Projection[Any], records: Sequence[EventRecord]) -> dict[str, object]:
    """Apply records as a store does, in memory."""
    rows: dict[str, object] = {}
    for one in records:
        if type(one.event) not in projection.handles:
            continue
        for key in projection.keys(one):
            row = projection.apply(rows.get(key), key, one)
            if row is None:
                rows.pop(key, None)
            else:
                rows[key] = row
    return rows


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
def test_every_event_is_either_handled_or_ignored(projection: Projection[Any]) -> None:
    assert projection.handles | projection.ignores == REGISTRY.classes
    assert not projection.handles & projection.ignores


def test_no_two_projections_share_a_name() -> None:
    assert len({projection.name for projection in ALL}) == len(ALL)
    assert all(projection.version >= 1 for projection in ALL)


@each
@given(history=histories(), data=st.data())
def test_rows_do_not_depend_on_the_order_of_arrival(
    projection: Projection[Any], history: list[EventRecord], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history))
    assert rows_of(projection, shuffled) == rows_of(projection, history)


@each
@given(history=histories())
def test_rows_read_back_from_json_as_they_were_written(projection: Projection[Any], history: list[EventRecord]) -> None:
    for row in rows_of(projection, history).values():
        assert projection.rows.validate_json(projection.rows.dump_json(row)) == row


@each
@given(history=histories(), data=st.data())
def test_a_retracted_event_leaves_the_rows_as_if_it_had_never_come(
    projection: Projection[Any], history: list[EventRecord], data: st.DataObject
) -> None:
    wrong = data.draw(st.sampled_from(history))
    right = [one for one in history if one is not wrong]
    assert rows_of(projection, [*history, retraction(90, wrong)]) == rows_of(projection, right)


@each
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
@given(history=histories(), instead=events, data=st.data())
def test_a_corrected_event_can_still_be_retracted(
    projection: Projection[Any], history: list[EventRecord], instead: DomainEvent, data: st.DataObject
) -> None:
    wrong = data.draw(st.sampled_from(history))
    corrected = correction(90, wrong, instead, MONDAY)
    retracted = retraction(91, record(wrong.envelope.event_id.int, instead, MONDAY))
    right = [one for one in history if one is not wrong]
    assert rows_of(projection, [*history, corrected, retracted]) == rows_of(projection, right)
