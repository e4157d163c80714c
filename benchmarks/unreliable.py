"""A network that loses, repeats, delays and reorders calls, as an httpx transport between a client and a service."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import httpx

COMES_OUT = 0.1
"""How likely a call that is held back comes out of the network after another one [1]."""


@dataclass(frozen=True, slots=True)
class Mischief:
    """How often a call meets what [1]; `most_seconds` is the longest delay [s]."""

    lost_before: float = 0.10
    lost_after: float = 0.10
    repeated: float = 0.10
    delayed: float = 0.10
    held_back: float = 0.05
    most_seconds: float = 0.05


@dataclass
class Unreliable(httpx.BaseTransport):
    """Passes calls on, some of them not, some of them twice, some of them late. Safe for many threads.

    * lost before: the service never gets the call, the client an error.
    * lost after: the service answers, and the client gets an error all the same.
    * repeated: the service gets the call twice; the client one of the answers.
    * delayed: the call waits, so that later ones overtake it.
    * held back: the client gets an error, and the call reaches the service later, beside another one or after the client
      has tried again: an old packet that comes out of the network at last.
    """

    inner: httpx.BaseTransport
    mischief: Mischief = field(default_factory=Mischief)
    rng: random.Random = field(default_factory=random.Random)
    sleep: Callable[[float], object] = time.sleep
    done: Counter[str] = field(default_factory=Counter)
    _held: list[httpx.Request] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a call on, or not."""
        request.read()
        lot, delay = self._drawn()
        self._count(lot)
        if lot == "lost_before":
            raise httpx.ConnectError("lost before it was sent", request=request)
        if lot == "held_back":
            with self._lock:
                self._held.append(request)
            raise httpx.ReadTimeout("held back in the network", request=request)
        if lot == "delayed":
            self.sleep(delay)
        response = self._passed(request)
        if lot == "repeated":
            response = self._passed(request)
        if self._comes_out():
            self._let_go()
        if lot == "lost_after":
            raise httpx.ReadError("the answer was lost", request=request)
        return response

    def let_all_go(self) -> None:
        """Have what is still held back reach the service."""
        while self._let_go():
            pass

    def close(self) -> None:
        """Close the connections behind it."""
        self.inner.close()

    def _drawn(self) -> tuple[str, float]:
        with self._lock:
            lot, delay = self.rng.random(), self.rng.random() * self.mischief.most_seconds
        for name in ("lost_before", "lost_after", "repeated", "delayed", "held_back"):
            lot -= getattr(self.mischief, name)
            if lot < 0:
                return name, delay
        return "passed", 0.0

    def _comes_out(self) -> bool:
        with self._lock:
            return self.rng.random() < COMES_OUT

    def _let_go(self) -> bool:
        """Send one call that was held back; what is answered to it reaches nobody."""
        with self._lock:
            if not self._held:
                return False
            request = self._held.pop(self.rng.randrange(len(self._held)))
        self._count("arrived_late")
        self._passed(request)
        return True

    def _passed(self, request: httpx.Request) -> httpx.Response:
        """Send a call and read the whole answer, so that losing it leaves no connection half read."""
        again = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        response = self.inner.handle_request(again)
        content = response.read()
        headers = [(name, value) for name, value in response.headers.items() if name != "content-encoding"]
        return httpx.Response(response.status_code, headers=headers, content=content)

    def _count(self, lot: str) -> None:
        with self._lock:
            self.done[lot] += 1
