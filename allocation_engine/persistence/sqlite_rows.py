"""Rows of read models in the SQLite file, and what it can tell about its own soundness."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from allocation_engine.persistence.ports import Progress
from allocation_engine.persistence.sqlite_database import SQLiteDatabase

INSERT_ROW = "INSERT INTO read_model_row (name, key, state) VALUES (?, ?, ?)"
UPSERT_ROW = f"{INSERT_ROW} ON CONFLICT (name, key) DO UPDATE SET state = excluded.state"
UPSERT_PROGRESS = (
    "INSERT INTO read_model (name, version, position) VALUES (?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = excluded.position"
)
COUNT_REBUILD = "UPDATE read_model SET built = built + 1 WHERE name = ?"


class SQLiteRows:
    """Keeps rows and progress in the log's own file, written together."""

    def __init__(self, database: SQLiteDatabase) -> None:
        self._database = database

    def progress(self, name: str) -> Progress | None:
        """Give the read model's version and position; None where it was never built."""
        with self._database.reading() as connection:
            return _progress(connection, name)

    def rows(self, name: str, keys: Sequence[str] | None) -> dict[str, bytes]:
        """Give the rows of these keys that exist, or all."""
        statement = "SELECT key, state FROM read_model_row WHERE name = ?"
        parameters = [name]
        if keys is not None:
            statement += " AND key IN (SELECT value FROM json_each(?))"
            parameters.append(json.dumps(keys))
        with self._database.reading() as connection:
            return dict(connection.execute(statement, parameters).fetchall())

    def advance(self, name: str, seen: Progress | None, now: Progress, changes: Mapping[str, bytes | None]) -> bool:
        """Write rows (None deletes) and progress together, if progress is still as seen; else change nothing."""
        with self._database.writing(durable=False) as connection:
            if _progress(connection, name) != seen:
                return False
            gone = [(name, key) for key, state in changes.items() if state is None]
            connection.executemany("DELETE FROM read_model_row WHERE name = ? AND key = ?", gone)
            _upsert(connection, name, now, ((key, state) for key, state in changes.items() if state is not None))
        return True

    def replace(self, name: str, now: Progress, rows: Iterable[tuple[str, bytes]]) -> None:
        """Put these rows and this progress in place of all there were, at once."""
        with self._database.writing(durable=False) as connection:
            connection.execute("DELETE FROM read_model_row WHERE name = ?", (name,))
            connection.executemany(INSERT_ROW, ((name, key, state) for key, state in rows))
            connection.execute(UPSERT_PROGRESS, (name, now.version, now.position))
            connection.execute(COUNT_REBUILD, (name,))


class SQLiteInspection:
    """Looks at the file below the level of events."""

    def __init__(self, database: SQLiteDatabase) -> None:
        self._database = database

    def damage(self) -> tuple[str, ...]:
        """Give what SQLite's own integrity check reports."""
        with self._database.reading() as connection:
            reports = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        return tuple(report for report in reports if report != "ok")

    def tag_rows(self, upto: int) -> Iterator[tuple[int, str]]:
        """Give position and tag of every tag row up to a position, in order of position."""
        with self._database.reading() as connection:
            yield from connection.execute(
                "SELECT position, tag FROM event_tag WHERE position <= ? ORDER BY position", (upto,)
            )

    def repeated_sources(self) -> tuple[str, ...]:
        """Give the source tags filed under more than one event."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT tag FROM event_tag WHERE tag GLOB 'source:*' GROUP BY tag HAVING count(*) > 1 ORDER BY tag"
            )
            return tuple(row[0] for row in rows)


def _progress(connection: sqlite3.Connection, name: str) -> Progress | None:
    row = connection.execute("SELECT version, position, built FROM read_model WHERE name = ?", (name,)).fetchone()
    return None if row is None else Progress(*row)


def _upsert(connection: sqlite3.Connection, name: str, now: Progress, rows: Iterable[tuple[str, bytes]]) -> None:
    connection.executemany(UPSERT_ROW, ((name, key, state) for key, state in rows))
    connection.execute(UPSERT_PROGRESS, (name, now.version, now.position))
