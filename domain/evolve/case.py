"""The state of one case, folded from its events in the order in which they happened. Only copies; decides nothing."""

from dataclasses import dataclass, replace
from datetime import datetime
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
from domain.identifiers import CaseId, GroupId, WorkerId
from domain.vocabulary import AssignmentRole, HarmType, PlanType, Priority, RiskLevel


@dataclass(frozen=True, slots=True)
class Holder:
    """A worker who holds the case, and since when."""

    worker_id: WorkerId
    since: datetime


@dataclass(frozen=True, slots=True)
class CaseState:
    """What decisions and read models need to know of a case. None is unknown."""

    case_id: CaseId
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    harm_types: tuple[HarmType, ...] | None = None
    risk: RiskLevel | None = None
    priority: Priority = Priority.ROUTINE
    plan: PlanType | None = None
    needs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    area: str | None = None
    sibling_group: GroupId | None = None
    peer_group: GroupId | None = None
    primary: Holder | None = None
    co_workers: tuple[Holder, ...] = ()
    conflicts: frozenset[WorkerId] = frozenset()
    past_primaries: tuple[WorkerId, ...] = ()
    waiting_since: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the case was referred, or worked, and is not closed."""
        worked = self.primary is not None or bool(self.co_workers) or bool(self.past_primaries)
        return (self.opened_at is not None or worked) and self.closed_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether the case is open and nobody is its primary worker."""
        return self.is_open and self.primary is None

    def holds(self, worker_id: WorkerId, role: AssignmentRole) -> bool:
        """Whether the worker holds the case in this role."""
        if role is AssignmentRole.PRIMARY:
            return self.primary is not None and self.primary.worker_id == worker_id
        return any(holder.worker_id == worker_id for holder in self.co_workers)


def evolve_case(state: CaseState, event: CaseEvent, at: datetime) -> CaseState:
    """Give the state after an event that happened at a moment."""
    match event:
        case CaseReferred():
            return replace(
                state,
                opened_at=at,
                closed_at=None,
                harm_types=event.harm_types,
                risk=event.risk,
                priority=event.priority,
                plan=event.plan,
                needs=event.needs,
                languages=event.languages,
                area=event.area,
                sibling_group=event.sibling_group,
                peer_group=event.peer_group,
                waiting_since=at if state.primary is None else None,
            )
        case CaseRiskReassessed():
            harms = state.harm_types if event.harm_types is None else event.harm_types
            return replace(state, risk=event.risk, harm_types=harms)
        case CaseAssigned():
            return _taken(state, event.worker_id, event.role, at)
        case CaseReassigned():
            return _taken(_given_up(state, event.from_worker_id, event.role, at), event.to_worker_id, event.role, at)
        case CaseUnassigned():
            return _given_up(state, event.worker_id, event.role, at)
        case CaseClosed():
            past = state.past_primaries
            if state.primary is not None:
                past = _remember(past, state.primary.worker_id)
            return replace(state, closed_at=at, primary=None, co_workers=(), past_primaries=past, waiting_since=None)
        case ConflictOfInterestDeclared():
            return replace(state, conflicts=state.conflicts | {event.worker_id})
        case ConflictOfInterestLifted():
            return replace(state, conflicts=state.conflicts - {event.worker_id})
        case WorkerChangeExplained():
            return state
        case _:
            assert_never(event)


def _taken(state: CaseState, worker_id: WorkerId, role: AssignmentRole, at: datetime) -> CaseState:
    holder = Holder(worker_id, at)
    if role is AssignmentRole.CO_WORKER:
        if state.holds(worker_id, AssignmentRole.PRIMARY):
            return state
        others = tuple(one for one in state.co_workers if one.worker_id != worker_id)
        # In an order of their own: of two who begin at one moment the log may have either first.
        return replace(state, co_workers=tuple(sorted((*others, holder), key=lambda one: (one.since, one.worker_id))))
    past = state.past_primaries
    if state.primary is not None and state.primary.worker_id != worker_id:
        past = _remember(past, state.primary.worker_id)
    # A co-worker who becomes the primary worker is co-worker no longer: nobody holds a case twice.
    others = tuple(one for one in state.co_workers if one.worker_id != worker_id)
    return replace(state, primary=holder, co_workers=others, past_primaries=past, waiting_since=None)


def _given_up(state: CaseState, worker_id: WorkerId, role: AssignmentRole, at: datetime) -> CaseState:
    if not state.holds(worker_id, role):
        return state
    if role is AssignmentRole.CO_WORKER:
        return replace(state, co_workers=tuple(one for one in state.co_workers if one.worker_id != worker_id))
    return replace(state, primary=None, past_primaries=_remember(state.past_primaries, worker_id), waiting_since=at)


def _remember(past: tuple[WorkerId, ...], worker_id: WorkerId) -> tuple[WorkerId, ...]:
    return (*(one for one in past if one != worker_id), worker_id)
