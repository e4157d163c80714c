"""Example events and a tiny read model, for tests of the stores."""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import TypeAdapter

from domain.events import REGISTRY, DomainEvent, Envelope, EventRecord
from domain.events.case import CaseAssigned, CaseClosed, CaseReferred, CaseUnassigned
from domain.identifiers import CaseId, PersonId, WorkerId
from projections.projection import Projection
from projections.row_format import JsonRows

MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def record(
    number: int, event: DomainEvent, *, event_id: int | None = None, source_id: str | None = None
) -> EventRecord:
    """Make the delivery `number` of a case management system; its event id is the number unless given."""
    return EventRecord(
        envelope=Envelope(
            event_id=UUID(int=number if event_id is None else event_id),
            occurred_at=MOMENT,
            recorded_at=MOMENT,
            actor=PersonId("manager-1"),
            source_system="case-system",
            source_id=source_id or str(number),
        ),
        event=event,
    )


def assigned(number: int, case: str = "c1", worker: str = "w1", *, event_id: int | None = None) -> EventRecord:
    return record(number, CaseAssigned(case_id=CaseId(case), worker_id=WorkerId(worker)), event_id=event_id)


def unassigned(number: int, case: str = "c1", worker: str = "w1") -> EventRecord:
    return record(number, CaseUnassigned(case_id=CaseId(case), worker_id=WorkerId(worker)))


def referred(number: int, case: str = "c1") -> EventRecord:
    return record(number, CaseReferred(case_id=CaseId(case)))


def closed(number: int, case: str = "c1") -> EventRecord:
    return record(number, CaseClosed(case_id=CaseId(case)))


Cases = tuple[str, ...]


def _worker_of(delivery: EventRecord) -> tuple[str, ...]:
    match delivery.event:
        case CaseAssigned(worker_id=worker) | CaseUnassigned(worker_id=worker):
            return (worker,)
        case _:
            return ()


def _hold_or_give_up(cases: Cases | None, _worker: str, delivery: EventRecord) -> Cases | None:
    held = set(cases or ())
    match delivery.event:
        case CaseAssigned(case_id="poison"):
            msg = "this case cannot be held"
            raise ArithmeticError(msg)
        case CaseAssigned(case_id=case_id):
            held.add(case_id)
        case CaseUnassigned(case_id=case_id):
            held.discard(case_id)
        case _:
            pass
    return tuple(sorted(held)) or None


def held_cases(version: int = 1) -> Projection[Cases]:
    """Make the read model "which cases does this worker hold?"."""
    handles: frozenset[type[DomainEvent]] = frozenset({CaseAssigned, CaseUnassigned})
    return Projection(
        name="held_cases",
        version=version,
        handles=handles,
        ignores=REGISTRY.classes - handles,
        keys=_worker_of,
        apply=_hold_or_give_up,
        rows=JsonRows(TypeAdapter(Cases)),
    )
