"""Limits of time and memory, progress, and stopping early: asked about while methods work, by one object."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

import psutil

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop with the best plan so far: after so many seconds by the clock, or past so much memory [MiB].

    A search that a limit cuts short may end differently on another machine; `effort` is the limit that never does.
    """

    seconds: float | None = None
    memory_mib: float | None = None


class Stopped(StrEnum):
    """Why a search ended before it was done."""

    ASKED = "asked to stop"
    TIME = "time limit"
    MEMORY = "memory limit"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come.

    Attributes
    ----------
    level
        The level of the objective that is being settled.
    value, bound
        Best value found and best bound proven at that level, infinite where there is none yet.
    seconds
        Since the search began.
    """

    level: str
    value: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """Share [1] by which the value may be above the least possible."""
        return gap_between(self.value, self.bound)


def gap_between(value: float, bound: float) -> float:
    """Give the share [1] of a value by which it may be above the least possible; 0 means proven."""
    if value <= bound:
        return 0.0
    return (value - bound) / max(abs(value), 1e-9)


OnProgress = Callable[[Progress], bool | None]
"""Told of progress, several times a second at most; False stops the search."""


class Watch:
    """Keeps the time and the memory of one search and tells of its progress."""

    def __init__(self, limits: Limits, clock: Callable[[], float], on_progress: OnProgress | None) -> None:
        self.limits = limits
        self.stopped: Stopped | None = None
        self._clock = clock
        self._began = clock()
        self._on_progress = on_progress
        self._process = psutil.Process()
        self._asked = Lock()

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return self._clock() - self._began

    @property
    def seconds_left(self) -> float | None:
        """Seconds that are left, None without such a limit."""
        return None if self.limits.seconds is None else max(self.limits.seconds - self.seconds, 0.0)

    def time_is_up(self) -> None:
        """Note that time ended the search, though some is kept for closing; what ended it before stays the reason."""
        self.stopped = self.stopped or Stopped.TIME

    def going(self, level: str, value: float, bound: float) -> bool:
        """Tell of progress and say whether to go on; several threads may ask, whoever is told is told by one at a time."""
        with self._asked:
            return self._going(level, value, bound)

    def _going(self, level: str, value: float, bound: float) -> bool:
        if self.stopped is None and self._on_progress is not None:
            wanted = self._on_progress(Progress(level, value, bound, self.seconds))
            self.stopped = Stopped.ASKED if wanted is False else None
        if self.stopped is None and self.seconds_left == 0.0:
            self.stopped = Stopped.TIME
        most = self.limits.memory_mib
        if self.stopped is None and most is not None and self._process.memory_info().rss > most * MIB:
            self.stopped = Stopped.MEMORY
        return self.stopped is None
