"""Drawn histories of few workers and cases: much collides, also in one moment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from hypothesis import strategies as st

from domain.events import DomainEvent, Envelope, EventRecord
from domain.events.case import CaseAssigned, CaseClosed, CaseReassigned, CaseReferred, CaseRiskReassessed
from domain.events.practice import (
    CriticalIncidentRecorded,
    Exposure,
    FollowUpCompleted,
    LearningAttended,
    SupervisionAgreed,
    SupervisionHeld,
)
from domain.events.worker import (
    CheckInRecorded,
    WorkerAbsenceStarted,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerRegistered,
)
from domain.identifiers import CaseId, IncidentId, PersonId, WorkerId
from domain.vocabulary import (
    AbsenceKind,
    AssignmentRole,
    ExposureRoute,
    FollowUpDue,
    IncidentKind,
    RiskLevel,
    Severity,
    SupervisionKind,
)
from projections import Projection
from projections.dated_events import Dossier, standing_events
from projections.fact_rows import FactRow

State = TypeVar("State")

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)

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
        SupervisionAgreed,
        worker_id=worker_ids,
        supervisor_id=worker_ids,
        kind=st.sampled_from(SupervisionKind),
        every_days=st.sampled_from([7, 28]),
    ),
    st.builds(
        FollowUpCompleted,
        incident_id=st.just(IncidentId("i-1")),
        worker_id=worker_ids,
        due=st.sampled_from(FollowUpDue),
        completed_by=st.just(PersonId("manager-1")),
    ),
    st.builds(LearningAttended, worker_id=worker_ids, topic=st.just("county-lines"), hours=st.just(6.5)),
    st.builds(CheckInRecorded, worker_id=worker_ids, felt_load=st.integers(min_value=1, max_value=5)),
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


def rows_of(projection: Projection[State], records: Sequence[EventRecord]) -> dict[str, State]:
    """Apply records as a store does, in memory."""
    rows: dict[str, State] = {}
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


def stands(
    rows: Mapping[str, Dossier | FactRow], known_at: datetime | None = None, same: Collection[UUID] = ()
) -> dict[str, list[object]]:
    """Give what stands in each row as known then (None: by all we know), but for when it was learned.

    Rows in which nothing stands are left out, and the events of `same` count as one. So a history told wrongly and put
    right can be compared with the same history told rightly at once.
    """
    found: dict[str, list[object]] = {}
    for key, row in rows.items():
        said = row.history(known_at) if isinstance(row, FactRow) else standing_events(row, known_at)
        found[key] = [
            replace(one, recorded_at=MONDAY, event_id=UUID(int=0) if one.event_id in same else one.event_id)
            for one in said
        ]
        if same:
            # Among events of one moment and kind the id decides; here one and the same event has two, in two tellings.
            found[key].sort(key=repr)
    return {key: said for key, said in found.items() if said}
