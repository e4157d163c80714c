"""The log: append on condition that nothing a decision rests on has changed, read by tag, follow."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain
from types import TracebackType
from typing import Any, Self

from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBQueryItem,
    DCBSequencedEvent,
    DCBSubscription,
)
from eventsourcing.persistence import IntegrityError

from allocation_engine.errors import ConcurrentWrite, PersonWasErased
from allocation_engine.persistence.mapper import SOURCE_TAG_PREFIX, RecordMapper
from allocation_engine.persistence.ports import Alongside, Appended, LogBackend, Write, nothing_alongside
from allocation_engine.persistence.vendor_errors import store_errors
from domain.events import DomainEvent, Envelope, EventRecord
from projections.column_fold import LogColumns


@dataclass(frozen=True, slots=True)
class Criterion:
    """Matches an event that carries all the tags and is of one of the types (none given: of any type)."""

    tags: frozenset[str]
    types: frozenset[type[DomainEvent]] = frozenset()

    def __post_init__(self) -> None:
        if not self.tags:
            msg = "a criterion needs a tag: by type alone it would read, and condition on, the whole log"
            raise ValueError(msg)


Query = tuple[Criterion, ...]
"""Matches what any of its criteria matches; the empty query matches everything."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A record and its position in the log."""

    position: int
    record: EventRecord


@dataclass(frozen=True, slots=True)
class Glance:
    """What is seen of an event without opening it: where it stands, its stored type, its envelope."""

    position: int
    wire_type: str
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order of position, and the head of the log when they were read.

    A decision made on a whole page (one read without `limit`) appends with `after=page.head`.
    """

    events: tuple[StoredEvent, ...]
    head: int


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a delivery: how many were stored, how many were known by their source id, and the head after.

    `positions` has the position of each that was stored, by source tag.
    """

    stored: int
    already_known: int
    head: int
    positions: Mapping[str, int] = field(default_factory=dict)


class LogSubscription(AbstractContextManager["LogSubscription"], Iterator[StoredEvent]):
    """Iterates over stored events and waits for new ones until it is stopped."""

    def __init__(self, start: Callable[[], DCBSubscription[Any]], mapper: RecordMapper, store: str) -> None:
        self._start = start
        self._mapper = mapper
        self._store = store
        self._inner: DCBSubscription[Any] | None = None
        self._stopped = False

    def __enter__(self) -> Self:
        with store_errors(self._store):
            self._inner = self._start()
            self._inner.__enter__()
        if self._stopped:
            self._inner.stop()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._inner is not None:
            self._inner.__exit__(exc_type, exc_value, traceback)

    def __next__(self) -> StoredEvent:
        if self._inner is None:
            msg = "enter the subscription first: with log.subscribe() as events"
            raise RuntimeError(msg)
        with store_errors(self._store):
            stored = next(self._inner)
        return StoredEvent(stored.position, self._mapper.decode_at(stored))

    def stop(self) -> None:
        """End the iteration, from any thread, also while it waits or before it has begun."""
        self._stopped = True
        if self._inner is not None:
            self._inner.stop()


class EventLog:
    """The one log of events. Safe for many threads and many processes at once."""

    def __init__(
        self, backend: LogBackend, mapper: RecordMapper, store: str, alongside: Alongside = nothing_alongside
    ) -> None:
        self._backend = backend
        self._mapper = mapper
        self._store = store
        self._alongside = alongside

    def with_documents(self, alongside: Alongside) -> "EventLog":
        """Give this log as one whose appends also write documents, in the same transaction; `ingest` with its last batch.

        The append raises `DocumentChanged`, and stores nothing, where one of the documents was overtaken.
        """
        before = self._alongside
        return EventLog(self._backend, self._mapper, self._store, lambda done: [*before(done), *alongside(done)])

    def append(self, records: Sequence[EventRecord], *, unless: Query = (), after: int = 0) -> int:
        """Append all records or none; give the position of the last.

        Parameters
        ----------
        unless
            Refuse if an event that matches lies after `after`. Without it, only the source ids are checked.
        after
            The head of the page that the decision was made on.

        Raises
        ------
        ConcurrentWrite
            A matching event is there, or one of the source ids is. If these very events are stored already (the reply
            to an earlier try was lost) that is no conflict but success.
        """
        if not records:
            return self.head()
        sources = [record.envelope.source_tag for record in records]
        if len(set(sources)) < len(sources):
            msg = "two records of one append carry the same source id: give each its own"
            raise ValueError(msg)
        events = self._mapper.encode_all(records)
        # The library's condition has one `after`. Source ids must be new since the beginning, which every store also
        # enforces by itself, so they need a place in the condition only where nothing else is (then it locks).
        condition = DCBAppendCondition(_query_of_sources(sources), None)
        if unless:
            condition = DCBAppendCondition(_items(unless), after)
        with store_errors(self._store):
            try:
                return self._backend.append(events, condition, self._alongside)
            except IntegrityError:
                position = self._position_if_stored(records)
        if position is None:
            raise ConcurrentWrite(after)
        return position

    def ingest(
        self,
        records: Sequence[EventRecord],
        *,
        batch_size: int = 1000,
        on_progress: Callable[[int], None] | None = None,
    ) -> Ingested:
        """Store the records whose source ids are not known yet, batch by batch, each batch whole or not at all.

        Safe to repeat, and to run beside others. Of several records with one source id the first is stored.
        `on_progress` is told how many records have been dealt with so far. What is to be written alongside is written
        with the last batch, and told of the positions of all.
        """
        if batch_size < 1:
            msg = f"batch_size is {batch_size}: it must be at least 1"
            raise ValueError(msg)
        if not records and self._alongside is nothing_alongside:
            return Ingested(0, 0, self.head())
        positions: dict[str, int] = {}
        head = 0

        def alongside_the_last(done: Appended) -> Sequence[Write]:
            return self._alongside(Appended({**positions, **done.positions}, done.head))

        # An empty delivery is a batch as well: what is to be written alongside is written all the same.
        for start in range(0, len(records) or 1, batch_size):
            batch = records[start : start + batch_size]
            first_of_source: dict[str, EventRecord] = {}
            for record in batch:
                first_of_source.setdefault(record.envelope.source_tag, record)
            sourced = self._sourced(first_of_source)
            with store_errors(self._store):
                last = start + batch_size >= len(records)
                done = self._backend.append_unknown(sourced, alongside_the_last if last else nothing_alongside)
            positions |= done.positions
            head = done.head
            if on_progress is not None:
                on_progress(start + len(batch))
        return Ingested(len(positions), len(records) - len(positions), head, positions)

    def read(self, query: Query = (), *, after: int = 0, limit: int | None = None) -> Page:
        """Read the matching events after a position, at most `limit` of them, in order."""
        events, head = self.read_undecoded(query, after=after, limit=limit)
        return Page(tuple(StoredEvent(event.position, self._mapper.decode_at(event)) for event in events), head)

    def read_undecoded(
        self, query: Query = (), *, after: int = 0, limit: int | None = None
    ) -> tuple[Sequence[DCBSequencedEvent], int]:
        """Read as `read` does, but leave the content as stored, for readers that skip most of it."""
        if limit is not None and limit < 0:
            msg = f"limit is {limit}: it must not be negative"
            raise ValueError(msg)
        with store_errors(self._store):
            # No criteria is no query, not an item without tags: PostgreSQL refuses the latter.
            return self._backend.page(_items(query) if query else None, after, limit)

    def glance(self, *, after: int = 0, limit: int | None = None) -> tuple[Glance, ...]:
        """Look at events after a position without opening them: a search by kind or time passes most of them over."""
        events, _ = self.read_undecoded(after=after, limit=limit)
        return tuple(Glance(one.position, one.event.type, self._mapper.envelope_at(one)) for one in events)

    def column_pages(self, *, upto: int, size: int, skip: Collection[type[DomainEvent]] = ()) -> Iterator[LogColumns]:
        """Read the log up to a position in columns, `size` positions a page, leaving out classes of events."""
        skipped = frozenset(chain.from_iterable(map(_stored_types, skip)))
        with store_errors(self._store):
            yield from self._backend.column_pages(upto, size, skipped)

    def stream(self, query: Query = (), *, after: int = 0, page_size: int = 1000) -> Iterator[StoredEvent]:
        """Give every matching event after a position, a page in memory at a time, up to where the log ends."""
        while True:
            page = self.read(query, after=after, limit=page_size)
            yield from page.events
            if len(page.events) < page_size:
                return
            after = page.events[-1].position

    def head(self) -> int:
        """Give the last position in the log, 0 when it is empty."""
        with store_errors(self._store):
            return self._backend.head()

    def find_source(self, system: str, source_id: str) -> StoredEvent | None:
        """Find the event that a source system knows by this id."""
        tag = f"{SOURCE_TAG_PREFIX}{system}/{source_id}"
        return next(iter(self.read((Criterion(frozenset({tag})),), limit=1).events), None)

    def subscribe(self, *, after: int = 0) -> LogSubscription:
        """Follow the log from a position; enter it as a context, iterate, and `stop()` it from any thread."""
        return LogSubscription(lambda: self._backend.follow(after), self._mapper, self._store)

    def _sourced(self, records: Mapping[str, EventRecord]) -> list[tuple[str, DCBEvent]]:
        """Write records for a delivery; what is on record already is let be, even if its person was erased since."""
        try:
            return list(zip(records, self._mapper.encode_all(list(records.values())), strict=True))
        except PersonWasErased:
            with store_errors(self._store):
                stored, _ = self._backend.page(_query_of_sources(list(records)), 0, None)
            known = {tag for one in stored for tag in one.event.tags}
            new = {source: record for source, record in records.items() if source not in known}
            return list(zip(new, self._mapper.encode_all(list(new.values())), strict=True))

    def _position_if_stored(self, records: Sequence[EventRecord]) -> int | None:
        """Give the last position of these very events, by event id, or None if they are not all there."""
        query = _query_of_sources([record.envelope.source_tag for record in records])
        stored, _ = self._backend.page(query, 0, None)
        position_of = {self._mapper.decode_at(event).envelope.event_id: event.position for event in stored}
        positions = [position_of.get(record.envelope.event_id) for record in records]
        found = [position for position in positions if position is not None]
        return max(found) if len(found) == len(records) else None


def _query_of_sources(sources: Sequence[str]) -> DCBQuery:
    return DCBQuery(items=[DCBQueryItem(tags=[source]) for source in sources])


def _items(query: Query) -> DCBQuery:
    return DCBQuery(items=[_item(criterion) for criterion in dict.fromkeys(query)])


def _item(criterion: Criterion) -> DCBQueryItem:
    """Expand each event class to its stored types: all versions there have been, since old ones are read as it."""
    types = sorted(chain.from_iterable(map(_stored_types, criterion.types)))
    return DCBQueryItem(types=types, tags=sorted(criterion.tags))


def _stored_types(event_class: type[DomainEvent]) -> list[str]:
    return [f"{event_class.wire_name}.v{version}" for version in range(1, event_class.wire_version + 1)]
