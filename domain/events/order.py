"""The order of events that happened at one and the same moment.

Systems that know only days report many things at midnight, and news may arrive in any order. So the order within a
moment follows from what happened, never from when it was told: beginnings of a case come before its end, a return from
leave before the next leave. Two of one kind are ordered by event id, so that every replay sorts them alike.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from domain.events.base import DomainEvent
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
    ConflictOfInterestDeclared,
    ConflictOfInterestLifted,
)
from domain.events.practice import CriticalIncidentRecorded, SupervisionAgreed
from domain.events.service import TeamClosed, TeamFormed
from domain.events.worker import (
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerMovedTeam,
    WorkerRegistered,
    WorkerSkillGained,
    WorkerStageChanged,
)

USUAL = 5

RANKS: Mapping[type[DomainEvent], int] = {
    WorkerRegistered: 0,
    CaseReferred: 0,
    TeamFormed: 0,
    WorkerHoursChanged: 1,
    WorkerStageChanged: 1,
    WorkerMovedTeam: 1,
    WorkerSkillGained: 1,
    WorkerAbsenceEnded: 1,
    CaseRiskReassessed: 1,
    ConflictOfInterestLifted: 1,
    SupervisionAgreed: 1,
    WorkerAbsenceStarted: 2,
    ConflictOfInterestDeclared: 2,
    CaseAssigned: 2,
    CaseReassigned: 3,
    CaseUnassigned: 4,
    CriticalIncidentRecorded: 4,
    CaseClosed: 8,
    TeamClosed: 8,
    WorkerLeft: 9,
}
"""Place within a moment; whatever is not named stands at `USUAL`."""


def rank_of(event_class: type[DomainEvent]) -> int:
    """Give an event's place among those of its moment."""
    return RANKS.get(event_class, USUAL)


TimeOrder = tuple[datetime, int, UUID]
"""When, place within the moment, event id: what every fold sorts by."""
