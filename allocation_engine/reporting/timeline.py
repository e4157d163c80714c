"""One worker's load through time: both compartments, capacity, absences and what happened. Asked by the worker first.

The figures behind a picture, apart from how it is drawn: the command line and the web desk draw the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from allocation_engine.persistence.store import Store
from allocation_engine.reporting.markers import Marker, markers
from domain.events.worker import WorkerLeft, WorkerRegistered
from domain.identifiers import WorkerId
from domain.load.explain import WHAT_IT_IS
from domain.load.facts import CaseHistory, WorkerHistory
from domain.load.over_time import PointInTime
from domain.load.recovery import absences, days, moment_of
from domain.policy.policy_set import PolicySet
from projections import WORKER_LOAD, WORKFORCE
from projections.dated_events import EMPTY, Dossier, events_until
from projections.load_course import course_of
from projections.worker_load import case_histories, cases_in, history_of

STEPS = 400
"""Even steps along the whole time; the moments of events are added to them."""

JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """Load in both compartments [lp] at a moment, capacity [lp] (None if not known), cases held, and whether away."""

    at: datetime
    acute: float
    cumulative: float
    capacity: float | None
    held: int
    is_away: bool

    @property
    def total(self) -> float:
        """Both compartments together [lp]: what is set against capacity."""
        return self.acute + self.cumulative

    @property
    def is_over(self) -> bool:
        """Whether the load is known to be above capacity."""
        return self.capacity is not None and self.total > self.capacity


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class WorkerTimeline:
    """A worker's load from one moment to another.

    Attributes
    ----------
    points
        In order of time. Load jumps at events, so those have two points.
    not_in_post
        Before the worker joined and after they left; they have no capacity then, and what they carried runs out.
    absences
        Why somebody was away is not told.
    over_capacity
        When the load stood above capacity, as far as capacity was known.
    """

    worker_id: WorkerId
    since: datetime
    as_at: datetime
    known_at: datetime | None
    policy_set_id: str
    points: tuple[LoadPoint, ...]
    not_in_post: tuple[Stretch, ...]
    absences: tuple[Stretch, ...]
    over_capacity: tuple[Stretch, ...]
    markers: tuple[Marker, ...]
    unit: str = "lp"
    note: str = WHAT_IT_IS


def worker_timeline(
    store: Store,
    policy: PolicySet,
    worker_id: WorkerId,
    since: datetime,
    as_at: datetime,
    known_at: datetime | None = None,
) -> WorkerTimeline:
    """Draw up a worker's timeline under one policy set.

    Parameters
    ----------
    since, as_at
        From when to when.
    known_at
        Leaves out what was recorded after it; None: nothing is left out.
    """
    key = f"worker:{worker_id}"
    models = store.read_models
    models.catch_up(WORKER_LOAD)
    models.catch_up(WORKFORCE)
    rows = models.rows(WORKER_LOAD, [key])
    told = history_of(key, rows, known_at)
    rows |= models.rows(WORKER_LOAD, sorted(cases_in(rows[key]) if key in rows else ()))
    cases = case_histories(told, rows, known_at)
    history = tuple(fact for fact in told if fact.at <= as_at)
    out = tuple(stretches_out_of_post(models.row(WORKFORCE, key) or EMPTY, since, as_at, known_at))
    away = tuple(
        Stretch(max(since, moment_of(one.start)), min(as_at, moment_of(min(one.end, days(as_at)))))
        for one in absences(history, policy.load)
        if one.start < days(as_at) and one.end > days(since)
    )
    moments = _moments(history, cases.values(), (*away, *out), since, as_at)
    points = tuple(_point(one) for one in course_of(worker_id, rows, policy.load, known_at).points(moments))
    return WorkerTimeline(
        worker_id=worker_id,
        since=since,
        as_at=as_at,
        known_at=known_at,
        policy_set_id=policy.policy_set_id,
        points=points,
        not_in_post=out,
        absences=away,
        over_capacity=tuple(stretches_over(points)),
        markers=markers(worker_id, history, cases, since, as_at),
    )


def stretches_out_of_post(
    post: Dossier, since: datetime, as_at: datetime, known_at: datetime | None
) -> Iterator[Stretch]:
    """Give the stretches of time in which the worker had not joined, or had left."""
    out: datetime | None = since
    for event, at in events_until(post, as_at, known_at):
        if isinstance(event, WorkerRegistered) and out is not None:
            if at > out:
                yield Stretch(out, at)
            out = None
        elif isinstance(event, WorkerLeft) and out is None:
            out = max(since, at)
    if out is not None and out < as_at:
        yield Stretch(out, as_at)


def _point(one: PointInTime) -> LoadPoint:
    return LoadPoint(one.at, one.load.acute, one.load.cumulative, one.capacity, one.held, one.is_away)


def _moments(
    history: WorkerHistory, cases: Iterable[CaseHistory], away: Sequence[Stretch], begin: datetime, as_at: datetime
) -> list[datetime]:
    """Choose moments in even steps, at every turn and just before it, so that a jump is drawn as one."""
    turns = {fact.at for fact in history}
    turns |= {fact.at for case in cases for fact in case}
    turns |= {moment for one in away for moment in (one.start, one.end)}
    wanted = {begin + (as_at - begin) * step / STEPS for step in range(STEPS + 1)}
    wanted |= {moment for turn in turns if begin < turn <= as_at for moment in (turn - JUST_BEFORE, turn)}
    return sorted(wanted)


def stretches_over(points: Sequence[LoadPoint]) -> Iterator[Stretch]:
    """Give the stretches of time in which load stood above capacity; between two points it is taken to run straight."""
    start = points[0].at if points and points[0].is_over else None
    for before, after in pairwise(points):
        if after.is_over and start is None:
            start = _crossing(before, after)
        elif not after.is_over and start is not None:
            yield Stretch(start, _crossing(before, after))
            start = None
    if start is not None:
        yield Stretch(start, points[-1].at)


def _crossing(before: LoadPoint, after: LoadPoint) -> datetime:
    """Say when load met capacity between two points; where capacity itself changed, it was at the change."""
    if before.capacity is None or before.capacity != after.capacity or before.total == after.total:
        return after.at
    share = (before.capacity - before.total) / (after.total - before.total)
    return before.at + (after.at - before.at) * share
