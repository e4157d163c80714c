"""What is reported now is decided on; what another system recorded is taken in as it is. Neither is stored twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pydantic import ValidationError

from allocation_engine.engine import INGEST_AT_ONCE, Engine
from allocation_engine.errors import DecisionRefused
from allocation_engine.planning import record_event
from domain.events import DomainEvent, EventRecord
from domain.events.allocation import AllocationRejected
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseRiskReassessed,
    CaseUnassigned,
    ConflictOfInterestDeclared,
    ConflictOfInterestLifted,
)
from domain.events.practice import CriticalIncidentRecorded, DebriefHeld, Exposure, FollowUpCompleted, SupervisionHeld
from domain.events.service import TeamClosed, TeamFormed
from domain.events.worker import (
    CapacityConcernAnswered,
    CheckInRecorded,
    WorkerAbsenceEnded,
    WorkerHoursChanged,
    WorkerLeft,
)
from domain.identifiers import CaseId, IncidentId, PersonId, ProposalId, TeamId, WorkerId
from domain.vocabulary import ExposureRoute, FollowUpDue, IncidentKind, RiskLevel, Severity, SupervisionKind
from tests.planning.given import MANAGER, START, case, delivered, given, worker

A, B, C, NOBODY = WorkerId("w-a"), WorkerId("w-b"), WorkerId("w-c"), WorkerId("w-nobody")
HELD, FREE, UNHEARD = CaseId("c-held"), CaseId("c-free"), CaseId("c-unheard")


def incident(*worker_ids: WorkerId, known_as: str = "i-1") -> CriticalIncidentRecorded:
    return CriticalIncidentRecorded(
        incident_id=IncidentId(known_as),
        kind=IncidentKind.SERIOUS_INJURY,
        severity=Severity.SERIOUS,
        exposures=tuple(Exposure(worker_id=one, route=ExposureRoute.DIRECT) for one in worker_ids),
    )


def supervised(supervisor: WorkerId, *worker_ids: WorkerId) -> SupervisionHeld:
    return SupervisionHeld(supervisor_id=supervisor, worker_ids=worker_ids, kind=SupervisionKind.GROUP, minutes=60)


def follow_up(known_as: str) -> FollowUpCompleted:
    return FollowUpCompleted(
        incident_id=IncidentId(known_as), worker_id=A, due=FollowUpDue.HOURS_72, completed_by=PersonId(MANAGER)
    )


ACCEPTED: tuple[DomainEvent, ...] = (
    worker("w-new"),
    WorkerHoursChanged(worker_id=A, fte=0.6),
    CheckInRecorded(worker_id=A, felt_load=4),
    case("c-new"),
    CaseAssigned(case_id=FREE, worker_id=A),
    CaseReassigned(case_id=HELD, from_worker_id=A, to_worker_id=B),
    CaseClosed(case_id=HELD),
    incident(A, B, known_as="i-2"),
    follow_up("i-1"),
    DebriefHeld(incident_id=IncidentId("i-1"), worker_ids=(A,)),
    supervised(A, B),
    TeamFormed(team_id=TeamId("t-2")),
)

REFUSED: tuple[tuple[str, DomainEvent], ...] = (
    ("already_registered", worker("w-a")),
    ("not_employed", WorkerLeft(worker_id=NOBODY)),
    ("not_employed", CaseAssigned(case_id=FREE, worker_id=NOBODY)),
    ("not_employed", CaseAssigned(case_id=FREE, worker_id=C)),  # who has left
    ("not_employed", CaseReassigned(case_id=HELD, from_worker_id=A, to_worker_id=NOBODY)),
    ("not_away", WorkerAbsenceEnded(worker_id=A)),
    ("no_concern", CapacityConcernAnswered(worker_id=A, answered_by=PersonId(MANAGER))),
    ("already_open", case("c-held")),
    ("primary_held", CaseAssigned(case_id=HELD, worker_id=B)),
    ("not_held", CaseUnassigned(case_id=HELD, worker_id=B)),
    ("not_held", CaseReassigned(case_id=HELD, from_worker_id=B, to_worker_id=A)),
    ("not_open", CaseAssigned(case_id=UNHEARD, worker_id=A)),
    ("not_open", CaseClosed(case_id=UNHEARD)),
    ("not_open", CaseRiskReassessed(case_id=UNHEARD, risk=RiskLevel.LOW)),
    ("conflict_of_interest", CaseAssigned(case_id=FREE, worker_id=B)),
    ("already_declared", ConflictOfInterestDeclared(case_id=FREE, worker_id=B)),
    ("no_conflict", ConflictOfInterestLifted(case_id=HELD, worker_id=B)),
    ("incident_known", incident(B)),
    ("exposed_twice", incident(A, A, known_as="i-2")),
    ("no_incident", DebriefHeld(incident_id=IncidentId("i-2"), worker_ids=(A,))),
    ("no_follow_up", follow_up("i-2")),
    ("self_supervision", supervised(A, A)),
    ("named_twice", supervised(A, B, B)),
    ("team_exists", TeamFormed(team_id=TeamId("t-1"))),
    ("no_team", TeamClosed(team_id=TeamId("t-2"))),
    ("not_reported", AllocationRejected(proposal_id=ProposalId("p-1"), decided_by=PersonId(MANAGER), reason="no room")),
)


def a_service(engine: Engine) -> int:
    """Given workers, one of whom left, a held case, a free one with a conflict, a team and an incident; the head."""
    given(
        engine,
        *(worker("w-a"), worker("w-b"), worker("w-c"), WorkerLeft(worker_id=C)),
        *(case("c-held"), CaseAssigned(case_id=HELD, worker_id=A)),
        *(case("c-free"), ConflictOfInterestDeclared(case_id=FREE, worker_id=B)),
        *(TeamFormed(team_id=TeamId("t-1")), incident(A)),
    )
    return engine.store.log.head()


@pytest.mark.parametrize("event", ACCEPTED, ids=lambda event: event.wire_name)
def test_what_can_have_happened_is_recorded(engine: Engine, event: DomainEvent) -> None:
    head = a_service(engine)
    record = engine.record(event, by=MANAGER)
    (stored,) = engine.store.log.read(after=head).events
    assert (stored.record, record.event, record.envelope.actor) == (record, event, MANAGER)


@pytest.mark.parametrize(("code", "event"), REFUSED, ids=lambda one: one if isinstance(one, str) else one.wire_name)
def test_what_cannot_have_happened_is_refused_by_its_rule(engine: Engine, code: str, event: DomainEvent) -> None:
    head = a_service(engine)
    with pytest.raises(DecisionRefused) as refusal:
        engine.record(event, by=MANAGER)
    assert refusal.value.rejection.code == code
    assert engine.store.log.head() == head


def test_nobody_records_under_a_name(engine: Engine) -> None:
    with pytest.raises(ValidationError):
        engine.record(worker("w-a"), by="Manager A1")
    assert engine.store.log.head() == 0


def test_the_same_delivery_recorded_again_changes_nothing(any_engine: Engine) -> None:
    head = a_service(any_engine)
    (record,) = delivered([CaseAssigned(case_id=FREE, worker_id=A)], at=START, system="other-system")
    assert record_event(any_engine.store.log, record)
    assert not record_event(any_engine.store.log, record)
    assert any_engine.store.log.head() == head + 1


def _at_once(engine: Engine, records: list[EventRecord]) -> list[str]:
    """Record them from a thread each, all let go together; say what became of each."""
    start = threading.Barrier(len(records))

    def report(record: EventRecord) -> str:
        start.wait(30)
        try:
            return "stored" if record_event(engine.store.log, record) else "known"
        except DecisionRefused as refused:
            return refused.rejection.code

    with ThreadPoolExecutor(len(records)) as threads:
        return sorted(threads.map(report, records))


def test_of_two_who_assign_a_case_at_once_one_is_refused(any_engine: Engine) -> None:
    given(any_engine, worker("w-a"), worker("w-b"), *(case(f"c-{number}") for number in range(10)))
    for number in range(10):
        both = [
            next(
                delivered(
                    [CaseAssigned(case_id=CaseId(f"c-{number}"), worker_id=who)], at=START, system=f"s{who}-{number}"
                )
            )
            for who in (A, B)
        ]
        assert _at_once(any_engine, both) == ["primary_held", "stored"]
    assert sum(len(held) for held in any_engine.situation().caseloads.values()) == 10


def test_of_one_delivery_recorded_twice_at_once_one_is_known(any_engine: Engine) -> None:
    given(any_engine, worker("w-a"))
    head = any_engine.store.log.head()
    for number in range(10):
        (first,) = delivered([CheckInRecorded(worker_id=A, felt_load=3)], at=START, system=f"s-{number}")
        again = first.envelope.model_copy(
            update={"event_id": any_engine.new_id()}
        )  # the source's id for it is the same
        assert _at_once(any_engine, [first, first.model_copy(update={"envelope": again})]) == ["known", "stored"]
    assert any_engine.store.log.head() == head + 10


def test_ingest_takes_any_iterable_and_counts_what_was_stored_and_what_was_known(any_engine: Engine) -> None:
    many = INGEST_AT_ONCE * 2 + 5
    history: list[DomainEvent] = [CheckInRecorded(worker_id=A, felt_load=3) for _ in range(many)]
    seen: list[int] = []
    first = any_engine.ingest(iter(delivered(history[:-5])), seen.append)
    assert (first.stored, first.already_known, first.head) == (many - 5, 0, many - 5)
    assert seen == [INGEST_AT_ONCE, INGEST_AT_ONCE * 2]
    again = any_engine.ingest(iter(delivered(history)), seen.append)
    assert (again.stored, again.already_known, again.head) == (5, many - 5, many)
    assert seen[2:] == [INGEST_AT_ONCE, INGEST_AT_ONCE * 2, many]


def test_ingest_of_nothing_stores_nothing(engine: Engine) -> None:
    outcome = engine.ingest(iter(()))
    assert (outcome.stored, outcome.already_known, outcome.head) == (0, 0, 0)


def test_ingest_takes_a_history_that_recording_would_refuse(engine: Engine) -> None:
    a_service(engine)
    given(engine, CaseAssigned(case_id=UNHEARD, worker_id=NOBODY), at=START - timedelta(hours=1))
    assert [one.case.case_id for one in engine.situation().caseloads[NOBODY]] == [UNHEARD]
