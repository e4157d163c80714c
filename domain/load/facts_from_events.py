"""From an event to the dated facts that it states about one worker or one case."""

from domain.events.base import DomainEvent, EventRecord
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
)
from domain.events.practice import CriticalIncidentRecorded, DebriefHeld, PeerSupportHeld, SupervisionHeld
from domain.events.worker import (
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerRegistered,
    WorkerStageChanged,
)
from domain.identifiers import WorkerId
from domain.load import facts
from domain.load.facts import CaseHistory, WorkerHistory
from domain.load.parameters import ReliefKind
from domain.vocabulary import AssignmentRole

LOAD_EVENTS: frozenset[type[DomainEvent]] = frozenset(
    {
        WorkerRegistered,
        WorkerHoursChanged,
        WorkerStageChanged,
        WorkerAbsenceStarted,
        WorkerAbsenceEnded,
        WorkerLeft,
        CaseReferred,
        CaseRiskReassessed,
        CaseAssigned,
        CaseReassigned,
        CaseUnassigned,
        CaseClosed,
        CriticalIncidentRecorded,
        DebriefHeld,
        SupervisionHeld,
        PeerSupportHeld,
    },
)
"""The events that the load of some worker follows from."""


def worker_facts(record: EventRecord, worker_id: WorkerId) -> WorkerHistory:
    """Say what an event states about one worker; nothing, if it is about others or is not of the load."""
    if f"worker:{worker_id}" not in record.event.tags():
        return ()
    event_id, at = record.envelope.event_id, record.envelope.occurred_at
    match record.event:
        case WorkerRegistered() as event:
            hours = () if event.fte is None else (facts.Hours(event_id=event_id, at=at, fte=event.fte),)
            stage = () if event.stage is None else (facts.Stage(event_id=event_id, at=at, stage=event.stage),)
            return (*hours, *stage)
        case WorkerHoursChanged() as event:
            return (facts.Hours(event_id=event_id, at=at, fte=event.fte),)
        case WorkerStageChanged() as event:
            return (facts.Stage(event_id=event_id, at=at, stage=event.stage),)
        case WorkerAbsenceStarted() as event:
            until = event.expected_until
            return (facts.AbsenceStarted(event_id=event_id, at=at, kind=event.kind, expected_until=until),)
        case WorkerAbsenceEnded():
            return (facts.AbsenceEnded(event_id=event_id, at=at),)
        case WorkerLeft():
            return (facts.Left(event_id=event_id, at=at),)
        case CaseAssigned() as event:
            return (facts.CaseTaken(event_id=event_id, at=at, case_id=event.case_id, role=event.role),)
        case CaseUnassigned() as event:
            return (facts.CaseGivenUp(event_id=event_id, at=at, case_id=event.case_id, role=event.role),)
        case CaseReassigned() as event:
            kind = facts.CaseTaken if event.to_worker_id == worker_id else facts.CaseGivenUp
            return (kind(event_id=event_id, at=at, case_id=event.case_id, role=event.role),)
        case _:
            return _practice_facts(record, worker_id)


def _practice_facts(record: EventRecord, worker_id: WorkerId) -> WorkerHistory:
    event_id, at = record.envelope.event_id, record.envelope.occurred_at
    match record.event:
        case CriticalIncidentRecorded() as event:
            return tuple(
                facts.Exposed(
                    event_id=event_id,
                    at=at,
                    incident_id=event.incident_id,
                    case_id=event.case_id,
                    kind=event.kind,
                    severity=event.severity,
                    route=exposure.route,
                )
                for exposure in event.exposures
                if exposure.worker_id == worker_id
            )
        case SupervisionHeld() as event:
            if event.supervisor_id == worker_id:
                return (facts.SupervisionGiven(event_id=event_id, at=at, supervisees=len(set(event.worker_ids))),)
            return (facts.Relieved(event_id=event_id, at=at, kind=ReliefKind(event.kind.value)),)
        case PeerSupportHeld():
            return (facts.Relieved(event_id=event_id, at=at, kind=ReliefKind.PEER_SUPPORT),)
        case DebriefHeld():
            return (facts.Relieved(event_id=event_id, at=at, kind=ReliefKind.DEBRIEF),)
        case _:
            return ()


def case_facts(record: EventRecord) -> CaseHistory:
    """Say what an event states about its case that the holders' load follows from."""
    event_id, at = record.envelope.event_id, record.envelope.occurred_at
    match record.event:
        case CaseReferred() as event:
            return (facts.CaseOpened(event_id=event_id, at=at, harm_types=event.harm_types, risk=event.risk),)
        case CaseRiskReassessed() as event:
            return (facts.RiskReassessed(event_id=event_id, at=at, harm_types=event.harm_types, risk=event.risk),)
        case CaseAssigned(role=AssignmentRole.PRIMARY) as event:
            return (facts.PrimaryHeldBy(event_id=event_id, at=at, worker_id=event.worker_id),)
        case CaseReassigned(role=AssignmentRole.PRIMARY) as event:
            return (facts.PrimaryHeldBy(event_id=event_id, at=at, worker_id=event.to_worker_id),)
        case CaseClosed():
            return (facts.CaseEnded(event_id=event_id, at=at),)
        case _:
            return ()
