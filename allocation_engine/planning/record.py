"""Record what somebody reports: decided against the subject as it stands, appended only if that has not changed."""

from datetime import datetime

from allocation_engine.errors import ConcurrentWrite, DecisionRefused
from allocation_engine.persistence.event_log import Criterion, EventLog
from allocation_engine.planning.states import EVERYTHING_ON_RECORD, case_now, practice_now, service_now, worker_now
from domain.decide.case import decide_case
from domain.decide.practice import decide_practice
from domain.decide.service import decide_service
from domain.decide.worker import decide_worker
from domain.events import DomainEvent, EventRecord
from domain.events.case import CaseAssigned, CaseEvent, CaseReassigned
from domain.events.practice import PracticeEvent
from domain.events.service import ServiceEvent
from domain.events.worker import WorkerEvent
from domain.identifiers import WorkerId
from domain.rejection import Rejection

TRIES = 5


def record_event(log: EventLog, record: EventRecord) -> bool:
    """Record one reported event; give False where the same delivery is on record already.

    Unlike `EventLog.ingest`, which takes another system's history as it is, this refuses what cannot have happened:
    a second primary worker, an assignment to somebody who is not registered, a second closure.

    Raises
    ------
    DecisionRefused
        A rule is in the way, and which.
    """
    for _ in range(TRIES):
        head = log.head()
        if log.find_source(record.envelope.source_system, record.envelope.source_id) is not None:
            return False
        refusal = _refusal(log, record.event, record.envelope.occurred_at)
        if refusal is not None:
            raise DecisionRefused(refusal)
        unless = tuple(Criterion(frozenset({tag})) for tag in sorted(record.event.tags()))
        try:
            log.append([record], unless=unless, after=head)
        except ConcurrentWrite:
            continue
        return True
    raise ConcurrentWrite(head)


def _refusal(log: EventLog, event: DomainEvent, at: datetime) -> Rejection | None:
    """Decide by the event's family; proposals and corrections have commands of their own."""
    decision: DomainEvent | Rejection
    if isinstance(event, WorkerEvent):
        decision = decide_worker(worker_now(log, event.worker_id, at), event)
    elif isinstance(event, CaseEvent):
        decision = _stranger(log, event, at) or decide_case(case_now(log, event.case_id, at), event)
        if isinstance(decision, CaseAssigned | CaseReassigned):
            # Also against what is dated later: else a clock that is behind would let in a second primary worker.
            decision = decide_case(case_now(log, event.case_id, EVERYTHING_ON_RECORD), event)
    elif isinstance(event, PracticeEvent):
        decision = decide_practice(practice_now(log, event.tags(), at), event)
    elif isinstance(event, ServiceEvent):
        decision = decide_service(service_now(log, event.tags(), at), event)
    else:
        return Rejection("not_reported", f"{event.wire_type()} is not something that is reported; it is decided")
    return decision if isinstance(decision, Rejection) else None


def _stranger(log: EventLog, event: CaseEvent, at: datetime) -> Rejection | None:
    """Refuse to give a case to somebody who is not employed here."""
    if isinstance(event, CaseAssigned):
        worker_id: WorkerId = event.worker_id
    elif isinstance(event, CaseReassigned):
        worker_id = event.to_worker_id
    else:
        return None
    if worker_now(log, worker_id, at).is_employed:
        return None
    return Rejection(
        "not_employed",
        f"worker {worker_id} is not registered, or has left",
        "Workforce record",
        f"worker:{worker_id}",
    )
