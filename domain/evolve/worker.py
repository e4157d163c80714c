"""The state of one worker's post, folded from events in the order in which they happened."""

from dataclasses import dataclass, replace
from datetime import datetime
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
from domain.identifiers import TeamId, WorkerId
from domain.vocabulary import AbsenceKind, Agency, CareerStage, Role


@dataclass(frozen=True, slots=True)
class Away:
    """An absence that has begun: its kind, and until when if that is known."""

    kind: AbsenceKind
    since: datetime
    expected_until: datetime | None


@dataclass(frozen=True, slots=True)
class WorkerState:
    """What decisions and rules need to know of a worker. None is unknown."""

    worker_id: WorkerId
    registered_at: datetime | None = None
    left_at: datetime | None = None
    agency: Agency | None = None
    role: Role | None = None
    team_id: TeamId | None = None
    fte: float | None = None
    stage: CareerStage | None = None
    area: str | None = None
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    away: Away | None = None
    concern_open: bool = False

    @property
    def is_employed(self) -> bool:
        """Whether the worker joined and has not left."""
        return self.registered_at is not None and self.left_at is None

    def is_away(self, at: datetime) -> bool:
        """Whether the worker is absent then, as far as it is recorded; an open end counts as still away."""
        return self.away is not None and (self.away.expected_until is None or at < self.away.expected_until)


def evolve_worker(state: WorkerState, event: WorkerEvent, at: datetime) -> WorkerState:
    """Give the state after an event that happened at a moment."""
    match event:
        case WorkerRegistered():
            return replace(
                state,
                registered_at=at,
                left_at=None,
                agency=event.agency,
                role=event.role,
                team_id=event.team_id,
                fte=event.fte,
                stage=event.stage,
                area=event.area,
                skills=frozenset(event.skills),
                languages=frozenset(event.languages),
            )
        case WorkerHoursChanged():
            return replace(state, fte=event.fte)
        case WorkerStageChanged():
            return replace(state, stage=event.stage)
        case WorkerAbsenceStarted():
            return replace(state, away=Away(event.kind, at, event.expected_until))
        case WorkerAbsenceEnded():
            return replace(state, away=None)
        case WorkerMovedTeam():
            return replace(state, team_id=event.team_id)
        case WorkerLeft():
            return replace(state, left_at=at, away=None)
        case WorkerSkillGained():
            return replace(state, skills=state.skills | {event.skill})
        case CapacityConcernRaised():
            return replace(state, concern_open=True)
        case CapacityConcernAnswered():
            return replace(state, concern_open=False)
        case CheckInRecorded():
            return state
        case _:
            assert_never(event)
