"""When a message is tried again, and how long a receiver that fails is left alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

STANDARD_DELAYS = (
    5 * _SECOND,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
"""From each attempt to the next, as in the example of the Standard Webhooks specification: ten attempts in three days."""


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """Delays between attempts.

    Attributes
    ----------
    delays
        From each failed attempt to the next; a message is dead when there is none left.
    jitter
        The greatest share that chance adds to a delay, so that receivers are not called all at once.
    longest_asked
        The most that a receiver's `Retry-After` can ask for.
    longest_rest
        The most that a receiver which keeps failing is left alone between two messages.
    """

    delays: tuple[timedelta, ...] = STANDARD_DELAYS
    jitter: float = 0.2
    longest_asked: timedelta = 24 * _HOUR
    longest_rest: timedelta = _MINUTE

    def next_attempt(
        self, attempts: int, now: datetime, asked: timedelta | None, chance: Callable[[], float]
    ) -> datetime | None:
        """Give when to try again after so many attempts, never sooner than the receiver asked; None if never."""
        if attempts > len(self.delays):
            return None
        delay = self.delays[attempts - 1] * (1 + self.jitter * chance())
        return now + max(delay, self._heeded(asked))

    def rest(self, failures: int, now: datetime, asked: timedelta | None) -> datetime | None:
        """Give until when a receiver gets nothing, after so many failures in a row.

        One failure may be the message's fault; from the second on it is the receiver's, and the rest doubles.
        """
        doubled = timedelta(seconds=2 ** min(failures - 2, 30)) if failures > 1 else timedelta(0)
        rest = max(min(doubled, self.longest_rest), self._heeded(asked))
        return now + rest if rest else None

    def _heeded(self, asked: timedelta | None) -> timedelta:
        return timedelta(0) if asked is None else min(max(asked, timedelta(0)), self.longest_asked)
