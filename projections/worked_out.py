"""What was worked out from a row, kept with the row: as long as a row stays the same object, it is not worked out again.

Only what follows from the row and from what is named beside it may be kept so, never what follows from the present moment.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")

MOST_KEPT = 16
"""Answers kept with one row: those of the present, and of the few earlier moments that reports set beside it."""


class WorkedOut:
    """The answers of one row by what they rest on. Safe for many threads: at worst one works out what another just has."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def has(self, rests_on: Hashable) -> bool:
        """Whether an answer that rests on this is kept."""
        return rests_on in self._kept

    def get(self, rests_on: Hashable, work_out: Callable[[], T]) -> T:
        """Give the answer that rests on this, worked out now if it is not kept."""
        try:
            return cast("T", self._kept[rests_on])
        except KeyError:
            answer = work_out()
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[rests_on] = answer
        return answer
