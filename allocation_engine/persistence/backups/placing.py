"""Puts stored events at their positions into an empty log: below the level of appends, and only here."""

import sqlite3
from collections.abc import Iterable, Sequence

from eventsourcing.dcb.postgres_tt import PostgresDCBRecorderTT
from psycopg.sql import SQL, Identifier
from pydantic_core import to_json

from allocation_engine.errors import StoreUnavailable
from allocation_engine.persistence.backups.backup_file import StoredRow
from allocation_engine.persistence.memory import MemoryLog
from allocation_engine.persistence.ports import LogBackend
from allocation_engine.persistence.postgres_log import PostgresLog
from allocation_engine.persistence.sqlite_recorder import SQLiteDCBRecorder

NOT_EMPTY = "it is not empty: somebody has recorded something meanwhile"


def place_events(log: LogBackend, pages: Iterable[Sequence[StoredRow]]) -> None:
    """Put events into an empty log, all in one transaction.

    Raises
    ------
    StoreUnavailable
        The log is not empty, or is one in memory.
    """
    match log:
        case SQLiteDCBRecorder():
            _place_in_sqlite(log, pages)
        case PostgresLog():
            _place_in_postgres(log.recorder, pages)
        case MemoryLog():
            raise StoreUnavailable("memory://", "a backup is restored into a store that lasts")
        case _:
            msg = f"no backup is restored into {type(log).__name__}"
            raise TypeError(msg)


def _place_in_sqlite(recorder: SQLiteDCBRecorder, pages: Iterable[Sequence[StoredRow]]) -> None:
    with recorder.database.writing() as connection:
        if connection.execute("SELECT 1 FROM event LIMIT 1").fetchone() is not None:
            raise StoreUnavailable(recorder.database.path, NOT_EMPTY)
        for rows in pages:
            _insert(connection, rows)
    recorder.wake()


def _insert(connection: sqlite3.Connection, rows: Sequence[StoredRow]) -> None:
    connection.executemany(
        "INSERT INTO event (position, type, data, tags) VALUES (?, ?, ?, ?)",
        [(row.position, row.wire_type, row.data, to_json(row.tags).decode()) for row in rows],
    )
    connection.executemany(
        "INSERT INTO event_tag (tag, position) VALUES (?, ?)",
        [(tag, row.position) for row in rows for tag in dict.fromkeys(row.tags)],
    )


def _place_in_postgres(recorder: PostgresDCBRecorderTT, pages: Iterable[Sequence[StoredRow]]) -> None:
    events, tags = Identifier(recorder.events_table_name), Identifier(recorder.tags_table_name)
    last = 0
    with recorder.datastore.transaction(commit=True) as cursor:
        cursor.execute(recorder.sql_set_local_lock_timeout)
        cursor.execute(recorder.sql_lock_table)
        cursor.execute(SQL("SELECT 1 FROM public.{} LIMIT 1").format(events))
        if cursor.fetchone() is not None:
            raise StoreUnavailable("the store", NOT_EMPTY)
        for rows in pages:
            with cursor.copy(SQL("COPY public.{} (id, type, data, tags) FROM STDIN").format(events)) as copy:
                for row in rows:
                    copy.write_row((row.position, row.wire_type, row.data, list(row.tags)))
            with cursor.copy(SQL("COPY public.{} (tag, main_id) FROM STDIN").format(tags)) as copy:
                for row in rows:
                    for tag in dict.fromkeys(row.tags):
                        copy.write_row((tag, row.position))
            last = rows[-1].position if rows else last
        if last:
            named = f"public.{recorder.events_table_name}"
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (named, last))
