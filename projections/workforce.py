"""Workforce: who works here, in what post, with what hours, skills and absence? Asked before anybody is proposed."""

from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from pydantic import TypeAdapter

from domain.events.base import DomainEvent, EventRecord
from domain.events.registry import REGISTRY
from domain.events.worker import CheckInRecorded, WorkerEvent
from domain.evolve.worker import WorkerState, evolve_worker
from domain.identifiers import WorkerId
from projections.corrections import CORRECTIONS, subjects
from projections.dated_events import Dossier, events_until, keep_dated
from projections.projection import Projection

HANDLES: frozenset[type[DomainEvent]] = (frozenset(get_args(WorkerEvent)) - {CheckInRecorded}) | CORRECTIONS
IGNORES = REGISTRY.classes - HANDLES


def keys(record: EventRecord) -> tuple[str, ...]:
    """Give the row of the worker that a record is about."""
    return subjects(record, "worker")


def apply(row: Dossier | None, key: str, record: EventRecord) -> Dossier | None:
    """Keep the record in the worker's row, in its place in time."""
    return keep_dated(row, key, record, HANDLES)


def worker_as_at(key: str, row: Dossier, as_at: datetime) -> WorkerState:
    """Fold one worker's events up to a moment."""
    state = WorkerState(worker_id=WorkerId(key.removeprefix("worker:")))
    for event, at in events_until(row, as_at):
        if isinstance(event, WorkerEvent):
            state = evolve_worker(state, event, at)
    return state


def workforce(rows: Mapping[str, Dossier], as_at: datetime) -> dict[WorkerId, WorkerState]:
    """Give everybody employed as at a moment, by id."""
    found = (worker_as_at(key, row, as_at) for key, row in sorted(rows.items()))
    return {state.worker_id: state for state in found if state.is_employed}


WORKFORCE = Projection[Dossier](
    name="workforce",
    version=1,
    handles=HANDLES,
    ignores=IGNORES,
    keys=keys,
    apply=apply,
    rows=TypeAdapter(Dossier),
)
