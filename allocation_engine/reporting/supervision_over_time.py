"""Supervision held against what was agreed: of one worker in a period, and of several in stretches of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import fsum

from projections.supervision import WorkerSupervision, agreed_sessions, held_between, lost_between

STRETCHES = ((27, 4), (9, 2), (0, 1))
"""From so many weeks on, how many weeks a stretch is long: the fewer there are, the less falls due in each."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Sessions of some workers in a stretch of time, each attendance counted; all in sessions.

    Attributes
    ----------
    agreed
        What the agreements call for: days at work by the agreed interval.
    held, beside
        Held where an agreement of the kind stood, and beside any agreement.
    missed, cancelled
        Not held, unannounced or called off beforehand.
    """

    since: datetime
    until: datetime
    agreed: float
    held: int
    beside: int
    missed: int
    cancelled: int


def attendance(records: Iterable[WorkerSupervision], since: datetime, until: datetime) -> Attendance:
    """Sum the sessions of these workers, after a moment and up to another."""
    listed = tuple(records)
    held = [one for record in listed for one in held_between(record, since, until)]
    lost = [one for record in listed for one in lost_between(record, since, until)]
    return Attendance(
        since=since,
        until=until,
        agreed=fsum(agreed_sessions(record, since, until) for record in listed),
        held=sum(one.agreed for one in held),
        beside=sum(not one.agreed for one in held),
        missed=sum(not one.cancelled for one in lost),
        cancelled=sum(one.cancelled for one in lost),
    )


def attendance_over_time(
    records: Iterable[WorkerSupervision], since: datetime, until: datetime
) -> tuple[Attendance, ...]:
    """Sum the sessions stretch by stretch, the earliest first. They are counted back from the end, so that each is whole."""
    listed = tuple(records)
    weeks = int((until - since) / timedelta(weeks=1))
    step = timedelta(weeks=next(long for least, long in STRETCHES if weeks >= least))
    number = int((until - since) / step)
    edges = [until - step * back for back in range(number, -1, -1)]
    return tuple(attendance(listed, start, end) for start, end in pairwise(edges))
