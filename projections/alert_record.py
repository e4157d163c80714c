"""The record that the blind-spot rules read, drawn up from the rows of the view `alerts` as at a moment."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from domain.alerts.record import (
    CheckIn,
    Concern,
    Happened,
    HighRiskHeld,
    InPost,
    OwedFollowUp,
    Record,
    RiskLowered,
    TeamCourse,
    TeamDay,
    WorkerCourse,
)
from domain.events.base import DomainEvent
from domain.events.practice import CriticalIncidentRecorded, FollowUpCompleted, SupervisionAgreed, SupervisionHeld
from domain.events.worker import (
    CapacityConcernAnswered,
    CapacityConcernRaised,
    CheckInRecorded,
    WorkerLeft,
    WorkerMovedTeam,
    WorkerRegistered,
)
from domain.evolve.practice import follow_ups_opened
from domain.identifiers import TeamId, WorkerId
from domain.load.over_time import PointInTime
from projections.case_courses import CaseCourse, case_course
from projections.dated_events import Dossier, all_until

Told = tuple[DomainEvent, datetime, UUID]
Loads = Callable[[WorkerId, Sequence[datetime]], Sequence[PointInTime]]
"""Gives a worker's load at moments, in order of time."""

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InTeam:
    """A stretch in a team (None until: still)."""

    worker_id: WorkerId
    team_id: TeamId
    since: datetime
    until: datetime | None


def record_of(rows: Mapping[str, Dossier], loads: Loads, as_at: datetime, known_at: datetime | None = None) -> Record:
    """Draw up what the rules read, with everything that had happened by a moment as known at another."""
    cases = [
        case_course(key, all_until([row], as_at, known_at))
        for key, row in sorted(rows.items())
        if key.startswith("case:")
    ]
    lowered_while_held: dict[WorkerId, list[datetime]] = defaultdict(list)
    for case in cases:
        for one in case.lowered:
            lowered_while_held[one.holder].append(one.at)
    workers: list[WorkerCourse] = []
    teams: list[InTeam] = []
    points: dict[WorkerId, Mapping[datetime, PointInTime]] = {}
    for key, row in sorted(rows.items()):
        if not key.startswith("worker:"):
            continue
        worker_id = WorkerId(key.removeprefix("worker:"))
        told = all_until([row], as_at, known_at)
        posts = tuple(in_post(told))
        days = [day for post in posts for day in midnights(post.since, post.until or as_at)]
        check_ins = [at for event, at, _ in told if isinstance(event, CheckInRecorded)]
        moments = sorted({*days, *check_ins, *lowered_while_held[worker_id]})
        of_moment = dict(zip(moments, loads(worker_id, moments), strict=True))
        points[worker_id] = of_moment
        workers.append(_worker_course(worker_id, told, posts, tuple(of_moment[day] for day in days), of_moment))
        teams.extend(_in_teams(worker_id, told))
    return Record(
        as_at=as_at,
        workers=tuple(workers),
        teams=tuple(team_courses(teams, cases, as_at)),
        lowered=tuple(
            RiskLowered(
                one.event_id, case.case_id, one.at, one.before, one.after, one.holder, points[one.holder][one.at]
            )
            for case in cases
            for one in case.lowered
            if one.holder in points
        ),
        waits=tuple(wait for case in cases for wait in case.urgent_waits),
    )


def in_post(told: Iterable[Told]) -> Iterator[InPost]:
    """Give a worker's stretches in post; registered anew while in post goes on with the same stretch."""
    began: tuple[UUID, datetime] | None = None
    for event, at, event_id in told:
        if isinstance(event, WorkerRegistered) and began is None:
            began = event_id, at
        elif isinstance(event, WorkerLeft) and began is not None:
            yield InPost(*began, at)
            began = None
    if began is not None:
        yield InPost(*began, None)


def midnights(since: datetime, until: datetime) -> Iterator[datetime]:
    """Give every midnight (UTC) from one moment to another."""
    day = datetime.combine(since.date(), time(), since.tzinfo)
    if day < since:
        day += A_DAY
    while day <= until:
        yield day
        day += A_DAY


def _worker_course(
    worker_id: WorkerId,
    told: Sequence[Told],
    posts: tuple[InPost, ...],
    days: tuple[PointInTime, ...],
    points: Mapping[datetime, PointInTime],
) -> WorkerCourse:
    return WorkerCourse(
        worker_id=worker_id,
        posts=posts,
        agreements=tuple(
            Happened(event_id, at)
            for event, at, event_id in told
            if isinstance(event, SupervisionAgreed) and event.worker_id == worker_id
        ),
        sessions=tuple(
            Happened(event_id, at)
            for event, at, event_id in told
            if isinstance(event, SupervisionHeld) and worker_id in event.worker_ids
        ),
        check_ins=tuple(
            CheckIn(event_id, event.felt_load, points[at])
            for event, at, event_id in told
            if isinstance(event, CheckInRecorded)
        ),
        concerns=tuple(_concerns(told)),
        owed=tuple(_owed(worker_id, told)),
        days=days,
    )


def _concerns(told: Iterable[Told]) -> Iterator[Concern]:
    raised: tuple[UUID, datetime] | None = None
    for event, at, event_id in told:
        if isinstance(event, CapacityConcernRaised) and raised is None:
            raised = event_id, at
        elif isinstance(event, CapacityConcernAnswered) and raised is not None:
            yield Concern(*raised, at)
            raised = None
    if raised is not None:
        yield Concern(*raised, None)


def _owed(worker_id: WorkerId, told: Sequence[Told]) -> Iterator[OwedFollowUp]:
    done = {
        (event.incident_id, event.due): at
        for event, at, _ in reversed(told)
        if isinstance(event, FollowUpCompleted) and event.worker_id == worker_id
    }
    for event, at, event_id in told:
        if isinstance(event, CriticalIncidentRecorded):
            for owed in follow_ups_opened(event, at):
                if owed.worker_id == worker_id:
                    done_at = done.get((owed.incident_id, owed.due))
                    yield OwedFollowUp(event_id, owed.incident_id, at, owed.due, owed.due_at, done_at)


def _in_teams(worker_id: WorkerId, told: Iterable[Told]) -> Iterator[InTeam]:
    team_id: TeamId | None = None
    since: datetime | None = None
    for event, at, _ in told:
        if not isinstance(event, WorkerRegistered | WorkerMovedTeam | WorkerLeft):
            continue
        now = None if isinstance(event, WorkerLeft) else event.team_id
        if now != team_id:
            if team_id is not None and since is not None:
                yield InTeam(worker_id, team_id, since, at)
            team_id, since = now, at
    if team_id is not None and since is not None:
        yield InTeam(worker_id, team_id, since, None)


def team_courses(teams: Sequence[InTeam], cases: Iterable[CaseCourse], as_at: datetime) -> Iterator[TeamCourse]:
    """Count, for every team and midnight, the people in post and each one's high-risk cases as primary worker."""
    people: dict[TeamId, dict[datetime, int]] = defaultdict(lambda: defaultdict(int))
    high: dict[TeamId, dict[datetime, dict[WorkerId, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    held_in: dict[TeamId, list[HighRiskHeld]] = defaultdict(list)
    of_worker: dict[WorkerId, list[InTeam]] = defaultdict(list)
    for one in teams:
        of_worker[one.worker_id].append(one)
        for day in midnights(one.since, one.until or as_at):
            people[one.team_id][day] += 1
    for case in cases:
        for held in case.high_risk_held:
            for one in of_worker[held.worker_id]:
                end = min(held.until or as_at, one.until or as_at)
                if max(held.since, one.since) <= end:
                    held_in[one.team_id].append(held)
                for day in midnights(max(held.since, one.since), end):
                    high[one.team_id][day][held.worker_id] += 1
    for team_id, of_day in sorted(people.items()):
        yield TeamCourse(
            team_id,
            tuple(
                TeamDay(day, number, tuple(sorted(high[team_id][day].items())) if day in high[team_id] else ())
                for day, number in sorted(of_day.items())
            ),
            tuple(held_in[team_id]),
        )
