"""Independent pieces of work side by side; their results come back in the order asked, whatever the number of threads."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

import numpy as np

from allocation_engine.optimiser.knapsacks.problem import Integers

Result = TypeVar("Result")

LOOK_EVERY = 0.1
"""Seconds between two questions whether to go on."""


class Together:
    """Runs pieces, and asks while they run whether to go on.

    Attributes
    ----------
    stop
        One number that compiled code watches: not 0 as soon as the caller wants no more.
    """

    def __init__(self, pool: ThreadPoolExecutor, keep_going: Callable[[float, float], bool]) -> None:
        self.stop: Integers = np.zeros(1, dtype=np.int64)
        self._pool = pool
        self._keep_going = keep_going

    @property
    def stopped(self) -> bool:
        """Say whether the caller wants no more."""
        return bool(self.stop[0])

    def begin(self, piece: Callable[[], Result]) -> "Future[Result]":
        """Start a piece that `end` waits for."""
        return self._pool.submit(piece)

    def end(self, begun: "Future[Result]", value: float, bound: float) -> Result:
        """Wait for a piece; `value` and `bound` are what the caller is told meanwhile."""
        return self._wait([begun], value, bound)[0]

    def run(self, pieces: Sequence[Callable[[], Result]], value: float, bound: float) -> list[Result]:
        """Run pieces and wait for all of them."""
        return self._wait([self._pool.submit(piece) for piece in pieces], value, bound)

    def _wait(self, asked: "list[Future[Result]]", value: float, bound: float) -> list[Result]:
        while True:
            if not self.stopped and not self._keep_going(value, bound):
                self.stop[0] = 1
            if not wait(asked, timeout=LOOK_EVERY).not_done:
                return [one.result() for one in asked]
