"""Rows of read models in PostgreSQL, and what it can tell about its own soundness."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from eventsourcing.dcb.postgres_tt import PostgresDCBRecorderTT
from eventsourcing.postgres import PostgresDatastore
from psycopg import Cursor
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from allocation_engine.persistence.ports import Progress

SELECT_PROGRESS = "SELECT version, position, built FROM public.allocation_read_model WHERE name = %s"
INSERT_PROGRESS = (
    "INSERT INTO public.allocation_read_model (name, version, position) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
)
UPDATE_PROGRESS = (
    "UPDATE public.allocation_read_model SET version = %s, position = %s"
    " WHERE name = %s AND version = %s AND position = %s AND built = %s"
)
UPSERT_PROGRESS = (
    "INSERT INTO public.allocation_read_model (name, version, position) VALUES (%s, %s, %s)"
    " ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = excluded.position"
)
COUNT_REBUILD = "UPDATE public.allocation_read_model SET built = built + 1 WHERE name = %s"
SELECT_ROWS = "SELECT key, state FROM public.allocation_read_model_row WHERE name = %s"
UPSERT_ROWS = (
    "INSERT INTO public.allocation_read_model_row (name, key, state)"
    " SELECT %s, row.key, row.state FROM unnest(%s::text[], %s::bytea[]) AS row (key, state)"
    " ON CONFLICT (name, key) DO UPDATE SET state = excluded.state"
)
DELETE_ROWS = "DELETE FROM public.allocation_read_model_row WHERE name = %s AND key = ANY(%s)"
DELETE_ALL_ROWS = "DELETE FROM public.allocation_read_model_row WHERE name = %s"

TAG_ROWS_AT_ONCE = 5000
ROWS_AT_ONCE = 5000


class PostgresRows:
    """Keeps rows and progress in the log's own database, written together."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        self._datastore = datastore

    def progress(self, name: str) -> Progress | None:
        """Give the read model's version and position; None where it was never built."""
        with self._datastore.cursor() as cursor:
            row = cursor.execute(SELECT_PROGRESS, (name,)).fetchone()
        return None if row is None else Progress(row["version"], row["position"], row["built"])

    def rows(self, name: str, keys: Sequence[str] | None) -> dict[str, bytes]:
        """Give the rows of these keys that exist, or all."""
        with self._datastore.cursor() as cursor:
            if keys is None:
                cursor.execute(SELECT_ROWS, (name,))
            else:
                cursor.execute(SELECT_ROWS + " AND key = ANY(%s)", (name, list(keys)))
            return {row["key"]: bytes(row["state"]) for row in cursor.fetchall()}

    def advance(self, name: str, seen: Progress | None, now: Progress, changes: Mapping[str, bytes | None]) -> bool:
        """Write rows (None deletes) and progress together, if progress is still as seen; else change nothing.

        The progress row is written first: it is the lock for which a second writer waits, and then finds it changed.
        """
        with self._datastore.transaction(commit=True) as cursor:
            if seen is None:
                cursor.execute(INSERT_PROGRESS, (name, now.version, now.position))
            else:
                cursor.execute(
                    UPDATE_PROGRESS, (now.version, now.position, name, seen.version, seen.position, seen.built)
                )
            if cursor.rowcount != 1:
                return False
            cursor.execute(DELETE_ROWS, (name, [key for key, state in changes.items() if state is None]))
            _upsert(cursor, name, ((key, state) for key, state in changes.items() if state is not None))
        return True

    def replace(self, name: str, now: Progress, rows: Iterable[tuple[str, bytes]]) -> None:
        """Put these rows and this progress in place of all there were, at once."""
        with self._datastore.transaction(commit=True) as cursor:
            cursor.execute(UPSERT_PROGRESS, (name, now.version, now.position))
            cursor.execute(COUNT_REBUILD, (name,))
            cursor.execute(DELETE_ALL_ROWS, (name,))
            _upsert(cursor, name, rows)


class PostgresInspection:
    """Looks at the tables below the level of events."""

    def __init__(self, recorder: PostgresDCBRecorderTT) -> None:
        self._datastore = recorder.datastore
        self._tags = Identifier(recorder.tags_table_name)

    def damage(self) -> tuple[str, ...]:
        """Give nothing: checking pages is the database administrator's (`pg_amcheck`), and needs their rights."""
        return ()

    def tag_rows(self, upto: int) -> Iterator[tuple[int, str]]:
        """Give position and tag of every tag row up to a position, in order of position."""
        statement = SQL("SELECT main_id, tag FROM public.{} WHERE main_id <= %s ORDER BY main_id").format(self._tags)
        with (
            self._datastore.get_connection() as connection,
            connection.transaction(),
            connection.cursor("allocation_tag_rows") as cursor,
        ):
            cursor.itersize = TAG_ROWS_AT_ONCE
            cursor.execute(statement, (upto,))
            for row in cursor:
                yield row["main_id"], row["tag"]

    def repeated_sources(self) -> tuple[str, ...]:
        """Give the source tags filed under more than one event."""
        statement = SQL(
            "SELECT tag FROM public.{} WHERE tag LIKE 'source:%' GROUP BY tag HAVING count(*) > 1 ORDER BY tag"
        ).format(self._tags)
        with self._datastore.cursor() as cursor:
            return tuple(row["tag"] for row in cursor.execute(statement).fetchall())


def _upsert(cursor: Cursor[DictRow], name: str, rows: Iterable[tuple[str, bytes]]) -> None:
    remaining = iter(rows)
    while some := list(islice(remaining, ROWS_AT_ONCE)):
        keys, states = zip(*some, strict=True)
        cursor.execute(UPSERT_ROWS, (name, list(keys), list(states)))
