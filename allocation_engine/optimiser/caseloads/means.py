"""What a step of the search may use."""

from collections.abc import Callable
from dataclasses import dataclass, replace

SIDE_BY_SIDE = 2
"""Parts that are worked on at once where effort is shared out, however many threads there are."""


@dataclass(frozen=True)
class Means:
    """What a step may use: effort, seed, threads, whether to go on at a value and a bound, and the seconds left.

    `lists_all`: whether to list every caseload that could be part of a better plan, where little is left open.
    """

    effort: float
    seed: int
    threads: int
    going: Callable[[float, float], bool]
    seconds_left: Callable[[], float | None]
    lists_all: bool = True


def keeping(means: Means, kept: float) -> Means:
    """Give the same, but for so many seconds that are kept for others."""
    if means.seconds_left() is None:
        return means

    def left() -> float:
        return max((means.seconds_left() or 0.0) - kept, 0.0)

    return replace(means, going=lambda value, bound: left() > 0.0 and means.going(value, bound), seconds_left=left)


def for_a_share(means: Means, share: float) -> Means:
    """Give the same for a share of the seconds that are left by now [1]."""
    return keeping(means, (means.seconds_left() or 0.0) * (1.0 - share))


def in_turn(means: Means, parts: int, share: float = 1.0) -> Callable[[int], Means]:
    """Share out what may be used among parts that are worked on one after another, as many at once as there are threads.

    Each part gets one thread, and of the effort an equal share of twice as much: so it takes two threads as long as a search
    of the whole would, and what it finds is the same with one. By the clock a part ends when its turn is over; what one
    leaves unused is for those after it.

    Parameters
    ----------
    share
        Of the seconds that are left now [1], for all parts together; the effort is to be shared already.

    Returns
    -------
    Callable
        Gives the means of a part by its place in the order of work.
    """
    begun = means.seconds_left() or 0.0

    def of(place: int) -> Means:
        one = replace(means, threads=1, effort=means.effort * min(SIDE_BY_SIDE / max(parts, 1), 1.0))
        return keeping(one, begun * (1.0 - share * min((place + means.threads) / parts, 1.0)))

    return of
