"""How many requests each caller may make in any second.

Our own few lines: the store in memory of the library `limits` starts a thread for every few requests to clear up, which
took a third of the time of a request.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

MOST_CALLERS = 10_000


@dataclass(frozen=True)
class Room:
    """The moments of the last requests of each caller. Safe for many threads."""

    monotonic: Callable[[], float] = time.monotonic
    _moments: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque), repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def take(self, caller: str, most: int) -> bool:
        """Count a request if the caller made fewer than so many in the last second; tell whether it was counted."""
        with self._lock:
            now = self.monotonic()
            if len(self._moments) > MOST_CALLERS:
                self._drop_idle(now - 1)
            moments = self._moments[caller]
            while moments and moments[0] <= now - 1:
                moments.popleft()
            if len(moments) >= most:
                return False
            moments.append(now)
            return True

    def _drop_idle(self, since: float) -> None:
        for caller in [one for one, moments in self._moments.items() if not moments or moments[-1] <= since]:
            del self._moments[caller]
