"""From an event to the dated facts that it states about one worker or one case."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from domain.events.base import DomainEvent, EventRecord
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
)
from domain.events.corrections import PersonErased
from domain.events.order import rank_of
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
from domain.vocabulary import AssignmentRole, HarmType

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
        PersonErased,
    },
)
"""The events that the load of some worker follows from."""


class Known(TypedDict):
    """What every fact of one record has in common."""

    event_id: UUID
    at: datetime
    recorded_at: datetime
    rank: int


def _known_of(record: EventRecord) -> Known:
    """Give what every fact of this record has in common."""
    envelope = record.envelope
    return Known(
        event_id=envelope.event_id,
        at=envelope.occurred_at,
        recorded_at=envelope.recorded_at,
        rank=rank_of(type(record.event)),
    )


def worker_facts(record: EventRecord, worker_id: WorkerId) -> WorkerHistory:
    """Say what an event states about one worker; nothing, if it is about others or is not of the load."""
    if f"worker:{worker_id}" not in record.event.tags():
        return ()
    known = _known_of(record)
    match record.event:
        case WorkerRegistered() as event:
            hours = () if event.fte is None else (facts.Hours(**known, fte=event.fte),)
            stage = () if event.stage is None else (facts.Stage(**known, stage=event.stage),)
            return (*hours, *stage)
        case WorkerHoursChanged() as event:
            return (facts.Hours(**known, fte=event.fte),)
        case WorkerStageChanged() as event:
            return (facts.Stage(**known, stage=event.stage),)
        case WorkerAbsenceStarted() as event:
            until = event.expected_until
            return (facts.AbsenceStarted(**known, kind=event.kind, expected_until=until),)
        case WorkerAbsenceEnded():
            return (facts.AbsenceEnded(**known),)
        case WorkerLeft():
            return (facts.Left(**known),)
        case CaseAssigned() as event:
            return (facts.CaseTaken(**known, case_id=event.case_id, role=event.role),)
        case CaseUnassigned() as event:
            return (facts.CaseGivenUp(**known, case_id=event.case_id, role=event.role),)
        case CaseReassigned() as event:
            kind = facts.CaseTaken if event.to_worker_id == worker_id else facts.CaseGivenUp
            return (kind(**known, case_id=event.case_id, role=event.role),)
        case _:
            return _practice_facts(record, worker_id)


def _practice_facts(record: EventRecord, worker_id: WorkerId) -> WorkerHistory:
    known = _known_of(record)
    match record.event:
        case CriticalIncidentRecorded() as event:
            return tuple(
                facts.Exposed(
                    **known,
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
                return (facts.SupervisionGiven(**known, supervisees=len(set(event.worker_ids))),)
            return (facts.Relieved(**known, kind=ReliefKind(event.kind.value)),)
        case PersonErased() as event:
            return (facts.PartErased(**known, person=event.erased or f"worker:{worker_id}"),)
        case PeerSupportHeld():
            return (facts.Relieved(**known, kind=ReliefKind.PEER_SUPPORT),)
        case DebriefHeld():
            return (facts.Relieved(**known, kind=ReliefKind.DEBRIEF),)
        case _:
            return ()


def case_facts(record: EventRecord) -> CaseHistory:
    """Say what an event states about its case that the holders' load follows from."""
    known = _known_of(record)
    match record.event:
        case CaseReferred() as event:
            return (facts.CaseOpened(**known, harm_types=_in_order(event.harm_types), risk=event.risk),)
        case CaseRiskReassessed() as event:
            return (facts.RiskReassessed(**known, harm_types=_in_order(event.harm_types), risk=event.risk),)
        case CaseAssigned(role=AssignmentRole.PRIMARY) as event:
            return (facts.PrimaryHeldBy(**known, worker_id=event.worker_id),)
        case CaseReassigned(role=AssignmentRole.PRIMARY) as event:
            return (facts.PrimaryHeldBy(**known, worker_id=event.to_worker_id),)
        case CaseClosed():
            return (facts.CaseEnded(**known),)
        case _:
            return ()


def _in_order(harms: tuple[HarmType, ...] | None) -> tuple[HarmType, ...] | None:
    """Give harm types once each, in the vocabulary's order: the model reads a set."""
    return None if harms is None else tuple(harm for harm in HarmType if harm in harms)
