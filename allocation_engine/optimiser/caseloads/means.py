"""What a step of the search may use."""

from collections.abc import Callable
from dataclasses import dataclass


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
