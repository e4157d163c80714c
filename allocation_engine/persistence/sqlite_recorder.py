"""The log in an SQLite file, as a recorder of the `eventsourcing` library, with subscriptions.

The library's own SQLite recorders know neither tags nor subscriptions.
"""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBReadResponse,
    DCBRecorder,
    DCBSequencedEvent,
)
from eventsourcing.dcb.persistence import DCBInfrastructureFactory, DCBListenNotifySubscription
from eventsourcing.dcb.popo import SimpleDCBReadResponse
from eventsourcing.persistence import IntegrityError, ProgrammingError, TrackingRecorder
from eventsourcing.utils import Environment, EnvType
from pydantic_core import from_json, to_json

from allocation_engine.persistence import sqlite_pages
from allocation_engine.persistence.ports import Alongside, Appended, appended, nothing_alongside
from allocation_engine.persistence.sqlite_database import SQLiteDatabase
from allocation_engine.persistence.sqlite_documents import write_documents
from allocation_engine.persistence.sqlite_matching import NO_LIMIT, any_match, matching_positions
from allocation_engine.persistence.sqlite_page_reader import ReaderFailed, pages_beside
from projections.column_fold import LogColumns

READ_HERE = 500_000
"""Up to so many events, to start a process takes longer than it saves."""

SELECT_EVENTS = "SELECT position, type, data, tags FROM event"


class SQLiteDCBRecorder(DCBRecorder):
    """Reads, appends on condition, and follows; safe for many threads, and for many processes on one file."""

    def __init__(self, database: SQLiteDatabase) -> None:
        self.database = database
        self._listeners: set[threading.Event] = set()

    def read(
        self, query: DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> DCBReadResponse:
        """Read matching events in order; the head is the log's, or with a limit that of the last event read."""
        events, head = self.page(query, after or 0, limit)
        if limit is not None:
            head = events[-1].position if events else 0
        return SimpleDCBReadResponse(iter(events), head or None)

    def append(
        self,
        events: Sequence[DCBEvent],
        condition: DCBAppendCondition | None = None,
        alongside: Alongside = nothing_alongside,
    ) -> int:
        """Append all events, unless the condition matches one that is there."""
        if not events:
            msg = "an append needs at least one event"
            raise ProgrammingError(msg)
        with self.database.writing() as connection:
            if condition is not None and any_match(connection, condition.fail_if_events_match, condition.after or 0):
                raise IntegrityError(condition)
            head = _insert(connection, events)
            if alongside is not nothing_alongside:
                write_documents(connection, alongside(appended(events, head)))
        self.wake()
        return head

    def append_unknown(
        self, sourced: Sequence[tuple[str, DCBEvent]], alongside: Alongside = nothing_alongside
    ) -> Appended:
        """Append in one transaction the events whose source tag is not filed yet."""
        with self.database.writing() as connection:
            wanted = json.dumps([source for source, _ in sourced])
            # CROSS JOIN keeps this order: each wanted tag is looked up in the index, whatever the log's size.
            rows = connection.execute(
                "SELECT t.tag FROM json_each(?) wanted CROSS JOIN event_tag t ON t.tag = wanted.value", (wanted,)
            )
            known = {row[0] for row in rows}
            new = [event for source, event in sourced if source not in known]
            done = appended(new, _insert(connection, new) if new else _head(connection))
            write_documents(connection, alongside(done))
        if new:
            self.wake()
        return done

    def page(self, query: DCBQuery | None, after: int, limit: int | None) -> tuple[list[DCBSequencedEvent], int]:
        """Read matching events and the head at one moment."""
        with self.database.reading() as connection:
            if query is None or not query.items:
                rows = connection.execute(
                    f"{SELECT_EVENTS} WHERE position > ? ORDER BY position LIMIT ?",
                    (after, NO_LIMIT if limit is None else limit),
                )
            else:
                positions = matching_positions(connection, query, after, limit)
                rows = connection.execute(
                    f"{SELECT_EVENTS} WHERE position IN (SELECT value FROM json_each(?)) ORDER BY position",  # noqa: S608
                    (json.dumps(positions),),
                )
            return [_sequenced(row) for row in rows], _head(connection)

    def column_pages(self, upto: int, size: int, skipped: Collection[str]) -> Iterator[LogColumns]:
        """Read the log in columns; a long one by a process beside this one, as far as that gets."""
        done, ignored = 0, sorted(skipped)
        if upto > READ_HERE:
            with suppress(ReaderFailed):
                for page in pages_beside(self.database.path, upto, size, ignored):
                    yield page
                    done += size
        for after in range(done, upto, size):
            with self.database.reading() as connection:
                page = sqlite_pages.page(connection, after, min(after + size, upto), ignored)
            yield page

    def head(self) -> int:
        """Give the last position, 0 when empty."""
        with self.database.reading() as connection:
            return _head(connection)

    def subscribe(self, query: DCBQuery | None = None, *, after: int | None = None) -> "SQLiteSubscription":
        """Follow matching events from a position."""
        return SQLiteSubscription(self, query, after)

    def follow(self, after: int) -> "SQLiteSubscription":
        """Follow all events from a position."""
        return self.subscribe(after=after)

    def listen(self, listener: threading.Event) -> None:
        """Have this event set whenever this process appends."""
        self._listeners.add(listener)

    def unlisten(self, listener: threading.Event) -> None:
        """Undo `listen`."""
        self._listeners.discard(listener)

    def wake(self) -> None:
        """Wake every subscription of this process."""
        for listener in tuple(self._listeners):
            listener.set()


class SQLiteSubscription(DCBListenNotifySubscription[SQLiteDCBRecorder]):
    """Wakes at once for appends of this process, and looks for those of others at short intervals."""

    POLL_SECONDS = 0.1

    def __init__(self, recorder: SQLiteDCBRecorder, query: DCBQuery | None = None, after: int | None = None) -> None:
        super().__init__(recorder, query, after)
        recorder.listen(self._has_been_notified)

    def stop(self) -> None:
        """End the iteration."""
        super().stop()
        self._recorder.unlisten(self._has_been_notified)

    def _loop_on_pull(self) -> None:
        try:
            while not self._has_been_stopped:
                self._pull()
                self._has_been_notified.wait(self.POLL_SECONDS)
        except BaseException as error:  # noqa: BLE001  it is raised to whoever iterates
            self._thread_error = error
            self.stop()


class SQLiteDCBFactory(DCBInfrastructureFactory[TrackingRecorder]):
    """Makes the recorder from the setting `SQLITE_DBNAME`, the path of the file."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        self.database = SQLiteDatabase(self.env["SQLITE_DBNAME"])

    def dcb_recorder(self) -> SQLiteDCBRecorder:
        """Make the recorder."""
        return SQLiteDCBRecorder(self.database)

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.ProgrammingError):
            self.database.close()


def _insert(connection: sqlite3.Connection, events: Sequence[DCBEvent]) -> int:
    """Insert events and their tags; give the last position. The transaction holds the write lock, so none interferes."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
    first = 1 + (row[0] if row else 0)
    placed = list(enumerate(events, start=first))
    try:
        connection.executemany(
            "INSERT INTO event (position, type, data, tags) VALUES (?, ?, ?, ?)",
            [(position, event.type, event.data, to_json(event.tags).decode()) for position, event in placed],
        )
        connection.executemany(
            "INSERT INTO event_tag (tag, position) VALUES (?, ?)",
            [(tag, position) for position, event in placed for tag in dict.fromkeys(event.tags)],
        )
    except sqlite3.IntegrityError as error:
        raise IntegrityError(str(error)) from error
    return placed[-1][0]


def _head(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(position), 0) FROM event").fetchone()[0])


def _sequenced(row: tuple[int, str, bytes, str]) -> DCBSequencedEvent:
    position, wire_type, data, tags = row
    return DCBSequencedEvent(event=DCBEvent(type=wire_type, data=data, tags=from_json(tags)), position=position)
