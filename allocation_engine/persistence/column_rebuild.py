"""Builds a projection's rows from the whole log in columns, and what cannot be read in columns event by event."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Generic, TypeVar

from eventsourcing.dcb.api import DCBEvent, DCBSequencedEvent

from allocation_engine.persistence.event_log import EventLog
from allocation_engine.persistence.fold import Fold, Step
from allocation_engine.persistence.mapper import RecordMapper
from allocation_engine.persistence.opened_page import opened_page
from projections.column_fold import ColumnFold, LogColumns
from projections.projection import Projection

State = TypeVar("State")

EVENTS_AT_ONCE = 100_000
"""A page in columns: large enough that the work a page costs is nothing, small enough to hold a few in memory."""


class ColumnRebuild(Generic[State]):
    """One rebuild: reads the log up to where it ends now, then gives the rows.

    Raises
    ------
    ProjectionStopped
        An event can be read in neither way.
    """

    def __init__(self, projection: Projection[State], columns: ColumnFold, log: EventLog, mapper: RecordMapper) -> None:
        self.position = log.head()
        self._projection = projection
        self._columns = columns
        self._fold = Fold(projection, mapper)
        self._steps: list[Step] = []
        self._read(log)

    def rows(self) -> Iterator[tuple[str, bytes]]:
        """Give every row as it is stored; the first only once all are sorted, so that writing need not wait for it."""
        rows = self._rows()
        return chain(list(islice(rows, 1)), rows)

    def _read(self, log: EventLog) -> None:
        for page in log.column_pages(upto=self.position, size=EVENTS_AT_ONCE, skip=self._projection.ignores):
            page = opened_page(page, self._fold.mapper)  # noqa: PLW2901  nothing here reads a page that is sealed
            steps, unreadable = self._fold.steps(_stored(page, place) for place in self._columns.take(page))
            if unreadable is not None:
                raise unreadable
            self._steps += steps

    def _rows(self) -> Iterator[tuple[str, bytes]]:
        touched = {key for step in self._steps for key in step.keys}
        load = self._projection.rows.load
        for key, stored in self._columns.rows():
            if key in touched:
                self._fold.states[key] = load(stored)
            else:
                yield key, stored
        if stop := self._fold.apply(self._steps):
            raise stop
        yield from self._fold.written().items()


def _stored(page: LogColumns, place: int) -> DCBSequencedEvent:
    position, wire_type, data = page.row(place)
    return DCBSequencedEvent(event=DCBEvent(type=wire_type, data=data, tags=[]), position=position)
