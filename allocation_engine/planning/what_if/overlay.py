"""A scenario laid over the live log: its changes as events still to come, read by the folds that read what has happened."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from allocation_engine.errors import SettingsError
from allocation_engine.planning.situation import Situation
from allocation_engine.planning.what_if import changes as what
from domain.events.base import DomainEvent, Envelope, EventRecord
from domain.events.practice import CriticalIncidentRecorded, Exposure
from domain.events.worker import (
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerEvent,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerMovedTeam,
    WorkerRegistered,
)
from domain.evolve.worker import WorkerState, evolve_worker
from domain.identifiers import IncidentId, PersonId, TeamId, WorkerId
from domain.load.facts import WorkerHistory, with_facts
from domain.load.facts_from_events import worker_facts
from domain.vocabulary import ExposureRoute

WEEK = timedelta(weeks=1)
MORNING = timedelta(hours=10)
"""When on a Monday an incident of a scenario happens: after the week's allocation."""

PLANNER = PersonId("what-if")
RAMP_OF_ALL = 1.0


@dataclass(frozen=True)
class Ramp:
    """What a new starter may be given in each week from the first on, as a share of the whole [1]."""

    starts: int
    weeks: int
    at_first: float

    def share(self, week: int) -> float:
        """Give the share in a week counted from 0."""
        done = week - self.starts
        if done >= self.weeks:
            return RAMP_OF_ALL
        return self.at_first + (RAMP_OF_ALL - self.at_first) * max(done, 0) / self.weeks


@dataclass(frozen=True)
class Overlay:
    """The workers of a service under a scenario.

    Attributes
    ----------
    workers
        Everybody who is or will be there, by id; new starters last.
    states
        Each worker's post at the beginning of each week; one who is not there yet, or has left, has no hours.
    histories
        Each worker's facts, those to come included.
    released
        In which weeks (from 0) whose cases are passed on: all of them, or those of high risk.
    ramps
        New starters and what they may be given.
    areas
        From which week (from 0) which team alone takes the cases of an area.
    """

    workers: tuple[WorkerId, ...]
    states: tuple[Mapping[WorkerId, WorkerState], ...]
    histories: Mapping[WorkerId, WorkerHistory]
    released: Mapping[tuple[int, WorkerId], what.WhoseCases]
    ramps: Mapping[WorkerId, Ramp]
    areas: tuple[tuple[int, str, TeamId], ...] = ()


def lay_over(situation: Situation, changes: Iterable[what.Change], weeks: int) -> Overlay:
    """Lay the changes of a scenario over a service as it stands.

    Raises
    ------
    SettingsError
        A change names a worker or a team that there is not.
    """
    return _Laying(situation, tuple(changes), weeks).overlay()


class _Laying:
    """Collects what each change means for whom."""

    def __init__(self, situation: Situation, changes: tuple[what.Change, ...], weeks: int) -> None:
        self.situation, self.changes, self.weeks = situation, changes, weeks
        self.records: list[EventRecord] = []
        self.released: dict[tuple[int, WorkerId], what.WhoseCases] = {}
        self.ramps: dict[WorkerId, Ramp] = {}
        self.areas: list[tuple[int, str, TeamId]] = []
        self.new: list[WorkerId] = []

    def overlay(self) -> Overlay:
        for number, change in enumerate(self.changes):
            self._lay(number, change)
        workers = (*sorted(self.situation.workers), *self.new)
        records = sorted(self.records, key=lambda one: one.envelope.occurred_at)
        return Overlay(
            workers=workers,
            states=tuple(self._states(records)),
            histories={one: self._history(one, records) for one in workers},
            released=self.released,
            ramps=self.ramps,
            areas=tuple(self.areas),
        )

    def _lay(self, number: int, change: what.Change) -> None:
        place = f"changes.{number}"
        match change:
            case what.Absence():
                self._absent(place, change)
            case what.Leaving():
                self._known(place, change.worker)
                self._tell(change.week, WorkerLeft(worker_id=change.worker))
                self.released[change.week - 1, change.worker] = what.WhoseCases.ALL_PASSED_ON
            case what.HoursChange():
                self._known(place, change.worker)
                self._tell(change.week, WorkerHoursChanged(worker_id=change.worker, fte=change.fte))
            case what.Starters():
                self._start(change)
            case what.Incident():
                self._happened(place, number, change)
            case what.TeamSplit():
                self._split(place, change)
            case what.TeamsMerged():
                self._merged(place, change)
            case _:
                pass  # referrals, supervision and policy are no facts of a worker's post: `draws` and `prepare` read them

    def _absent(self, place: str, change: what.Absence) -> None:
        self._known(place, change.worker)
        until = None if change.weeks is None else change.week + change.weeks
        back = None if until is None else self._monday(until)
        self._tell(change.week, WorkerAbsenceStarted(worker_id=change.worker, kind=change.absence, expected_until=back))
        if until is not None and until <= self.weeks + 1:
            self._tell(until, WorkerAbsenceEnded(worker_id=change.worker))
        if change.cases is not what.WhoseCases.STAY:
            self.released[change.week - 1, change.worker] = change.cases

    def _start(self, change: what.Starters) -> None:
        for _ in range(change.number):
            worker_id = WorkerId(f"new-{len(self.new) + 1:02}")
            if worker_id in self.situation.workers:
                raise SettingsError("starters", f"{worker_id} is the id of a worker already")
            self.new.append(worker_id)
            self.ramps[worker_id] = Ramp(change.week - 1, change.ramp_weeks, change.ramp_from)
            self._tell(
                change.week,
                WorkerRegistered(
                    worker_id=worker_id,
                    role=change.role,
                    team_id=change.team,
                    fte=change.fte,
                    stage=change.stage,
                    area=change.area,
                    skills=change.skills,
                    languages=change.languages,
                ),
            )
            if change.weeks is not None and change.week + change.weeks <= self.weeks:
                self._tell(change.week + change.weeks, WorkerLeft(worker_id=worker_id))
                self.released[change.week + change.weeks - 1, worker_id] = what.WhoseCases.ALL_PASSED_ON

    def _happened(self, place: str, number: int, change: what.Incident) -> None:
        routes = {worker: ExposureRoute.TEAM_HEARD for team in change.team_heard for worker in self._team(place, team)}
        routes |= dict.fromkeys(change.co_working, ExposureRoute.CO_WORKER)
        routes |= dict.fromkeys(change.direct, ExposureRoute.DIRECT)
        for worker in routes:
            self._known(place, worker)
        event = CriticalIncidentRecorded(
            incident_id=IncidentId(f"what-if-{number + 1}"),
            kind=change.incident,
            severity=change.severity,
            exposures=tuple(Exposure(worker_id=worker, route=route) for worker, route in sorted(routes.items())),
        )
        self._tell(change.week, event, MORNING)

    def _split(self, place: str, change: what.TeamSplit) -> None:
        there = set(self.situation.workers if change.team is None else self._team(place, change.team))
        for part in change.into:
            for worker in part.workers:
                if worker not in there:
                    raise SettingsError(place, f"{worker} is not in team {change.team or 'any'}")
                self._tell(change.week, WorkerMovedTeam(worker_id=worker, team_id=part.team))
            self.areas += [(change.week - 1, area, part.team) for area in part.areas]

    def _merged(self, place: str, change: what.TeamsMerged) -> None:
        for team in change.teams:
            for worker in self._team(place, team):
                self._tell(change.week, WorkerMovedTeam(worker_id=worker, team_id=change.into))
        self.areas += [(change.week - 1, area, change.into) for _, area, team in self.areas if team in change.teams]

    def _team(self, place: str, team: TeamId) -> list[WorkerId]:
        found = [one.worker_id for one in self.situation.workers.values() if one.team_id == team]
        if not found:
            raise SettingsError(place, f"nobody is in a team {team}")
        return found

    def _known(self, place: str, worker: WorkerId) -> None:
        if worker not in self.situation.workers:
            raise SettingsError(place, f"{worker} is not a worker here: `allocation-engine load` lists who is")

    def _monday(self, week: int) -> datetime:
        return self.situation.as_at + (week - 1) * WEEK

    def _tell(self, week: int, event: DomainEvent, later: timedelta = timedelta()) -> None:
        at = self._monday(week) + later
        name = f"what-if/{len(self.records)}"
        envelope = Envelope(
            event_id=uuid5(NAMESPACE_URL, name),
            occurred_at=at,
            recorded_at=at,
            actor=PLANNER,
            source_system="what-if",
            source_id=name,
        )
        self.records.append(EventRecord(envelope=envelope, event=event))

    def _states(self, records: list[EventRecord]) -> Iterator[dict[WorkerId, WorkerState]]:
        now = dict(self.situation.workers)
        coming = list(reversed(records))
        for week in range(1, self.weeks + 1):
            while coming and coming[-1].envelope.occurred_at <= self._monday(week):
                record = coming.pop()
                if isinstance(record.event, WorkerEvent):
                    worker = record.event.worker_id
                    at = record.envelope.occurred_at
                    now[worker] = evolve_worker(now.get(worker, WorkerState(worker_id=worker)), record.event, at)
            yield dict(now)

    def _history(self, worker: WorkerId, records: Iterable[EventRecord]) -> WorkerHistory:
        begins = self.situation.as_at
        known = tuple(fact for fact in self.situation.histories.get(worker, ()) if fact.at <= begins)
        return with_facts(known, tuple(fact for one in records for fact in worker_facts(one, worker)))
