"""A log whose appends each happen within a context, such as a span that says how long they took."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBSequencedEvent, DCBSubscription

from allocation_engine.persistence.ports import Alongside, Appended, LogBackend, nothing_alongside
from projections.column_fold import LogColumns

WithinAppend = Callable[[int], AbstractContextManager[object]]
"""Gives what an append of so many events happens within. The append's own errors go through it."""


class LogWithin:
    """A log as another keeps it; only its appends are accompanied."""

    def __init__(self, inner: LogBackend, within: WithinAppend) -> None:
        self._inner = inner
        self._within = within

    def append(
        self, events: Sequence[DCBEvent], condition: DCBAppendCondition, alongside: Alongside = nothing_alongside
    ) -> int:
        """Append all or none; give the last position."""
        with self._within(len(events)):
            return self._inner.append(events, condition, alongside)

    def append_unknown(
        self, sourced: Sequence[tuple[str, DCBEvent]], alongside: Alongside = nothing_alongside
    ) -> Appended:
        """Append, in one transaction, those whose source tag is not there."""
        with self._within(len(sourced)):
            return self._inner.append_unknown(sourced, alongside)

    def page(self, query: DCBQuery | None, after: int, limit: int | None) -> tuple[Sequence[DCBSequencedEvent], int]:
        """Read matching events in order, with a head below which none is missing."""
        return self._inner.page(query, after, limit)

    def column_pages(self, upto: int, size: int, skipped: Collection[str]) -> Iterator[LogColumns]:
        """Read the log up to a position in columns."""
        return self._inner.column_pages(upto, size, skipped)

    def head(self) -> int:
        """Give the last position, 0 when empty."""
        return self._inner.head()

    def follow(self, after: int) -> DCBSubscription[Any]:
        """Follow the log from a position, waiting for what is new."""
        return self._inner.follow(after)
