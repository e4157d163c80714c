"""The state of one subject straight from the log, corrections carried out: what a decision on it rests on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

from allocation_engine.persistence.event_log import Criterion, EventLog
from domain.events import DomainEvent
from domain.events.case import CaseEvent
from domain.events.practice import PracticeEvent
from domain.events.service import ServiceEvent
from domain.events.worker import CheckInRecorded, WorkerEvent
from domain.evolve.case import CaseState, evolve_case
from domain.evolve.practice import PracticeState, evolve_practice
from domain.evolve.service import ServiceState, evolve_service
from domain.evolve.worker import WorkerState, evolve_worker
from domain.identifiers import CaseId, WorkerId
from projections.corrections import CORRECTIONS
from projections.dated_events import EMPTY, Dossier, events_until, keep_dated

EVERYTHING_ON_RECORD = datetime.max.replace(tzinfo=UTC)
"""Until when to read where a clock must not decide: a rival's may be ahead, and news may be dated tomorrow."""


def events_of(
    log: EventLog,
    tag: str,
    kinds: frozenset[type[DomainEvent]],
    until: datetime,
) -> Iterator[tuple[DomainEvent, datetime]]:
    """Give a subject's events in the order in which they happened, with when."""
    keeps = kinds | CORRECTIONS
    row: Dossier | None = None
    for stored in log.read((Criterion(frozenset({tag}), keeps),)).events:
        row = keep_dated(row, tag, stored.record, keeps)
    yield from events_until(row or EMPTY, until)


def case_now(log: EventLog, case_id: CaseId, until: datetime) -> CaseState:
    """Fold a case."""
    state = CaseState(case_id=case_id)
    for event, at in events_of(log, f"case:{case_id}", frozenset(get_args(CaseEvent)), until):
        if isinstance(event, CaseEvent):
            state = evolve_case(state, event, at)
    return state


def worker_now(log: EventLog, worker_id: WorkerId, until: datetime) -> WorkerState:
    """Fold a worker's post; check-ins, of which there may be hundreds, say nothing of it."""
    state = WorkerState(worker_id=worker_id)
    for event, at in events_of(log, f"worker:{worker_id}", frozenset(get_args(WorkerEvent)) - {CheckInRecorded}, until):
        if isinstance(event, WorkerEvent):
            state = evolve_worker(state, event, at)
    return state


def practice_now(log: EventLog, tags: frozenset[str], until: datetime) -> PracticeState:
    """Fold the practice recorded of the incidents among these tags: no decision on practice rests on more."""
    found = {
        (at, repr(event)): event
        for tag in sorted(tags)
        if tag.startswith("incident:")
        for event, at in events_of(log, tag, frozenset(get_args(PracticeEvent)), until)
    }
    state = PracticeState()
    for (at, _), event in sorted(found.items(), key=lambda pair: pair[0]):
        if isinstance(event, PracticeEvent):
            state = evolve_practice(state, event, at)
    return state


def service_now(log: EventLog, tags: frozenset[str], until: datetime) -> ServiceState:
    """Fold the service's events under any of these tags."""
    state = ServiceState()
    for tag in sorted(tags):
        for event, _ in events_of(log, tag, frozenset(get_args(ServiceEvent)), until):
            if isinstance(event, ServiceEvent):
                state = evolve_service(state, event)
    return state
