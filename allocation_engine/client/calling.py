"""Sends a request until there is an answer: a lost one, a busy service and a rival are met by trying again.

A POST carries one Idempotency-Key through all its tries, so that however many of them arrive, it has one effect.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from allocation_engine.client.errors import Problem, Unreachable, problem_of

PASSING = frozenset({429, 502, 503, 504})
"""Statuses that a later try may not meet: too many requests, and a service or a proxy that is not up."""

CONCURRENT_WRITE = "concurrent_write"
FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class Retries:
    """How a call is tried again.

    Attributes
    ----------
    tries
        Tries at most, the first one included.
    first_seconds, most_seconds
        The wait after the first try doubles with each, up to the most [s]; the wait itself is drawn below that, so that
        callers who failed together do not come back together. `Retry-After` is heeded where it is longer.
    sleep, drawn
        What waits, and what draws a number in [0, 1): handed in by tests.
    """

    tries: int = 10
    first_seconds: float = 0.25
    most_seconds: float = 20.0
    sleep: Callable[[float], object] = time.sleep
    drawn: Callable[[], float] = random.random

    def wait(self, tried: int, least: float | None = None) -> None:
        """Wait before the next try, after so many."""
        ceiling = min(self.most_seconds, self.first_seconds * 2 ** min(tried - 1, 30))
        # Half of it for certain, half drawn: never at once, never in step with others.
        seconds = ceiling * (0.5 + 0.5 * self.drawn())
        self.sleep(max(seconds, least or 0.0))


@dataclass(frozen=True)
class Calling:
    """Calls one service with one key."""

    http: httpx.Client
    retries: Retries = field(default_factory=Retries)
    new_key: Callable[[], str] = lambda: str(uuid4())

    def get(
        self, path: str, query: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Read."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        return self._answered(lambda: self.http.get(path, params=given or None, headers=dict(headers or {})))

    def post(
        self,
        path: str,
        body: bytes,
        *,
        media_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """Change something, once; `key` is the Idempotency-Key, made anew where the caller keeps none."""
        whole = {"Content-Type": media_type, "Idempotency-Key": key or self.new_key(), **(headers or {})}
        return self._answered(lambda: self.http.post(path, content=body, headers=whole))

    def _answered(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Send until there is an answer that stands.

        Raises
        ------
        Problem
            The service answered with one that another try would meet again, or met at each.
        Unreachable
            No try was answered.
        """
        tried = 0
        while True:
            tried += 1
            failure, least = _attempt(send)
            if isinstance(failure, httpx.Response):
                return failure
            if least is None or tried >= self.retries.tries:
                raise Unreachable(tried, type(failure).__name__) if isinstance(failure, httpx.HTTPError) else failure
            self.retries.wait(tried, least)


def _attempt(send: Callable[[], httpx.Response]) -> tuple[httpx.Response | Exception, float | None]:
    """Try once: an answer, or what went wrong with the least wait before another try, None if it is of no use."""
    try:
        response = send()
    except httpx.UnsupportedProtocol:
        raise  # a mistaken address, and no try will change it
    except httpx.TransportError as error:
        return error, 0.0
    if response.status_code < FIRST_ERROR:
        return response, None
    problem = problem_of(response)
    return problem, (problem.retry_after or 0.0) if _passes(problem) else None


def _passes(problem: Problem) -> bool:
    return problem.status in PASSING or problem.code == CONCURRENT_WRITE
