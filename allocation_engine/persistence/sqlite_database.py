"""One SQLite file: its connections, transactions and schema."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from eventsourcing.persistence import OperationalError

APPLICATION_ID = 0x45464857
"""Marks the file as ours in its header ("EFHW"), so that no other program's file is taken for a store."""

SCHEMA_VERSION = 3

BUSY_TIMEOUT_SECONDS = 30.0

WRITER_CACHE_KIB = 64 * 1024
"""Pages of the tag index that writing keeps at hand; SQLite's own 2 MiB make a large store slow to add to."""

SCHEMA = (
    # AUTOINCREMENT: a position is never given twice, even if the last row were lost.
    """CREATE TABLE event (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        type TEXT NOT NULL,
        data BLOB NOT NULL,
        tags TEXT NOT NULL
    )""",
    """CREATE TABLE event_tag (
        tag TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (tag, position)
    ) WITHOUT ROWID""",
    # The rule "no source twice" is the database's own, so it holds for every writer there will ever be.
    "CREATE UNIQUE INDEX event_source ON event_tag (tag) WHERE tag GLOB 'source:*'",
    """CREATE TABLE read_model (
        name TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        position INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE read_model_row (
        name TEXT NOT NULL,
        key TEXT NOT NULL,
        state BLOB NOT NULL,
        PRIMARY KEY (name, key)
    ) WITHOUT ROWID""",
)

DOCUMENTS = """CREATE TABLE document (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (collection, key)
) WITHOUT ROWID"""

COUNT_REBUILDS = "ALTER TABLE read_model ADD COLUMN built INTEGER NOT NULL DEFAULT 0"

STEPS = (SCHEMA, (DOCUMENTS,), (COUNT_REBUILDS,))
"""What each version of the schema adds to the one before: a file of an older version is brought up when it is opened."""


class SQLiteDatabase:
    """Connections to one file: a single writer, since SQLite has room for one, and as many readers as are needed."""

    def __init__(self, path: str, *, busy_timeout_seconds: float = BUSY_TIMEOUT_SECONDS) -> None:
        self.path = path
        self._busy_timeout_seconds = busy_timeout_seconds
        self._closed = False
        self._write_lock = threading.Lock()
        self._idle_lock = threading.Lock()
        self._idle_readers: list[sqlite3.Connection] = []
        if Path(path).is_dir():
            msg = "it is a directory; give the path of a file"
            raise OperationalError(msg)
        if not Path(path).absolute().parent.is_dir():
            msg = "its directory does not exist; make it first"
            raise OperationalError(msg)
        self._writer = self._connect()
        self._writer.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
        try:
            self._prepare()
        except BaseException:
            self._writer.close()
            raise

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """Run a transaction that writes; it has the write lock from its start, so its reads still hold at its end.

        One that is not durable does not wait for the disk: after a power cut it is there whole or not at all, which is
        enough for what can be worked out again.
        """
        with self._write_lock:
            # FULL, also in WAL: what is acknowledged survives a power cut.
            self._writer.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Run a transaction that only reads: everything in it is of one moment, and it waits for no writer."""
        with self._idle_lock:
            self._raise_if_closed()
            connection = self._idle_readers.pop() if self._idle_readers else None
        connection = connection or self._connect()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            with self._idle_lock:
                if not self._closed:
                    self._idle_readers.append(connection)
            if self._closed:
                connection.close()

    def close(self) -> None:
        """Close all connections; a second call does nothing."""
        with self._idle_lock:
            self._closed = True
            readers, self._idle_readers = self._idle_readers, []
        for reader in readers:
            reader.close()
        with self._write_lock:
            self._writer.close()

    def _raise_if_closed(self) -> None:
        if self._closed:
            msg = "it is closed"
            raise OperationalError(msg)

    def _connect(self) -> sqlite3.Connection:
        # Autocommit on the driver's side (isolation_level None): every transaction here is begun by name.
        return sqlite3.connect(
            self.path, timeout=self._busy_timeout_seconds, isolation_level=None, check_same_thread=False
        )

    def _prepare(self) -> None:
        """Make the schema in an empty file; refuse a file that is another program's or a newer version's."""
        self._refuse_foreign_file()
        _patiently(lambda: self._writer.execute("PRAGMA journal_mode = WAL"), self._busy_timeout_seconds)
        with self.writing() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > SCHEMA_VERSION:
                msg = f"its schema is version {version} and this program knows {SCHEMA_VERSION}; update the program"
                raise OperationalError(msg)
            for statement in chain.from_iterable(STEPS[version:]):
                connection.execute(statement)
            if version < SCHEMA_VERSION:
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    def _refuse_foreign_file(self) -> None:
        # One statement, so one moment: another process may be making the schema just now.
        tables, application_id = self._writer.execute(
            "SELECT (SELECT count(*) FROM sqlite_master), application_id FROM pragma_application_id"
        ).fetchone()
        if tables > 0 and application_id != APPLICATION_ID:
            msg = "it is another program's SQLite file; give a new file's path"
            raise OperationalError(msg)


def _patiently(change: Callable[[], object], seconds: float) -> None:
    """Retry a change of the journal mode while others open the file: SQLite's own waiting does not cover it."""
    until = time.monotonic() + seconds
    while True:
        try:
            change()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return
