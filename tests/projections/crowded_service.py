"""A made-up service in which nearly everything collides: few moments, many workers, every kind of event and word."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from domain.events.base import DomainEvent, Envelope, EventRecord
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
)
from domain.events.corrections import EventCorrected, EventRetracted
from domain.events.practice import CriticalIncidentRecorded, DebriefHeld, Exposure, PeerSupportHeld, SupervisionHeld
from domain.events.worker import (
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerRegistered,
    WorkerStageChanged,
)
from domain.identifiers import CaseId, IncidentId, WorkerId
from domain.vocabulary import (
    AbsenceKind,
    AssignmentRole,
    CareerStage,
    ExposureRoute,
    HarmType,
    IncidentKind,
    RetractionReason,
    RiskLevel,
    Severity,
    SupervisionKind,
)
from tests.domain.load.service_history import on_day

WORKERS = tuple(WorkerId(f"w-{number:02}") for number in range(30))
CASES = tuple(CaseId(f"c-{number:02}") for number in range(45))
MOMENTS = (0.0, 0.5, 2.0, 3.0, 5.0, 5.25, 8.0, 13.0, 14.0, 21.0, 21.5, 30.0, 34.0, 47.0, 60.0)
"""Days on which anything happens."""


def crowded_service(seed: int, events: int = 2400, words: int = 250) -> list[EventRecord]:
    """Tell of a service, some of it late, with corrections and retractions, also of one another."""
    chance = Random(seed)
    told = [_told(chance, _event(chance), on_day(chance.choice(MOMENTS))) for _ in range(events)]
    for _ in range(words):
        about = chance.choice(told)
        told.append(_told(chance, _word(chance, about), on_day(chance.choice(MOMENTS))))
    return told


def _told(chance: Random, event: DomainEvent, at: datetime) -> EventRecord:
    number = UUID(int=chance.getrandbits(128))
    envelope = Envelope(
        event_id=number,
        occurred_at=at,
        recorded_at=at + timedelta(days=chance.choice((0, 0, 0, 4, 20))),
        actor="system",
        source_system="tests",
        source_id=str(number),
    )
    return EventRecord(envelope=envelope, event=event)


def _event(chance: Random) -> DomainEvent:
    return chance.choices((_of_case, _of_worker, _of_practice), (6, 4, 5))[0](chance)


def _of_case(chance: Random) -> DomainEvent:
    pick = chance.choice
    case, worker, role = pick(CASES), pick(WORKERS), pick(tuple(AssignmentRole))
    risk, harms = pick(tuple(RiskLevel)), pick((None, (), tuple(chance.sample(tuple(HarmType), chance.randint(1, 3)))))
    return chance.choices(
        (
            CaseReferred(case_id=case, harm_types=harms, risk=pick((None, risk))),
            CaseRiskReassessed(case_id=case, risk=risk, harm_types=harms),
            CaseAssigned(case_id=case, worker_id=worker, role=role),
            CaseReassigned(case_id=case, from_worker_id=pick(WORKERS), to_worker_id=worker, role=role),
            CaseUnassigned(case_id=case, worker_id=worker, role=role),
            CaseClosed(case_id=case),
        ),
        (2, 3, 9, 2, 2, 1),
    )[0]


def _of_worker(chance: Random) -> DomainEvent:
    pick = chance.choice
    worker, stage = pick(WORKERS), pick(tuple(CareerStage))
    until = pick((None, on_day(pick(MOMENTS)), on_day(chance.uniform(0, 90))))
    return chance.choices(
        (
            WorkerRegistered(worker_id=worker, fte=pick((None, 0.6)), stage=pick((None, stage))),
            WorkerHoursChanged(worker_id=worker, fte=pick((0.4, 0.8, 1.0))),
            WorkerStageChanged(worker_id=worker, stage=stage),
            WorkerAbsenceStarted(worker_id=worker, kind=pick(tuple(AbsenceKind)), expected_until=until),
            WorkerAbsenceEnded(worker_id=worker),
            WorkerLeft(worker_id=worker),
        ),
        (2, 2, 2, 9, 7, 1),
    )[0]


def _of_practice(chance: Random) -> DomainEvent:
    pick = chance.choice
    some = tuple(chance.sample(WORKERS, 3))
    exposures = tuple(Exposure(worker_id=one, route=pick(tuple(ExposureRoute))) for one in some)
    incident, kind = IncidentId(f"i-{chance.randrange(99)}"), pick(tuple(SupervisionKind))
    return pick(
        (
            CriticalIncidentRecorded(
                incident_id=incident,
                case_id=pick((None, pick(CASES))),
                kind=pick(tuple(IncidentKind)),
                severity=pick(tuple(Severity)),
                exposures=exposures,
            ),
            SupervisionHeld(supervisor_id=some[0], worker_ids=some[1:], kind=kind, minutes=60),
            PeerSupportHeld(worker_ids=some, minutes=60),
            DebriefHeld(incident_id=incident, worker_ids=some),
        )
    )


def _word(chance: Random, about: EventRecord) -> DomainEvent:
    envelope, right = about.envelope, _event(chance)
    before = about.event.subjects if isinstance(about.event, EventRetracted | EventCorrected) else about.event.tags()
    if chance.random() < 0.4:
        return EventRetracted(
            target_event_id=envelope.event_id,
            target_system=envelope.source_system,
            target_source_id=envelope.source_id,
            reason=RetractionReason.RECORDED_IN_ERROR,
            subjects=tuple(sorted(before)),
        )
    return EventCorrected(
        target_event_id=envelope.event_id,
        target_system=envelope.source_system,
        target_source_id=envelope.source_id,
        occurred_at=on_day(chance.choice(MOMENTS)),
        replacement_type=right.wire_type(),
        replacement=right.model_dump(mode="json"),
        subjects=tuple(sorted({*before, *right.tags()})),
    )
