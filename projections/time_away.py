"""When a worker was away, from the events of their post: what puts off a due day and what does not count as work.

An absence ends when the worker is recorded as back, whatever was expected. Until then it ends on the expected day, when
another absence begins or when they leave; with none of these it stays open: an open end is unknown, not short. The load
model reads its absences by the same rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.events.base import DomainEvent
from domain.events.worker import WorkerAbsenceEnded, WorkerAbsenceStarted, WorkerLeft

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimeAway:
    """A stretch in which a worker was away; the end is None where it is not known."""

    start: datetime
    end: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether a moment lies in it; on the moment of return the worker is back."""
        return self.start <= at and (self.end is None or at < self.end)


def times_away(events: Iterable[tuple[DomainEvent, datetime]]) -> tuple[TimeAway, ...]:
    """Read the absences off a worker's events, in order and without overlap."""
    found: list[TimeAway] = []
    away: tuple[WorkerAbsenceStarted, datetime] | None = None
    back_at: datetime | None = None
    for event, at in events:
        match event:
            case WorkerAbsenceStarted():
                _close(found, away, at)
                # Who is recorded as back while not away came back from an absence of no length.
                away, back_at = (None, None) if back_at == at else ((event, at), back_at)
            case WorkerAbsenceEnded() if away is None:
                back_at = at
            case WorkerAbsenceEnded():
                _close(found, away, at, is_back=True)
                away = None
            case WorkerLeft():
                _close(found, away, at)
                away = None
            case _:
                pass
    _close(found, away, None)
    return tuple(found)


def _close(
    found: list[TimeAway],
    away: tuple[WorkerAbsenceStarted, datetime] | None,
    turn: datetime | None,
    *,
    is_back: bool = False,
) -> None:
    """Note an absence that ends at a turn of events, or before it on the day it was expected to end."""
    if away is None:
        return
    event, start = away
    expected = None if is_back else event.expected_until
    ends = [end for end in (expected, turn) if end is not None]
    end = min(ends) if ends else None
    if end is None or end > start:
        found.append(TimeAway(start, end))


def first_day_at_work(away: Sequence[TimeAway], at: datetime) -> datetime | None:
    """Give the moment itself if the worker is at work then, else that of their return; None if it is not known."""
    for one in away:
        if one.covers(at):
            if one.end is None:
                return None
            at = one.end
    return at


def days_at_work(away: Sequence[TimeAway], start: datetime, end: datetime) -> float:
    """Count the days [day] from start to end that are not leave; none if the end is not after the start."""
    if end <= start:
        return 0.0
    gone = timedelta()
    for one in away:
        gone += max(timedelta(), min(end, one.end or end) - max(start, one.start))
    return (end - start - gone) / DAY
