"""Documents in the SQLite file, beside the log."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from allocation_engine.persistence.ports import Document, DocumentChanged, Write
from allocation_engine.persistence.sqlite_database import SQLiteDatabase

SELECT = "SELECT collection, key, version, body FROM document WHERE collection = ?"
SELECT_SOME = SELECT + " AND key IN (SELECT value FROM json_each(?))"  # noqa: S608  two constants
SELECT_PAGE = SELECT + " AND key > ? ORDER BY key LIMIT ?"
SELECT_BACK = SELECT + " AND key < ? ORDER BY key DESC LIMIT ?"
COUNT = "SELECT count(*) FROM document WHERE collection = ?"
INSERT = "INSERT INTO document (collection, key, version, body) VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING"
UPSERT = (
    "INSERT INTO document (collection, key, version, body) VALUES (?, ?, 1, ?)"
    " ON CONFLICT (collection, key) DO UPDATE SET version = version + 1, body = excluded.body"
)
UPDATE = "UPDATE document SET version = version + 1, body = ? WHERE collection = ? AND key = ? AND version = ?"
DELETE = "DELETE FROM document WHERE collection = ? AND key = ? AND coalesce(?, version) = version"


class SQLiteDocuments:
    """Keeps documents in the log's own file, so that one can be written together with an append."""

    def __init__(self, database: SQLiteDatabase) -> None:
        self._database = database

    def read(self, collection: str, keys: Sequence[str]) -> dict[str, Document]:
        """Give the documents of these keys that exist."""
        with self._database.reading() as connection:
            rows = connection.execute(SELECT_SOME, (collection, json.dumps(keys))).fetchall()
        return {row[1]: Document(*row) for row in rows}

    def page(self, collection: str, after: str, limit: int) -> list[Document]:
        """Give a collection's documents past a key, in order of key."""
        with self._database.reading() as connection:
            rows = connection.execute(SELECT_PAGE, (collection, after, limit))
            return [Document(*row) for row in rows.fetchall()]

    def page_back(self, collection: str, before: str, limit: int) -> list[Document]:
        """Give a collection's documents before a key, the last key first."""
        with self._database.reading() as connection:
            rows = connection.execute(SELECT_BACK, (collection, before, limit))
            return [Document(*row) for row in rows.fetchall()]

    def count(self, collection: str) -> int:
        """Give how many documents a collection has."""
        with self._database.reading() as connection:
            (found,) = connection.execute(COUNT, (collection,)).fetchone()
            return int(found)

    def write(self, writes: Sequence[Write]) -> None:
        """Write all or none."""
        with self._database.writing() as connection:
            write_documents(connection, writes)


def write_documents(connection: sqlite3.Connection, writes: Iterable[Write]) -> None:
    """Write documents within a transaction; `DocumentChanged`, which undoes it, if one was overtaken."""
    for write in writes:
        if write.body is None:
            cursor = connection.execute(DELETE, (write.collection, write.key, write.seen))
        elif write.seen is None:
            cursor = connection.execute(UPSERT, (write.collection, write.key, write.body))
        elif write.seen == 0:
            cursor = connection.execute(INSERT, (write.collection, write.key, write.body))
        else:
            cursor = connection.execute(UPDATE, (write.body, write.collection, write.key, write.seen))
        if cursor.rowcount == 0 and write.seen is not None:
            raise DocumentChanged(write)
