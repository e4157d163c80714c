"""What may happen to a case: each function gives the event, or the rule in its way."""

from typing import assert_never

from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseEvent,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
    ConflictOfInterestDeclared,
    ConflictOfInterestLifted,
    WorkerChangeExplained,
)
from domain.evolve.case import CaseState
from domain.identifiers import WorkerId
from domain.rejection import Rejection
from domain.vocabulary import AssignmentRole

PRACTICE = "Case recording practice: a case's history has no gaps and no overlaps"
ONE_PRIMARY = "Working Together to Safeguard Children: one lead practitioner for a child"
INTEREST = "Professional standards: no work where there is a conflict of interest"


def decide_case(state: CaseState, event: CaseEvent) -> CaseEvent | Rejection:
    """Say whether this may happen to a case as it stands."""
    match event:
        case CaseReferred():
            return _refused(state, "already_open", "is open already", PRACTICE) if state.is_open else event
        case CaseAssigned():
            return _assignment_fault(state, event.worker_id, event.role) or event
        case CaseReassigned():
            return _handover_fault(state, event) or event
        case CaseUnassigned():
            if not state.holds(event.worker_id, event.role):
                return _refused(state, "not_held", f"is not held by {event.worker_id} in that role", PRACTICE)
            return event
        case CaseRiskReassessed() | CaseClosed():
            return event if state.is_open else _not_open(state)
        case ConflictOfInterestDeclared() | ConflictOfInterestLifted():
            return _conflict_fault(state, event) or event
        case WorkerChangeExplained():
            if not any(state.holds(event.worker_id, role) for role in AssignmentRole):
                return _refused(state, "not_held", f"is not held by {event.worker_id}", PRACTICE)
            return event
        case _:
            assert_never(event)


def _conflict_fault(state: CaseState, event: ConflictOfInterestDeclared | ConflictOfInterestLifted) -> Rejection | None:
    on_record = event.worker_id in state.conflicts
    if isinstance(event, ConflictOfInterestDeclared):
        why = "already has this conflict on record"
        return _refused(state, "already_declared", why, PRACTICE) if on_record else None
    return None if on_record else _refused(state, "no_conflict", "has no such conflict on record", PRACTICE)


def _assignment_fault(state: CaseState, worker_id: WorkerId, role: AssignmentRole) -> Rejection | None:
    if not state.is_open:
        return _not_open(state)
    if role is AssignmentRole.PRIMARY and state.primary is not None:
        return _refused(state, "primary_held", f"already has a primary worker, {state.primary.worker_id}", ONE_PRIMARY)
    return _worker_fault(state, worker_id, role)


def _handover_fault(state: CaseState, event: CaseReassigned) -> Rejection | None:
    if not state.is_open:
        return _not_open(state)
    if not state.holds(event.from_worker_id, event.role):
        return _refused(state, "not_held", f"is not held by {event.from_worker_id} in that role", PRACTICE)
    return _worker_fault(state, event.to_worker_id, event.role)


def _worker_fault(state: CaseState, worker_id: WorkerId, role: AssignmentRole) -> Rejection | None:
    """Find what keeps the worker from taking the case in a role; a co-worker may become its primary worker."""
    if worker_id in state.conflicts:
        return _refused(state, "conflict_of_interest", f"has a conflict of interest with {worker_id}", INTEREST)
    co_works = state.holds(worker_id, AssignmentRole.CO_WORKER)
    if state.holds(worker_id, AssignmentRole.PRIMARY) or (co_works and role is AssignmentRole.CO_WORKER):
        return _refused(state, "already_holds", f"is held by {worker_id} already", PRACTICE)
    return None


def _not_open(state: CaseState) -> Rejection:
    return _refused(state, "not_open", "is not open", PRACTICE)


def _refused(state: CaseState, code: str, what: str, source: str) -> Rejection:
    return Rejection(code, f"case {state.case_id} {what}", source, f"case:{state.case_id}")
