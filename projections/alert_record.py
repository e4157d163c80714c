"""The record that the blind-spot rules read, drawn up from the rows of the view `alerts` as at a moment."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Protocol
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
from projections.dated_events import DatedEvent, Dossier

Told = tuple[DomainEvent, datetime, UUID]

A_DAY = timedelta(days=1)


class Course(Protocol):
    """A worker's load through time."""

    def points(self, moments: Iterable[datetime]) -> Sequence[PointInTime]:
        """Give the load at moments, in the order asked for."""


Courses = Callable[[WorkerId], Course]
"""Gives a worker's course of load; the same object as before, as long as it runs the same."""


@dataclass(frozen=True, slots=True)
class InTeam:
    """A stretch in a team (None until: still)."""

    worker_id: WorkerId
    team_id: TeamId
    since: datetime
    until: datetime | None


def record_of(
    rows: Mapping[str, Dossier], courses: Courses, as_at: datetime, known_at: datetime | None = None
) -> Record:
    """Draw up what the rules read, with everything that had happened by a moment as known at another."""
    cases = [
        row.worked_out(key, _case_course, as_at, known_at)
        for key, row in sorted(rows.items())
        if key.startswith("case:")
    ]
    lowered_while_held: dict[WorkerId, list[datetime]] = defaultdict(list)
    for case in cases:
        for one in case.lowered:
            lowered_while_held[one.holder].append(one.at)
    workers = [
        row.worked_out(key, _heard_of, as_at, known_at)
        for key, row in sorted(rows.items())
        if key.startswith("worker:")
    ]
    points = {
        one.worker_id: dict(zip(moments, courses(one.worker_id).points(moments), strict=True))
        for one in workers
        if (moments := lowered_while_held[one.worker_id])
    }
    return Record(
        as_at=as_at,
        workers=tuple(one.course(courses(one.worker_id), as_at) for one in workers),
        teams=tuple(team_courses([stretch for one in workers for stretch in one.teams], cases, as_at)),
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


def _case_course(key: str, told: Sequence[DatedEvent]) -> CaseCourse:
    return case_course(key, ((one.event(), one.at, one.event_id) for one in told))


@dataclass
class _Heard:
    """What the events say of one worker; with the course drawn up last, which holds until midnight or the load changes."""

    worker_id: WorkerId
    posts: tuple[InPost, ...]
    agreements: tuple[Happened, ...]
    sessions: tuple[Happened, ...]
    check_ins: tuple[tuple[UUID, int, datetime], ...]
    concerns: tuple[Concern, ...]
    owed: tuple[OwedFollowUp, ...]
    teams: tuple[InTeam, ...]
    drawn_up: tuple[Course, int, WorkerCourse] | None = None

    def course(self, load: Course, as_at: datetime) -> WorkerCourse:
        """Draw up the worker's course until a moment."""
        number = sum(_number_of_midnights(post.since, post.until or as_at) for post in self.posts)
        last = self.drawn_up
        if last is not None and last[0] is load and last[1] == number:
            return last[2]
        days = [day for post in self.posts for day in midnights(post.since, post.until or as_at)]
        felt = zip(self.check_ins, load.points(at for _, _, at in self.check_ins), strict=True)
        course = WorkerCourse(
            worker_id=self.worker_id,
            posts=self.posts,
            agreements=self.agreements,
            sessions=self.sessions,
            check_ins=tuple(CheckIn(event_id, felt_load, point) for (event_id, felt_load, _), point in felt),
            concerns=self.concerns,
            owed=self.owed,
            days=tuple(load.points(days)),
        )
        self.drawn_up = load, number, course
        return course


def _heard_of(key: str, dated: Sequence[DatedEvent]) -> _Heard:
    worker_id = WorkerId(key.removeprefix("worker:"))
    told = [(one.event(), one.at, one.event_id) for one in dated]
    return _Heard(
        worker_id=worker_id,
        posts=tuple(in_post(told)),
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
            (event_id, event.felt_load, at) for event, at, event_id in told if isinstance(event, CheckInRecorded)
        ),
        concerns=tuple(_concerns(told)),
        owed=tuple(_owed(worker_id, told)),
        teams=tuple(_in_teams(worker_id, told)),
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
    first = _first_midnight(since)
    for number in range(_number_of_midnights(since, until)):
        yield first + number * A_DAY


def _first_midnight(since: datetime) -> datetime:
    day = datetime.combine(since.date(), time(), since.tzinfo)
    return day if day == since else day + A_DAY


def _number_of_midnights(since: datetime, until: datetime) -> int:
    return max(0, (until - _first_midnight(since)) // A_DAY + 1)


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
    people: dict[TeamId, _ByDay] = defaultdict(_ByDay)
    high: dict[TeamId, dict[WorkerId, _ByDay]] = defaultdict(lambda: defaultdict(_ByDay))
    held_in: dict[TeamId, list[HighRiskHeld]] = defaultdict(list)
    of_worker: dict[WorkerId, list[InTeam]] = defaultdict(list)
    for one in teams:
        of_worker[one.worker_id].append(one)
        people[one.team_id].count(one.since, one.until or as_at)
    for case in cases:
        for held in case.high_risk_held:
            for one in of_worker[held.worker_id]:
                end = min(held.until or as_at, one.until or as_at)
                if max(held.since, one.since) <= end:
                    held_in[one.team_id].append(held)
                    high[one.team_id][held.worker_id].count(max(held.since, one.since), end)
    for team_id, of_day in sorted(people.items()):
        yield TeamCourse(team_id, tuple(_team_days(of_day, high[team_id])), tuple(held_in[team_id]))


def _team_days(people: "_ByDay", high: Mapping[WorkerId, "_ByDay"]) -> Iterator[TeamDay]:
    """Give a team day by day. Between two turns all days have the same people with the same cases."""
    turns: dict[datetime, list[tuple[WorkerId, int]]] = {day: [] for day in people.turns}
    for worker_id, counts in sorted(high.items()):
        for day, number in counts.turns.items():
            turns.setdefault(day, []).append((worker_id, number))
    in_post, held = 0, dict.fromkeys(sorted(high), 0)
    for day, following in pairwise(sorted(turns)):
        in_post += people.turns.get(day, 0)
        for worker_id, number in turns[day]:
            held[worker_id] += number
        of_high_risk = tuple((worker_id, number) for worker_id, number in held.items() if number)
        for later in range((following - day) // A_DAY if in_post else 0):
            yield TeamDay(day + later * A_DAY, in_post, of_high_risk)


class _ByDay:
    """Counts how many stretches of time each midnight lies in, by how many more there are from one on than before."""

    def __init__(self) -> None:
        self.turns: dict[datetime, int] = defaultdict(int)

    def count(self, since: datetime, until: datetime) -> None:
        """Count a stretch."""
        number = _number_of_midnights(since, until)
        if number:
            first = _first_midnight(since)
            self.turns[first] += 1
            self.turns[first + number * A_DAY] -= 1
