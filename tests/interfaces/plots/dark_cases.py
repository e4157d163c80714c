"""Figures to draw that try a picture: very long, very short, crowded, empty, unknown, with the longest ids there can be."""

from datetime import UTC, datetime, timedelta
from math import sin

from allocation_engine.reporting.markers import Marker, MarkerKind
from allocation_engine.reporting.timeline import LoadPoint, Stretch, WorkerTimeline, stretches_over
from allocation_engine.reporting.weekly_loads import Cell, NotShown, Row, RowsAre, WeeklyLoads, weeks_between
from domain.identifiers import WorkerId

AS_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
POLICY = "example-england-2026-11"
LONGEST_ID = "W" * 64
AWAY_ONE_WEEK_IN = 9


def timeline(
    *,
    worker: str = "w-0001",
    length: timedelta = timedelta(weeks=26),
    capacity: float | None = 100.0,
    load: float = 80.0,
    events: int = 20,
    known_at: datetime | None = None,
) -> WorkerTimeline:
    """Make up a course that swings about a load; unless there are no hours it is over capacity at times."""
    since = AS_AT - length
    points = tuple(
        LoadPoint(since + length * step / 200, load * (0.4 + 0.2 * sin(step / 15)), load * 0.6, capacity, 8, step < 10)
        for step in range(201)
    )
    kinds = list(MarkerKind)
    marks = tuple(
        Marker(since + length * place / max(1, events), kinds[place % len(kinds)], f"x-{place}", "")
        for place in range(events)
    )
    return WorkerTimeline(
        worker_id=WorkerId(worker),
        since=since,
        as_at=AS_AT,
        known_at=known_at,
        policy_set_id=POLICY,
        points=points,
        not_in_post=(),
        absences=(Stretch(since, since + length / 20),),
        over_capacity=tuple(stretches_over(points)),
        markers=marks,
    )


TIMELINES: dict[str, WorkerTimeline] = {
    "half a year": timeline(),
    "52 weeks and 80 events": timeline(length=timedelta(weeks=52), events=80, load=130),
    "five years and 400 events": timeline(length=timedelta(weeks=260), events=400, load=130),
    "one week": timeline(length=timedelta(weeks=1), events=8),
    "one hour": timeline(length=timedelta(hours=1), events=1),
    "hours not known": timeline(capacity=None),
    "nothing happened": timeline(load=0.0, events=0),
    "the longest id there can be": timeline(worker=LONGEST_ID),
    "a load beyond all scale": timeline(load=12_345.0),
    "as known some time ago": timeline(known_at=AS_AT - timedelta(days=9)),
}


def weekly(
    *,
    rows: int = 8,
    weeks: int = 26,
    rows_are: RowsAre = RowsAre.WORKERS,
    name: str = "w-{:04}",
    team: str | None = None,
    missing: NotShown | None = None,
) -> WeeklyLoads:
    """Make up weeks of loads from nothing to more than twice the capacity; `missing` leaves every share out."""
    since = AS_AT - timedelta(weeks=weeks - 1)
    chosen = tuple(weeks_between(since, AS_AT))
    made = tuple(
        Row(name.format(row + 1), tuple(_cell(row, week, missing) for week in range(len(chosen))))
        for row in range(rows)
    )
    return WeeklyLoads(rows_are, team, chosen, made, AS_AT, None, POLICY, 6)


def _cell(row: int, week: int, missing: NotShown | None) -> Cell:
    if missing is not None:
        return Cell(None, None, None, missing)
    if row % 7 == 6 and week < 20:
        kinds = list(NotShown)
        return Cell(None, None, None, kinds[row // 7 % len(kinds)])
    share = 1.1 + 1.1 * sin(row * 1.7 + week / 6)
    return Cell(100 * share, 100, share, None, is_away=week % AWAY_ONE_WEEK_IN == row % AWAY_ONE_WEEK_IN)


WEEKS: dict[str, WeeklyLoads] = {
    "a team of eight": weekly(team="t-01"),
    "30 workers over 52 weeks": weekly(rows=30, weeks=53),
    "a service of one week": weekly(rows=3, weeks=1),
    "one worker in one week": weekly(rows=1, weeks=1),
    "nobody": weekly(rows=0),
    "hours of nobody known": weekly(missing=NotShown.HOURS_NOT_KNOWN),
    "five years": weekly(weeks=260),
    "teams": weekly(rows=15, rows_are=RowsAre.TEAMS, name="t-{:02}"),
    "teams too small to show": weekly(
        rows=2, weeks=3, rows_are=RowsAre.TEAMS, missing=NotShown.FEWER_THAN_SMALLEST_GROUP
    ),
    "the longest ids there can be": weekly(name="{:W>64}", team=LONGEST_ID, weeks=2),
}
