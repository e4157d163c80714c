"""Before and after: what changed in a worker's own course around a session. Comparing workers with themselves only.

A session's window reaches some days back and some days ahead. Where two sessions are closer together than two windows,
the days between them are divided in the middle: the first half counts as after the one, the second half as before the
other. So no observation counts twice.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Observed:
    """Something observed of a worker at a moment: a felt load, a load share, a rating."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Window:
    """The time around a session: before it from `start` on, after it until just before `end`."""

    start: datetime
    session: datetime
    end: datetime


def windows(sessions: Sequence[datetime], width: timedelta) -> Iterator[Window]:
    """Give the window of each session, cut in the middle towards a neighbour.

    Parameters
    ----------
    sessions
        Moments of one worker's sessions of one kind, in order of time.
    width
        How far a window reaches on either side.
    """
    for place, at in enumerate(sessions):
        start, end = at - width, at + width
        if place > 0:
            start = max(start, _middle(sessions[place - 1], at))
        if place + 1 < len(sessions):
            end = min(end, _middle(at, sessions[place + 1]))
        yield Window(start, at, end)


def change(window: Window, observed: Sequence[Observed]) -> float | None:
    """Give the mean after a session less the mean before it; None where either side has no observation.

    What was observed in the session's own moment counts on neither side. `observed` is in order of time.
    """
    first, session = bisect_left(observed, window.start, key=_at), bisect_left(observed, window.session, key=_at)
    after, last = bisect_right(observed, window.session, key=_at), bisect_left(observed, window.end, key=_at)
    if first >= session or after >= last:
        return None
    return fmean([one.value for one in observed[after:last]]) - fmean([one.value for one in observed[first:session]])


@dataclass(frozen=True, slots=True)
class OwnChange:
    """One worker's own change: the mean over their sessions that can be compared, and how many these are."""

    mean: float
    sessions: int


def own_change(sessions: Sequence[datetime], observed: Sequence[Observed], width: timedelta) -> OwnChange | None:
    """Give a worker's mean change over their own sessions, each worker counting once; None if none can be compared."""
    changes = [one for window in windows(sessions, width) if (one := change(window, observed)) is not None]
    return OwnChange(fmean(changes), len(changes)) if changes else None


def _middle(earlier: datetime, later: datetime) -> datetime:
    return earlier + (later - earlier) / 2


_at = attrgetter("at")
