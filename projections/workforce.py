"""Workforce: who works here, in what post, with what hours, skills and absence? Asked before anybody is proposed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import get_args

from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent
from domain.events.corrections import PersonErased
from domain.events.practice import PracticeEvent
from domain.events.service import ServiceEvent
from domain.events.worker import CheckInRecorded, WorkerEvent
from domain.evolve.worker import WorkerState, evolve_worker
from domain.identifiers import WorkerId
from projections.corrections import CORRECTIONS
from projections.dated_events import DatedEvent, Dossier, dossiers

HANDLES: frozenset[type[DomainEvent]] = (frozenset(get_args(WorkerEvent)) - {CheckInRecorded}) | CORRECTIONS

IGNORES: frozenset[type[DomainEvent]] = frozenset(
    {
        CheckInRecorded,
        *get_args(CaseEvent),
        *get_args(PracticeEvent),
        *get_args(ServiceEvent),
        *get_args(AllocationEvent),
        PersonErased,
    },
)


def worker_as_at(key: str, row: Dossier, as_at: datetime, known_at: datetime | None = None) -> WorkerState:
    """Fold one worker's events up to a moment."""
    return row.worked_out(key, _folded, as_at, known_at)


def _folded(key: str, told: Sequence[DatedEvent]) -> WorkerState:
    state = WorkerState(worker_id=WorkerId(key.removeprefix("worker:")))
    for dated in told:
        event = dated.event()
        if isinstance(event, WorkerEvent):
            state = evolve_worker(state, event, dated.at)
    return state


def workforce(
    rows: Mapping[str, Dossier], as_at: datetime, known_at: datetime | None = None
) -> dict[WorkerId, WorkerState]:
    """Give everybody employed as at a moment, by id."""
    found = (worker_as_at(key, row, as_at, known_at) for key, row in sorted(rows.items()))
    return {state.worker_id: state for state in found if state.is_employed}


WORKFORCE = dossiers("workforce", version=2, handles=HANDLES, ignores=IGNORES, subject="worker")
