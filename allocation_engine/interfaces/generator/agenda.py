"""What is due in the generated service, in order of time."""

import heapq
from collections.abc import Callable, Iterator

from allocation_engine.interfaces.generator.clock import Clock

Action = Callable[[float], None]
"""Something that happens at a time [day] and may put more on the agenda."""


class Agenda:
    """A queue of actions by time; what would fall after the end is dropped at once, so it never grows with time."""

    def __init__(self, clock: Clock) -> None:
        self._end = clock.end
        self._working = clock.working
        self._due: list[tuple[float, int, Action]] = []
        self._put = 0

    def put(self, day: float, action: Action, *, until: float | None = None) -> None:
        """Plan an action for the first working time from `day` on, unless that is past the end or past `until`."""
        if day > self._end:
            return
        at = self._working(day)
        if at <= self._end and (until is None or at < until):
            self._put += 1
            heapq.heappush(self._due, (at, self._put, action))

    def __iter__(self) -> Iterator[tuple[float, Action]]:
        """Take the actions in order, those that come in meanwhile included."""
        while self._due:
            day, _, action = heapq.heappop(self._due)
            yield day, action
