"""What may happen to a worker's post: each function gives the event, or the rule in its way."""

from typing import assert_never

from domain.events.worker import (
    CapacityConcernAnswered,
    CapacityConcernRaised,
    CheckInRecorded,
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerEvent,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerMovedTeam,
    WorkerRegistered,
    WorkerSkillGained,
    WorkerStageChanged,
)
from domain.evolve.worker import WorkerState
from domain.rejection import Rejection

RECORD = "Workforce record: a post's history has no gaps and no overlaps"


def decide_worker(state: WorkerState, event: WorkerEvent) -> WorkerEvent | Rejection:
    """Say whether this may happen to a worker as they stand."""
    if isinstance(event, WorkerRegistered):
        return _refused(state, "already_registered", "is registered already") if state.is_employed else event
    if not state.is_employed:
        return _refused(state, "not_employed", "is not registered, or has left")
    match event:
        case WorkerAbsenceEnded():
            return event if state.away is not None else _refused(state, "not_away", "is not away")
        case WorkerMovedTeam():
            same = state.team_id == event.team_id
            return _refused(state, "same_team", "is in that team already") if same else event
        case CapacityConcernAnswered():
            return event if state.concern_open else _refused(state, "no_concern", "has no capacity concern open")
        case (
            WorkerAbsenceStarted()
            | WorkerHoursChanged()
            | WorkerStageChanged()
            | WorkerLeft()
            | WorkerSkillGained()
            | CheckInRecorded()
            | CapacityConcernRaised()
        ):
            return event
        case _:
            assert_never(event)


def _refused(state: WorkerState, code: str, what: str) -> Rejection:
    return Rejection(code, f"worker {state.worker_id} {what}", RECORD, f"worker:{state.worker_id}")
