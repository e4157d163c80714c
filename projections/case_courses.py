"""The course of a case, as the blind-spot rules read it: high risk held by whom, risk lowered, urgent and waiting."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from domain.alerts.record import HighRiskHeld, UrgentWait
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent, CaseRiskReassessed
from domain.evolve.case import CaseState, evolve_case
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import Priority, RiskLevel
from projections.case_files import case_id_of

LEVELS = list(RiskLevel)


@dataclass(frozen=True, slots=True)
class LoweredWhileHeld:
    """A reassessment to a lower risk than before, and the primary worker of that moment."""

    event_id: UUID
    at: datetime
    before: RiskLevel
    after: RiskLevel
    holder: WorkerId


@dataclass
class CaseCourse:
    """One case's course, as it is walked through."""

    case_id: CaseId
    high_risk_held: list[HighRiskHeld] = field(default_factory=list)
    lowered: list[LoweredWhileHeld] = field(default_factory=list)
    urgent_waits: list[UrgentWait] = field(default_factory=list)


def case_course(key: str, told: Iterable[tuple[DomainEvent, datetime, UUID]]) -> CaseCourse:
    """Walk through a case's events in order."""
    course = CaseCourse(case_id_of(key))
    state = CaseState(course.case_id)
    held: HighRiskHeld | None = None
    waits: tuple[UUID, datetime] | None = None
    for event, at, event_id in told:
        if not isinstance(event, CaseEvent):
            continue
        before, state = state, evolve_case(state, event, at)
        holder = _high_risk_holder(state)
        if held is not None and held.worker_id != holder:
            course.high_risk_held.append(replace(held, until=at))
            held = None
        if held is None and holder is not None:
            held = HighRiskHeld(event_id, course.case_id, holder, at, None)
        is_urgent_wait = state.is_waiting and state.priority is Priority.URGENT
        if waits is not None and not is_urgent_wait:
            course.urgent_waits.append(UrgentWait(waits[0], course.case_id, waits[1], at))
            waits = None
        if waits is None and is_urgent_wait:
            waits = event_id, at
        if isinstance(event, CaseRiskReassessed):
            course.lowered.extend(_lowered(before, event, at, event_id))
    if held is not None:
        course.high_risk_held.append(held)
    if waits is not None:
        course.urgent_waits.append(UrgentWait(waits[0], course.case_id, waits[1], None))
    return course


def _high_risk_holder(state: CaseState) -> WorkerId | None:
    if state.primary is None or state.risk is None or not state.risk.is_high:
        return None
    return state.primary.worker_id


def _lowered(before: CaseState, event: CaseRiskReassessed, at: datetime, event_id: UUID) -> list[LoweredWhileHeld]:
    if before.primary is None or before.risk is None or LEVELS.index(event.risk) >= LEVELS.index(before.risk):
        return []
    return [LoweredWhileHeld(event_id, at, before.risk, event.risk, before.primary.worker_id)]
