"""Load as a share of capacity, week by week: who carried how much, or which team? Asked by managers and leaders.

Rows go by id: nobody is ranked. A team stands for itself only if it has as many people as the policy set asks for.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import fsum

from allocation_engine.persistence.store import Store
from allocation_engine.reporting.load_courses import Courses, read_courses
from allocation_engine.reporting.posts import NOT_RECORDED
from domain.events.worker import WorkerEvent
from domain.evolve.worker import WorkerState, evolve_worker
from domain.identifiers import WorkerId
from domain.load.explain import WHAT_IT_IS
from domain.load.over_time import PointInTime
from domain.policy.policy_set import PolicySet
from projections import WORKFORCE
from projections.dated_events import Dossier, events_until

MOST_WORKERS = 40
"""With more workers than this the whole service is shown by team: more rows cannot be taken in."""

WEEK = timedelta(weeks=1)


class RowsAre(StrEnum):
    """What a row stands for."""

    WORKERS = "workers"
    TEAMS = "teams"


class NotShown(StrEnum):
    """Why there is no share to show."""

    NOT_IN_POST = "not_in_post"
    IN_ANOTHER_TEAM = "in_another_team"
    HOURS_NOT_KNOWN = "hours_not_known"
    FEWER_THAN_SMALLEST_GROUP = "fewer_than_smallest_group"


@dataclass(frozen=True, slots=True)
class Week:
    """A week by its Monday, and the moment in it at which load is read: its end, or the day asked about."""

    monday: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """Load and capacity [lp] and load as a share of capacity [1], in one week; where there is no share, why."""

    load: float | None
    capacity: float | None
    share: float | None
    not_shown: NotShown | None
    is_away: bool = False
    without_hours: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A worker or a team, with a cell for every week."""

    row_id: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class WeeklyLoads:
    """Rows by id, weeks in order. In rows of teams, workers without recorded hours are counted but not summed."""

    rows_are: RowsAre
    team_id: str | None
    weeks: tuple[Week, ...]
    rows: tuple[Row, ...]
    as_at: datetime
    known_at: datetime | None
    policy_set_id: str
    smallest_group: int
    unit: str = "lp"
    note: str = WHAT_IT_IS


@dataclass(frozen=True, slots=True)
class _Worked:
    """One worker's post and load at the moment of every week."""

    worker_id: WorkerId
    posts: tuple[WorkerState, ...]
    points: tuple[PointInTime, ...]


def weekly_loads(
    store: Store,
    policy: PolicySet,
    since: datetime,
    as_at: datetime,
    known_at: datetime | None = None,
    team: str | None = None,
) -> WeeklyLoads:
    """Draw up the weeks of a team's workers, or of the whole service under one policy set.

    The whole service is shown by worker up to `MOST_WORKERS` of them, by team above.
    """
    weeks = tuple(weeks_between(since, as_at))
    store.read_models.catch_up(WORKFORCE)
    posts = store.read_models.rows(WORKFORCE)
    worked = tuple(_worked(posts, read_courses(store, policy.load, known_at), [week.at for week in weeks], known_at))
    smallest = round(policy.practice.smallest_group.value)
    rows_are = RowsAre.WORKERS if team is not None or len(worked) <= MOST_WORKERS else RowsAre.TEAMS
    rows = _rows_of_workers(worked, team) if rows_are is RowsAre.WORKERS else _rows_of_teams(worked, smallest)
    return WeeklyLoads(
        rows_are=rows_are,
        team_id=team,
        weeks=weeks,
        rows=tuple(rows),
        as_at=as_at,
        known_at=known_at,
        policy_set_id=policy.policy_set_id,
        smallest_group=smallest,
    )


def weeks_between(since: datetime, as_at: datetime) -> Iterator[Week]:
    """Give the weeks, Monday to Sunday, that the time touches."""
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=midnight.weekday())
    while as_at - monday >= WEEK:
        yield Week(monday.date(), monday + WEEK - timedelta(microseconds=1))
        monday += WEEK
    yield Week(monday.date(), as_at)


def _worked(
    posts: Mapping[str, Dossier], courses: Courses, moments: Sequence[datetime], known_at: datetime | None
) -> Iterator[_Worked]:
    """Give everybody who was in post at one of the moments, by id."""
    for key, dossier in sorted(posts.items()):
        worker_id = WorkerId(key.removeprefix("worker:"))
        states = tuple(_posts(worker_id, dossier, moments, known_at))
        if any(state.is_employed for state in states):
            yield _Worked(worker_id, states, tuple(courses(worker_id).points(moments)))


def _posts(
    worker_id: WorkerId, dossier: Dossier, moments: Sequence[datetime], known_at: datetime | None
) -> Iterator[WorkerState]:
    """Fold a worker's events once, and give the post as it stood at each of the moments."""
    state = WorkerState(worker_id=worker_id)
    coming = list(events_until(dossier, moments[-1], known_at))
    coming.reverse()
    for moment in moments:
        while coming and coming[-1][1] <= moment:
            event, at = coming.pop()
            if isinstance(event, WorkerEvent):
                state = evolve_worker(state, event, at)
        yield state


def _rows_of_workers(worked: Sequence[_Worked], team: str | None) -> Iterator[Row]:
    for one in worked:
        cells = tuple(_cell_of_worker(post, point, team) for post, point in zip(one.posts, one.points, strict=True))
        if any(cell.not_shown not in {NotShown.NOT_IN_POST, NotShown.IN_ANOTHER_TEAM} for cell in cells):
            yield Row(one.worker_id, cells)


def _cell_of_worker(post: WorkerState, point: PointInTime, team: str | None) -> Cell:
    if not post.is_employed:
        return _empty(NotShown.NOT_IN_POST)
    if team not in {None, post.team_id}:
        return _empty(NotShown.IN_ANOTHER_TEAM)
    load = point.load.total
    if point.capacity is None:
        return Cell(load, None, None, NotShown.HOURS_NOT_KNOWN, point.is_away, without_hours=1)
    return Cell(load, point.capacity, load / point.capacity, None, point.is_away)


def _rows_of_teams(worked: Sequence[_Worked], smallest: int) -> Iterator[Row]:
    weeks = range(len(worked[0].posts))
    of_team: dict[str | None, list[list[PointInTime]]] = defaultdict(lambda: [[] for _ in weeks])
    for one in worked:
        for week, (post, point) in enumerate(zip(one.posts, one.points, strict=True)):
            if post.is_employed:
                of_team[post.team_id][week].append(point)
    for team in sorted(of_team, key=lambda one: (one is None, one)):
        yield Row(team or NOT_RECORDED, tuple(_cell_of_team(points, smallest) for points in of_team[team]))


def _cell_of_team(points: Sequence[PointInTime], smallest: int) -> Cell:
    """Add up a team; of too few people nothing is told, not even how many have no hours recorded."""
    if not points:
        return _empty(NotShown.NOT_IN_POST)
    if len(points) < smallest:
        return _empty(NotShown.FEWER_THAN_SMALLEST_GROUP)
    known = [(point.load.total, point.capacity) for point in points if point.capacity is not None]
    without = len(points) - len(known)
    if not known:
        return Cell(None, None, None, NotShown.HOURS_NOT_KNOWN, without_hours=without)
    if len(known) < smallest:
        return _empty(NotShown.FEWER_THAN_SMALLEST_GROUP)
    load, capacity = fsum(one for one, _ in known), fsum(one for _, one in known)
    return Cell(load, capacity, load / capacity, None, without_hours=without)


def _empty(why: NotShown) -> Cell:
    return Cell(None, None, None, why)
