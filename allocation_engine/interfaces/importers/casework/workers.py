"""Registers the workers that a delivery names, each once, from the first day on which one is seen to work."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.importers.casework.course import midnight
from allocation_engine.interfaces.importers.casework.on_record import (
    WORKER_EVENTS,
    Already,
    Dated,
    Ledger,
    ledger_of,
)
from allocation_engine.interfaces.importers.casework.writer import FactWriter
from domain.events.base import EventRecord
from domain.events.worker import MAX_FTE, WorkerHoursChanged, WorkerRegistered
from domain.identifiers import WorkerId
from domain.vocabulary import Role


def check_assumed(assume_fte: float | None) -> None:
    """Refuse a share of full time that nobody works."""
    if assume_fte is not None and not 0 < assume_fte <= MAX_FTE:
        raise SettingsError("assume_fte", f"is {assume_fte:g}; give a share of full time above 0, at most {MAX_FTE:g}")


def workforce_records(
    first_seen: Mapping[WorkerId, date], already: Already, writer: FactWriter, assume_fte: float | None
) -> Iterator[EventRecord]:
    """Register whoever is not known; hours and stage stay unset. Whoever another system registered is left to it.

    Whoever was erased is not registered again: their id stays in the cases they held, and nothing more of them.
    """
    for worker_id, day in sorted(first_seen.items()):
        tag = f"worker:{worker_id}"
        ledger = ledger_of(already(tag), tag, WORKER_EVENTS, system=writer.system)
        if ledger.erased:
            continue
        yield from _registered(worker_id, midnight(day), ledger, writer)
        if assume_fte is not None:
            yield from _assumed(worker_id, midnight(day), ledger, writer, assume_fte)


def _assumed(
    worker_id: WorkerId, at: datetime, ledger: Ledger, writer: FactWriter, assume_fte: float
) -> Iterator[EventRecord]:
    """Assume hours where none are recorded, from the first day on which any delivery shows the worker."""
    source_id = f"assumed-fte:{worker_id}:{assume_fte:g}"
    event = WorkerHoursChanged(worker_id=worker_id, fte=assume_fte)
    told = ledger.told.get(source_id)
    if told is not None:
        if not told.by_hand and told.stands is not None and at < told.stands.at:
            yield writer.corrected(told, Dated(event, at))
    elif not any(_has_hours(dated) for dated in ledger.standing):
        yield writer.told(event, at, source_id)


def _registered(worker_id: WorkerId, at: datetime, ledger: Ledger, writer: FactWriter) -> Iterator[EventRecord]:
    source_id = f"registered:{worker_id}"
    event = WorkerRegistered(worker_id=worker_id, role=Role.SOCIAL_WORKER)
    told = ledger.told.get(source_id)
    if told is not None:
        if not told.by_hand and told.stands is not None and at < told.stands.at:
            yield writer.corrected(told, Dated(event, at))
    elif not any(isinstance(dated.event, WorkerRegistered) for dated in ledger.standing):
        yield writer.told(event, at, source_id)


def _has_hours(dated: Dated) -> bool:
    event = dated.event
    return isinstance(event, WorkerHoursChanged) or (isinstance(event, WorkerRegistered) and event.fte is not None)
