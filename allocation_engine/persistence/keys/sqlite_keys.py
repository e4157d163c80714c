"""Keys in an SQLite file of their own, for one machine: not beside the log's tables, so that no backup of them holds it.

No write-ahead log: it would keep destroyed keys. `secure_delete` overwrites what is taken out of the file; what the
journal of a transaction leaves on the disk is the disk's to protect (ADR 9).
"""

import json
import os
import secrets
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from allocation_engine.errors import KeysUnavailable
from allocation_engine.persistence.keys.ports import KEY_BYTES, Keys, RowsKey, first_epoch
from allocation_engine.persistence.vendor_errors import first_line

APPLICATION_ID = 0x4546484B
"""Marks the file as ours in its header ("EFHK")."""

BUSY_TIMEOUT_SECONDS = 30.0

SCHEMA = (
    # A destroyed key is NULL: the mark that this name had one, and never gets another.
    "CREATE TABLE person_key (name TEXT PRIMARY KEY, key BLOB) WITHOUT ROWID",
    "CREATE TABLE key_state (generation INTEGER NOT NULL, rows_epoch INTEGER NOT NULL, rows_key BLOB NOT NULL)",
)
SELECT_SOME = "SELECT name, key FROM person_key WHERE name IN (SELECT value FROM json_each(?))"
SELECT_ALL = "SELECT name, key FROM person_key ORDER BY name"
DESTROY = "INSERT INTO person_key (name, key) VALUES (?, NULL) ON CONFLICT (name) DO UPDATE SET key = NULL"
MAKE = "INSERT INTO person_key (name, key) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"


class SQLiteKeys:
    """Keeps keys in one file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._lock = RLock()
        with self._errors():
            _make_file(path)
            # Autocommit on the driver's side: every transaction here is begun by name.
            self._connection = sqlite3.connect(
                path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def generation(self) -> int:
        """Give a number that changes whenever a key is destroyed."""
        with self._transaction() as connection:
            return _generation(connection)

    def find(self, names: Sequence[str] | None) -> tuple[int, Keys]:
        """Give the keys of these names, or all, with the generation."""
        with self._transaction() as connection:
            return _generation(connection), _find(connection, names)

    def make(self, keys: Mapping[str, bytes]) -> tuple[int, Keys]:
        """Take these keys for names that have none and were never destroyed."""
        with self._transaction(writes=True) as connection:
            connection.executemany(MAKE, keys.items())
            return _generation(connection), _find(connection, list(keys))

    def destroy(self, names: Sequence[str], rows_key: bytes) -> None:
        """Put a mark in the place of these keys, and this key in the place of the rows' key."""
        with self._transaction(writes=True) as connection:
            connection.executemany(DESTROY, [(name,) for name in names])
            connection.execute(
                "UPDATE key_state SET generation = generation + 1, rows_epoch = rows_epoch + 1, rows_key = ?",
                (rows_key,),
            )

    def rows_key(self) -> tuple[int, RowsKey]:
        """Give the rows' key, with the generation."""
        with self._transaction() as connection:
            row = connection.execute("SELECT generation, rows_epoch, rows_key FROM key_state").fetchone()
        return row[0], RowsKey(row[1], row[2])

    def everything(self) -> Iterator[tuple[str, bytes | None]]:
        """Give every name with its key."""
        with self._transaction() as connection:
            yield from connection.execute(SELECT_ALL)

    def restore(self, keys: Iterable[tuple[str, bytes | None]]) -> int:
        """Take keys from a backup for names that have none here; marks of destruction in any case."""
        taken = 0
        with self._transaction(writes=True) as connection:
            for name, key in keys:
                if key is None:
                    connection.execute(DESTROY, (name,))
                else:
                    taken += connection.execute(MAKE, (name, key)).rowcount
            connection.execute("UPDATE key_state SET generation = generation + 1")
        return taken

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self, *, writes: bool = False) -> Iterator[sqlite3.Connection]:
        with self._lock, self._errors():
            self._connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise KeysUnavailable(self.where, first_line(error)) from error
        except OSError as error:
            raise KeysUnavailable(self.where, error.strerror or type(error).__name__) from error

    def _prepare(self) -> None:
        connection = self._connection
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA secure_delete = ON")
        # EXTRA: the journal is gone from its folder, too, before a destruction counts; a power cut cannot bring it back.
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA temp_store = MEMORY")
        with self._transaction(writes=True):
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if tables == 0:
                for statement in SCHEMA:
                    connection.execute(statement)
                connection.execute(
                    "INSERT INTO key_state VALUES (1, ?, ?)", (first_epoch(), secrets.token_bytes(KEY_BYTES))
                )
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            elif connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise KeysUnavailable(self.where, "it is another program's SQLite file; give the file of the keys")


def _make_file(path: Path) -> None:
    """Make the file with no rights for others, or refuse one that others may read."""
    if path.is_dir():
        raise KeysUnavailable(str(path), "it is a directory; give the path of a file")
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeysUnavailable(str(path), "it can be read by others; run chmod 600 on it")


def _generation(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT generation FROM key_state").fetchone()[0])


def _find(connection: sqlite3.Connection, names: Sequence[str] | None) -> dict[str, bytes | None]:
    if names is None:
        return dict(connection.execute(SELECT_ALL).fetchall())
    return dict(connection.execute(SELECT_SOME, (json.dumps(list(names)),)).fetchall())
