"""The portable form: one SQLite file with the events as they are stored, sealed ones sealed, and the documents beside them.

Views are not in it, since they are built from the log; keys of persons are not in it, so that an erasure reaches it.
"""

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from pydantic_core import from_json, to_json

from allocation_engine.errors import BackupUnusable
from allocation_engine.persistence.ports import Document
from allocation_engine.persistence.vendor_errors import first_line

APPLICATION_ID = 0x45464842
"""Marks the file as a backup in its header ("EFHB"): it is no store, and is not opened as one."""

FORM = 1

SCHEMA = (
    "CREATE TABLE event (position INTEGER PRIMARY KEY, type TEXT NOT NULL, data BLOB NOT NULL, tags TEXT NOT NULL)",
    """CREATE TABLE document (
        collection TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (collection, key)
    ) WITHOUT ROWID""",
    "CREATE TABLE about (form INTEGER, made_at TEXT, head INTEGER, events INTEGER, documents INTEGER, digest BLOB)",
)
INSERT_EVENT = "INSERT INTO event (position, type, data, tags) VALUES (?, ?, ?, ?)"
INSERT_DOCUMENT = "INSERT INTO document (collection, key, version, body) VALUES (?, ?, ?, ?)"
SELECT_EVENTS = "SELECT position, type, data, tags FROM event ORDER BY position"
SELECT_DOCUMENTS = "SELECT collection, key, version, body FROM document ORDER BY collection, key"
ROWS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One event as it is stored: position, type, content and tags."""

    position: int
    wire_type: str
    data: bytes
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """What a backup holds: up to which position, how many events and documents, and when it was made."""

    made_at: datetime
    head: int
    events: int
    documents: int


class BackupWriter:
    """Writes a backup beside its place. It is put there whole at the end, or nothing of it is left."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._digest = sha256()
        self._events = self._documents = 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make the file; put it in its place if all went well."""
        draft = self._file.with_name(f".{self._file.name}.{secrets.token_hex(4)}.part")
        with _errors(self._file):
            if self._file.exists():
                raise BackupUnusable(str(self._file), "there is a file of this name; name another")
            os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            try:
                with _connection(draft) as self._connection:
                    for statement in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN", *SCHEMA):
                        self._connection.execute(statement)
                    yield
                    self._connection.execute("COMMIT")
                _sync(draft)
                os.link(draft, self._file)  # not over a file that somebody made meanwhile
                _sync(self._file.absolute().parent)
            finally:
                draft.unlink(missing_ok=True)

    def events(self, rows: Sequence[StoredRow]) -> None:
        """Write the next events."""
        told = [(row.position, row.wire_type, row.data, to_json(row.tags).decode()) for row in rows]
        for one in told:
            _take(self._digest.update, one)
        self._connection.executemany(INSERT_EVENT, told)
        self._events += len(told)

    def documents(self, documents: Iterable[Document]) -> None:
        """Write documents."""
        for one in documents:
            row = (one.collection, one.key, one.version, one.body)
            _take(self._digest.update, row)
            self._connection.execute(INSERT_DOCUMENT, row)
            self._documents += 1

    def finish(self, made_at: datetime, head: int) -> BackupSummary:
        """Write what the backup holds, and the digest by which that is known again. Documents come before events."""
        summary = BackupSummary(made_at, head, self._events, self._documents)
        self._connection.execute(
            "INSERT INTO about VALUES (?, ?, ?, ?, ?, ?)",
            (FORM, made_at.isoformat(), head, self._events, self._documents, self._digest.digest()),
        )
        self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        return summary


class BackupReader:
    """Reads a backup, once it is known to be whole."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self._file = file
        self._connection = connection
        self.summary = self._summary()

    def verify(self) -> None:
        """Read everything and compare it with what was written.

        Raises
        ------
        BackupUnusable
            Something in it was changed or is missing.
        """
        digest = sha256()
        counted = [0, 0]
        for place, statement in enumerate((SELECT_DOCUMENTS, SELECT_EVENTS)):
            for row in self._connection.execute(statement):
                _take(digest.update, row)
                counted[place] += 1
        stored = self._connection.execute("SELECT digest FROM about").fetchone()[0]
        if digest.digest() != stored or counted != [self.summary.documents, self.summary.events]:
            raise BackupUnusable(str(self._file), "it is not as it was written; take another backup")

    def events(self) -> Iterator[list[StoredRow]]:
        """Give the events, some at a time."""
        cursor = self._connection.execute(SELECT_EVENTS)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield [StoredRow(row[0], row[1], row[2], tuple(from_json(row[3]))) for row in rows]

    def documents(self) -> Iterator[Document]:
        """Give the documents."""
        for row in self._connection.execute(SELECT_DOCUMENTS):
            yield Document(*row)

    def _summary(self) -> BackupSummary:
        if self._connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise BackupUnusable(str(self._file), "it is no backup of a store")
        form, made_at, head, events, documents = self._connection.execute(
            "SELECT form, made_at, head, events, documents FROM about"
        ).fetchone()
        if form > FORM:
            raise BackupUnusable(str(self._file), f"its form is {form} and this program knows {FORM}; update it")
        return BackupSummary(datetime.fromisoformat(made_at), head, events, documents)


@contextmanager
def reading(file: Path) -> Iterator[BackupReader]:
    """Open a backup to read it.

    Raises
    ------
    BackupUnusable
        There is none, or it is no backup.
    """
    with _errors(file):
        if not file.is_file():
            raise BackupUnusable(str(file), "there is no such file")
        with _connection(file, read_only=True) as connection:
            yield BackupReader(file, connection)


@contextmanager
def _connection(file: Path, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    mode = "?mode=ro&immutable=1" if read_only else ""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}{mode}", uri=True, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _errors(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupUnusable(str(file), first_line(error)) from error
    except FileExistsError:
        raise BackupUnusable(str(file), "there is a file of this name; name another") from None
    except OSError as error:
        raise BackupUnusable(str(file), error.strerror or type(error).__name__) from error


def _take(update: Callable[[bytes], None], row: Iterable[object]) -> None:
    """Add a row to a digest, each part with its length, so that no two rows read alike."""
    for part in row:
        told = part if isinstance(part, bytes) else str(part).encode()
        update(len(told).to_bytes(8, "little"))
        update(told)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
