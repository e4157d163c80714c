"""Keys in a PostgreSQL database of their own, for several machines: each wrapped with a master key that is not in it.

What a database keeps of old rows (its write-ahead log, its backups) holds wrapped keys only. Of destroyed ones, too: so
this database is to have no archive that is kept longer than an erasure allows (ADR 9).
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import TypeVar

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from allocation_engine.errors import KeysUnavailable
from allocation_engine.persistence.keys.master_key import master_key
from allocation_engine.persistence.keys.ports import KEY_BYTES, NONCE_BYTES, Keys, RowsKey, first_epoch
from allocation_engine.persistence.vendor_errors import first_line

Connection = psycopg.Connection[tuple[object, ...]]
Result = TypeVar("Result")

CONNECT_TIMEOUT_SECONDS = 10
MIGRATION_LOCK = 0x4546484B
"""Key of the advisory lock under which the tables are made."""

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS public.person_key (name text PRIMARY KEY, key bytea)",
    "CREATE TABLE IF NOT EXISTS public.key_state (generation bigint NOT NULL, rows_epoch bigint NOT NULL, rows_key bytea)",
)
SELECT_SOME = "SELECT name, key FROM public.person_key WHERE name = ANY(%s)"
SELECT_ALL = "SELECT name, key FROM public.person_key ORDER BY name"
DESTROY = "INSERT INTO public.person_key (name, key) VALUES (%s, NULL) ON CONFLICT (name) DO UPDATE SET key = NULL"
MAKE = "INSERT INTO public.person_key (name, key) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING"
ROWS_KEY = "the rows of read models"


class PostgresKeys:
    """Keeps wrapped keys in two tables."""

    def __init__(self, url: str, master_key_file: Path | None, shown: str) -> None:
        self.where = shown
        self._url = url
        self._lock = RLock()
        self._connection: Connection | None = None
        if master_key_file is None:
            raise KeysUnavailable(shown, "name the file of the master key in ALLOCATION_ENGINE_MASTER_KEY_FILE")
        try:
            is_new = self._run(_make_tables)
            self._master = AESGCM(master_key(master_key_file, shown, may_make=is_new))
            self._run(self._first_state)
            self.rows_key()  # opens only under the right master key
        except BaseException:
            self.close()
            raise

    def generation(self) -> int:
        """Give a number that changes whenever a key is destroyed."""
        return self._run(_generation)

    def find(self, names: Sequence[str] | None) -> tuple[int, Keys]:
        """Give the keys of these names, or all, with the generation."""
        return self._run(lambda connection: (_generation(connection), self._find(connection, names)))

    def make(self, keys: Mapping[str, bytes]) -> tuple[int, Keys]:
        """Take these keys for names that have none and were never destroyed."""

        def work(connection: Connection) -> tuple[int, Keys]:
            # In order of name: two processes that make the same keys wait for one another, and not in a ring.
            rows = [(name, self._wrapped(name, key)) for name, key in sorted(keys.items())]
            connection.cursor().executemany(MAKE, rows)
            return _generation(connection), self._find(connection, list(keys))

        return self._run(work)

    def destroy(self, names: Sequence[str], rows_key: bytes) -> None:
        """Put a mark in the place of these keys, and this key in the place of the rows' key."""

        def work(connection: Connection) -> None:
            connection.execute("LOCK TABLE public.key_state IN EXCLUSIVE MODE")
            connection.cursor().executemany(DESTROY, [(name,) for name in sorted(names)])
            connection.execute(
                "UPDATE public.key_state SET generation = generation + 1, rows_epoch = rows_epoch + 1, rows_key = %s",
                (self._wrapped(ROWS_KEY, rows_key),),
            )

        self._run(work)
        self._clear_out()

    def rows_key(self) -> tuple[int, RowsKey]:
        """Give the rows' key, with the generation."""
        row = self._run(
            lambda connection: connection.execute(
                "SELECT generation, rows_epoch, rows_key FROM public.key_state"
            ).fetchone()
        )
        generation, epoch, wrapped = row or (0, 0, b"")
        return int(str(generation)), RowsKey(int(str(epoch)), self._unwrapped(ROWS_KEY, wrapped))

    def everything(self) -> Iterator[tuple[str, bytes | None]]:
        """Give every name with its key."""
        yield from self._run(lambda connection: self._find(connection, None)).items()

    def restore(self, keys: Iterable[tuple[str, bytes | None]]) -> int:
        """Take keys from a backup for names that have none here; marks of destruction in any case."""
        given = sorted(keys)

        def work(connection: Connection) -> int:
            taken = 0
            for name, key in given:
                if key is None:
                    connection.execute(DESTROY, (name,))
                else:
                    taken += connection.execute(MAKE, (name, self._wrapped(name, key))).rowcount
            connection.execute("UPDATE public.key_state SET generation = generation + 1")
            return taken

        return self._run(work)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _find(self, connection: Connection, names: Sequence[str] | None) -> dict[str, bytes | None]:
        cursor = connection.execute(SELECT_ALL) if names is None else connection.execute(SELECT_SOME, (list(names),))
        return {
            str(name): None if wrapped is None else self._unwrapped(str(name), wrapped)
            for name, wrapped in cursor.fetchall()
        }

    def _first_state(self, connection: Connection) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        if connection.execute("SELECT 1 FROM public.key_state").fetchone() is None:
            wrapped = self._wrapped(ROWS_KEY, secrets.token_bytes(KEY_BYTES))
            connection.execute("INSERT INTO public.key_state VALUES (1, %s, %s)", (first_epoch(), wrapped))

    def _wrapped(self, name: str, key: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._master.encrypt(nonce, key, name.encode())

    def _unwrapped(self, name: str, wrapped: object) -> bytes:
        given = bytes(wrapped) if isinstance(wrapped, bytes | bytearray | memoryview) else b""
        try:
            return self._master.decrypt(given[:NONCE_BYTES], given[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            why = "they were wrapped with another master key; name its file in ALLOCATION_ENGINE_MASTER_KEY_FILE"
            raise KeysUnavailable(self.where, why) from None

    def _clear_out(self) -> None:
        """Write the tables anew, so that their files keep nothing of the rows before."""
        with self._lock:
            connection = self._connected()
            try:
                for table in ("person_key", "key_state"):
                    connection.execute(f"VACUUM FULL public.{table}".encode())
            except psycopg.Error as error:
                raise KeysUnavailable(self.where, first_line(error)) from error

    def _run(self, work: Callable[[Connection], Result]) -> Result:
        """Do something in one transaction; once more, if the connection turns out to be dead."""
        with self._lock:
            for last in (False, True):
                connection = self._connected()
                try:
                    with connection.transaction():
                        return work(connection)
                except psycopg.OperationalError as error:
                    if last or not connection.closed:
                        raise KeysUnavailable(self.where, first_line(error)) from error
                except psycopg.Error as error:
                    raise KeysUnavailable(self.where, first_line(error)) from error
        raise AssertionError

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = psycopg.connect(self._url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_SECONDS)
            except psycopg.Error as error:
                raise KeysUnavailable(self.where, first_line(error)) from None
        return self._connection


def _make_tables(connection: Connection) -> bool:
    """Make what is not there; tell whether there are no keys yet."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
    for statement in SCHEMA:
        connection.execute(statement.encode())
    return connection.execute("SELECT 1 FROM public.key_state").fetchone() is None


def _generation(connection: Connection) -> int:
    row = connection.execute("SELECT generation FROM public.key_state").fetchone()
    return int(str(row[0])) if row else 0
