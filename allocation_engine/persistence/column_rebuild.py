"""Builds a projection's rows from the whole log in columns, and what cannot be read in columns event by event."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import Generic, TypeVar

from eventsourcing.dcb.api import DCBEvent, DCBSequencedEvent

from allocation_engine.persistence.event_log import EventLog
from allocation_engine.persistence.fold import Fold, Step
from allocation_engine.persistence.mapper import RecordMapper
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
        def read(after: int) -> LogColumns:
            ignored = self._projection.ignores
            return log.read_columns(after=after, upto=self.position, limit=EVENTS_AT_ONCE, skip=ignored)

        with ThreadPoolExecutor(1) as reader:  # the next page is read while this one is worked on
            page = read(0)
            while page.positions:
                following = reader.submit(read, page.positions[-1])
                singly = [_stored(page, place) for place in self._columns.take(page)]
                steps, unreadable = self._fold.steps(singly)
                if unreadable is not None:
                    raise unreadable
                self._steps += steps
                page = following.result()

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
    event = DCBEvent(type=page.types[place], data=page.data[place], tags=[])
    return DCBSequencedEvent(event=event, position=page.positions[place])
