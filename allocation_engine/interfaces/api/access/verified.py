"""Keys that were found valid a moment ago, so that a busy caller's key is not looked up for each request.

A key that another process revokes, or the command line, is let in for `KEPT_SECONDS` more at most; one revoked through this
process, for not one request more. The moment at which a key expires is kept to exactly.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from allocation_engine.interfaces.api.access.principal import Principal

KEPT_SECONDS = 1.0
MOST_KEPT = 10_000


@dataclass(frozen=True)
class Verified:
    """Whom keys stand for, by a hash of the key's text. Safe for many threads."""

    monotonic: Callable[[], float] = time.monotonic
    _kept: dict[bytes, tuple[float, datetime | None, Principal]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def find(self, text: str, now: datetime) -> Principal | None:
        """Give whom a key stood for a moment ago; None if it has to be looked up."""
        kept = self._kept.get(_hash(text))
        if kept is None:
            return None
        until, expires_at, who = kept
        return who if self.monotonic() < until and (expires_at is None or now < expires_at) else None

    def keep(self, text: str, who: Principal, asked: float, expires_at: datetime | None) -> None:
        """Keep an answer for a while from the moment at which it was asked for."""
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[_hash(text)] = (asked + KEPT_SECONDS, expires_at, who)

    def forget(self) -> None:
        """Look every key up anew: one was changed."""
        with self._lock:
            self._kept.clear()


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
