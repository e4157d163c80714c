"""Documents in PostgreSQL, beside the log."""

from collections.abc import Iterable, Sequence

from eventsourcing.postgres import PostgresDatastore
from psycopg import Cursor
from psycopg.rows import DictRow

from allocation_engine.persistence.ports import Document, DocumentChanged, Write

SELECT = "SELECT collection, key, version, body FROM public.allocation_document WHERE collection = %s"
COUNT = "SELECT count(*) AS found FROM public.allocation_document WHERE collection = %s"
INSERT = (
    "INSERT INTO public.allocation_document (collection, key, version, body) VALUES (%s, %s, 1, %s)"
    " ON CONFLICT DO NOTHING"
)
UPSERT = (
    "INSERT INTO public.allocation_document AS kept (collection, key, version, body) VALUES (%s, %s, 1, %s)"
    " ON CONFLICT (collection, key) DO UPDATE SET version = kept.version + 1, body = excluded.body"
)
UPDATE = (
    "UPDATE public.allocation_document SET version = version + 1, body = %s"
    " WHERE collection = %s AND key = %s AND version = %s"
)
DELETE = (
    "DELETE FROM public.allocation_document"
    " WHERE collection = %s AND key = %s AND coalesce(%s::bigint, version) = version"
)


class PostgresDocuments:
    """Keeps documents in the log's own database, so that one can be written together with an append."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        self._datastore = datastore

    def read(self, collection: str, keys: Sequence[str]) -> dict[str, Document]:
        """Give the documents of these keys that exist."""
        with self._datastore.cursor() as cursor:
            cursor.execute(SELECT + " AND key = ANY(%s)", (collection, list(keys)))
            return {row["key"]: _document(row) for row in cursor.fetchall()}

    def page(self, collection: str, after: str, limit: int) -> list[Document]:
        """Give a collection's documents past a key, in order of key."""
        with self._datastore.cursor() as cursor:
            cursor.execute(SELECT + " AND key > %s ORDER BY key LIMIT %s", (collection, after, limit))
            return [_document(row) for row in cursor.fetchall()]

    def page_back(self, collection: str, before: str, limit: int) -> list[Document]:
        """Give a collection's documents before a key, the last key first."""
        with self._datastore.cursor() as cursor:
            cursor.execute(SELECT + " AND key < %s ORDER BY key DESC LIMIT %s", (collection, before, limit))
            return [_document(row) for row in cursor.fetchall()]

    def count(self, collection: str) -> int:
        """Give how many documents a collection has."""
        with self._datastore.cursor() as cursor:
            cursor.execute(COUNT, (collection,))
            return sum(int(row["found"]) for row in cursor.fetchall())

    def write(self, writes: Sequence[Write]) -> None:
        """Write all or none."""
        with self._datastore.transaction(commit=True) as cursor:
            write_documents(cursor, writes)


def write_documents(cursor: Cursor[DictRow], writes: Iterable[Write]) -> None:
    """Write documents within a transaction; `DocumentChanged`, which undoes it, if one was overtaken."""
    for write in writes:
        if write.body is None:
            cursor.execute(DELETE, (write.collection, write.key, write.seen))
        elif write.seen is None:
            cursor.execute(UPSERT, (write.collection, write.key, write.body))
        elif write.seen == 0:
            cursor.execute(INSERT, (write.collection, write.key, write.body))
        else:
            cursor.execute(UPDATE, (write.body, write.collection, write.key, write.seen))
        if cursor.rowcount == 0 and write.seen is not None:
            raise DocumentChanged(write)


def _document(row: DictRow) -> Document:
    return Document(row["collection"], row["key"], row["version"], bytes(row["body"]))
