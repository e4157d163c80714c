"""The rule on workload: overload that nobody talked about."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.alerts.finding import Evidence, Finding, day_of, in_week_of
from domain.alerts.record import Record, WorkerCourse
from domain.alerts.rule import alert_rule
from domain.load.over_time import PointInTime
from domain.policy.practice import PracticePolicy


@dataclass
class _Stretch:
    """Days over capacity with no supervision held in them, as they are walked through."""

    days: list[PointInTime] = field(default_factory=list)
    at_work: int = 0
    raised_at: datetime | None = None

    def add(self, day: PointInTime, enough: float) -> None:
        self.days.append(day)
        self.at_work += not day.is_away  # leave is no time in which supervision was left out
        if self.raised_at is None and self.at_work >= enough:
            self.raised_at = day.at


@alert_rule(
    "overload_without_supervision",
    "overload, no supervision",
    "Has somebody carried more than their capacity for a time in which no supervision was held?",
)
def overload_without_supervision(record: Record, policy: PracticePolicy) -> Iterator[Finding]:
    """Find stretches over capacity without supervision; days away do not count towards their length."""
    enough = policy.alerts.overload_unsupervised.value
    for worker in record.workers:
        for stretch, over_at in _stretches(worker, record.as_at, enough):
            if stretch.raised_at is not None:
                yield _found(worker, stretch, stretch.raised_at, over_at)


def _stretches(worker: WorkerCourse, as_at: datetime, enough: float) -> Iterator[tuple[_Stretch, datetime | None]]:
    """Walk through the days: less load, or a session, ends a stretch; a session in the midst begins another."""
    held = sorted(session.at for session in worker.sessions)
    stretch, seen = _Stretch(), 0
    for day in worker.days:
        session = None
        while seen < len(held) and held[seen] <= day.at:
            session, seen = held[seen], seen + 1
        is_over = day.capacity is not None and day.load.total > day.capacity
        follows = bool(stretch.days) and day.at - stretch.days[-1].at <= timedelta(days=1)
        if stretch.days and (session is not None or not is_over or not follows):
            yield stretch, session or stretch.days[-1].at + timedelta(days=1)
            stretch = _Stretch()
        if is_over:
            stretch.add(day, enough)
    if stretch.days:
        last = stretch.days[-1].at
        ended = next((at for at in held[seen:] if at <= as_at), None)
        if ended is None and as_at - last > timedelta(days=1):
            ended = last + timedelta(days=1)  # the post ended
        yield stretch, ended


def _found(worker: WorkerCourse, stretch: _Stretch, raised_at: datetime, over_at: datetime | None) -> Finding:
    since = stretch.days[0].at
    highest = max(stretch.days, key=lambda day: day.load.total)
    last = max((session for session in worker.sessions if session.at <= since), key=lambda one: one.at, default=None)
    evidence = [
        Evidence("first day over capacity since then without a session", since, None, stretch.days[0].load.total, "lp"),
        Evidence("highest load", highest.at, None, highest.load.total, "lp"),
        Evidence("capacity then", highest.at, None, highest.capacity, "lp"),
        Evidence("days at work in it", stretch.days[-1].at, None, stretch.at_work, "day"),
    ]
    if last is not None:
        evidence.append(Evidence("last supervision before it", last.at, last.event_id))
    before = "none is on record before it" if last is None else f"the last one before it was on {day_of(last.at)}"
    return Finding(
        subject=f"worker:{worker.worker_id}",
        worker_id=worker.worker_id,
        onset=in_week_of(since),
        since=since,
        raised_at=raised_at,
        over_at=over_at,
        evidence=tuple(evidence),
        sentence=(
            f"{worker.worker_id} {'carried' if over_at else 'carries'} more than capacity from {day_of(since)}, "
            f"{stretch.at_work} days at work{'' if over_at else ' so far'}, with no supervision held: "
            f"at most {highest.load.total:.0f} of {highest.capacity or 0:.0f} lp; {before}."
        ),
    )
