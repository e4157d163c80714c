"""Histories of practice told by day: Monday 2 March 2026, nine o'clock, is day 0."""

from datetime import datetime, timedelta

from domain.events import DomainEvent, EventRecord
from domain.events.corrections import EventRetracted
from domain.events.practice import SupervisionAgreed, SupervisionHeld
from domain.events.worker import WorkerAbsenceEnded, WorkerAbsenceStarted
from domain.identifiers import WorkerId
from domain.vocabulary import AbsenceKind, RetractionReason, SupervisionKind
from tests.projections.drawn_histories import MONDAY, record

A, B, CHIEF = WorkerId("w-a"), WorkerId("w-b"), WorkerId("w-chief")


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def told(
    *history: tuple[float, DomainEvent], numbered_from: int = 1, recorded: float | None = None
) -> list[EventRecord]:
    """Tell events of these days, recorded at once or all on a later day."""
    records = [record(number, event, day(at)) for number, (at, event) in enumerate(history, start=numbered_from)]
    if recorded is None:
        return records
    late = {"recorded_at": day(recorded)}
    return [one.model_copy(update={"envelope": one.envelope.model_copy(update=late)}) for one in records]


def retracted(of: EventRecord, on: float, number: int = 90) -> EventRecord:
    event = EventRetracted(
        target_event_id=of.envelope.event_id,
        target_system=of.envelope.source_system,
        target_source_id=of.envelope.source_id,
        reason=RetractionReason.RECORDED_IN_ERROR,
        subjects=tuple(sorted(of.event.tags())),
    )
    return record(number, event, day(on))


def agreed(
    every_days: int = 28,
    worker: WorkerId = A,
    supervisor: WorkerId = CHIEF,
    kind: SupervisionKind = SupervisionKind.ONE_TO_ONE,
) -> SupervisionAgreed:
    return SupervisionAgreed(worker_id=worker, supervisor_id=supervisor, kind=kind, every_days=every_days)


def session(
    *workers: WorkerId,
    kind: SupervisionKind = SupervisionKind.ONE_TO_ONE,
    supervisor: WorkerId = CHIEF,
    quality: int | None = None,
    minutes: int = 60,
) -> SupervisionHeld:
    return SupervisionHeld(
        supervisor_id=supervisor, worker_ids=workers or (A,), kind=kind, minutes=minutes, reflective_quality=quality
    )


def leave(until: float | None = None, worker: WorkerId = A) -> WorkerAbsenceStarted:
    return WorkerAbsenceStarted(
        worker_id=worker, kind=AbsenceKind.ANNUAL_LEAVE, expected_until=None if until is None else day(until)
    )


def back(worker: WorkerId = A) -> WorkerAbsenceEnded:
    return WorkerAbsenceEnded(worker_id=worker)
