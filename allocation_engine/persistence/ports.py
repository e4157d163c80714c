"""What a store must be able to do: keep the log, rows of read models and documents, and let itself be inspected."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBSequencedEvent, DCBSubscription

from projections.column_fold import LogColumns


@dataclass(frozen=True, slots=True)
class Document:
    """A small document that the service keeps for itself beside the log, such as a key's hash or a receipt.

    `version` counts the writes of this key, from 1: whoever changes it says which one they saw.
    """

    collection: str
    key: str
    version: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Write:
    """A document to be written, or deleted where `body` is None.

    `seen` is the version it must still be at: 0 if it must not be there yet, None if that does not matter.
    """

    collection: str
    key: str
    body: bytes | None
    seen: int | None = None


class DocumentChanged(Exception):
    """A document was no longer at the version that a write had seen; nothing of that transaction is kept."""

    def __init__(self, write: Write) -> None:
        self.collection = write.collection
        self.key = write.key
        super().__init__(f"the document {write.key} of {write.collection} has been written by somebody else")


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append has stored: for each source tag its position, and the head after it."""

    positions: Mapping[str, int]
    head: int


Alongside = Callable[[Appended], Sequence[Write]]
"""The documents to be written in the same transaction as an append, once it is known what it stores."""


def nothing_alongside(_: Appended) -> tuple[()]:
    """Write no document."""
    return ()


class LogBackend(Protocol):
    """The log of one store. Its own uniqueness rule: no source tag twice, whoever writes.

    Both ways to append write documents alongside, all or nothing; `DocumentChanged` if one of them was overtaken.
    """

    def append(
        self, events: Sequence[DCBEvent], condition: DCBAppendCondition, alongside: Alongside = nothing_alongside
    ) -> int:
        """Append all or none; give the last position. `IntegrityError` if the condition or the source rule fails."""

    def append_unknown(
        self, sourced: Sequence[tuple[str, DCBEvent]], alongside: Alongside = nothing_alongside
    ) -> Appended:
        """Append, in one transaction, those whose source tag is not there."""

    def page(self, query: DCBQuery | None, after: int, limit: int | None) -> tuple[Sequence[DCBSequencedEvent], int]:
        """Read matching events in order, with a head below which none is missing."""

    def column_pages(self, upto: int, size: int, skipped: Collection[str]) -> Iterator[LogColumns]:
        """Read the log up to a position in columns, `size` positions a page, leaving out the types skipped."""

    def head(self) -> int:
        """Give the last position, 0 when empty."""

    def follow(self, after: int) -> DCBSubscription[Any]:
        """Follow the log from a position, waiting for what is new."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the rows of a read model have come, and by which version of it.

    `built` counts how often all of them were put in place at once: whoever remembers rows of another count has none.
    """

    version: int
    position: int
    built: int = 0


class RowBackend(Protocol):
    """The rows of read models, as JSON by key."""

    def progress(self, name: str) -> Progress | None:
        """Give the read model's version and position; None where it was never built."""

    def rows(self, name: str, keys: Sequence[str] | None) -> dict[str, bytes]:
        """Give the rows of these keys that exist, or all."""

    def advance(self, name: str, seen: Progress | None, now: Progress, changes: Mapping[str, bytes | None]) -> bool:
        """Write rows (None deletes) and progress together, if progress is still as seen; else change nothing."""

    def replace(self, name: str, now: Progress, rows: Iterable[tuple[str, bytes]]) -> None:
        """Put these rows and this progress in place of all there were, at once, and count it. No key comes twice."""


class DocumentBackend(Protocol):
    """The documents, by collection and key."""

    def read(self, collection: str, keys: Sequence[str]) -> dict[str, Document]:
        """Give the documents of these keys that exist."""

    def page(self, collection: str, after: str, limit: int) -> list[Document]:
        """Give a collection's documents past a key, in order of key."""

    def page_back(self, collection: str, before: str, limit: int) -> list[Document]:
        """Give a collection's documents before a key, the last key first."""

    def count(self, collection: str) -> int:
        """Give how many documents a collection has."""

    def write(self, writes: Sequence[Write]) -> None:
        """Write all or none; `DocumentChanged` if one was overtaken."""


class Inspection(Protocol):
    """What only the store itself can tell about its soundness."""

    def damage(self) -> tuple[str, ...]:
        """Give what the database's own integrity check reports."""

    def tag_rows(self, upto: int) -> Iterator[tuple[int, str]]:
        """Give position and tag of every tag row up to a position, in order of position."""

    def repeated_sources(self) -> tuple[str, ...]:
        """Give the source tags filed under more than one event."""


@dataclass(frozen=True, slots=True)
class Backend:
    """One store's parts, and how to close it."""

    log: LogBackend
    rows: RowBackend
    documents: DocumentBackend
    inspection: Inspection
    close: Callable[[], None]


def appended(events: Sequence[DCBEvent], head: int) -> Appended:
    """Say where these events stand, the last of them at the head. The source tag is each event's first."""
    first = head - len(events) + 1
    return Appended({event.tags[0]: position for position, event in enumerate(events, start=first)}, head)


def in_columns(events: Iterable[DCBSequencedEvent], skipped: Collection[str]) -> LogColumns:
    """Put events into columns, for a store that reads them one by one."""
    kept = [one for one in events if one.event.type not in skipped]
    return columns_of([(one.position, one.event.type, bytes(one.event.data)) for one in kept])


def columns_of(rows: Sequence[tuple[int, str, bytes]]) -> LogColumns:
    """Put rows of position, type and data into columns."""
    schema = {"position": pl.Int64, "type": pl.String, "data": pl.Binary}
    return pl.DataFrame({name: [row[place] for row in rows] for place, name in enumerate(schema)}, schema=schema)
