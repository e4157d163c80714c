"""The store in memory: the library's recorder, for tests and for what-if beside the real log."""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBSequencedEvent, DCBSubscription
from eventsourcing.dcb.popo import InMemoryDCBRecorder
from eventsourcing.persistence import IntegrityError

from allocation_engine.persistence.mapper import SOURCE_TAG_PREFIX
from allocation_engine.persistence.ports import (
    Alongside,
    Appended,
    Document,
    DocumentChanged,
    Progress,
    Write,
    appended,
    in_columns,
    nothing_alongside,
)
from projections.column_fold import LogColumns


class MemoryLog:
    """The library's recorder, with the source rule that databases enforce by an index."""

    def __init__(self, recorder: InMemoryDCBRecorder, documents: "MemoryDocuments") -> None:
        self._recorder = recorder
        self._documents = documents
        self._lock = threading.RLock()
        self._sources: set[str] = set()

    def append(
        self, events: Sequence[DCBEvent], condition: DCBAppendCondition, alongside: Alongside = nothing_alongside
    ) -> int:
        """Append all or none; `IntegrityError` if the condition or the source rule fails."""
        sources = {tag for event in events for tag in event.tags if tag.startswith(SOURCE_TAG_PREFIX)}
        with self._lock:
            if not self._sources.isdisjoint(sources):
                raise IntegrityError(condition)
            items = condition.fail_if_events_match.items
            only_sources = bool(items) and all(set(item.tags) <= sources for item in items)
            if not only_sources and list(
                self._recorder.read(condition.fail_if_events_match, after=condition.after, limit=1)
            ):
                raise IntegrityError(condition)
            # Documents first, since they may refuse; the events then follow for certain, with the lock held throughout.
            self._documents.write(alongside(appended(events, self.head() + len(events))))
            head = self._recorder.append(events)
            self._sources |= sources
        return head

    def append_unknown(
        self, sourced: Sequence[tuple[str, DCBEvent]], alongside: Alongside = nothing_alongside
    ) -> Appended:
        """Append those whose source tag is not there."""
        with self._lock:
            new = [event for source, event in sourced if source not in self._sources]
            done = appended(new, self.head() + len(new))
            self._documents.write(alongside(done))
            if new:
                self._recorder.append(new)
                self._sources.update(done.positions)
            return done

    def page(self, query: DCBQuery | None, after: int, limit: int | None) -> tuple[Sequence[DCBSequencedEvent], int]:
        """Read matching events in order, with the head."""
        with self._lock:
            return list(self._recorder.read(query, after=after, limit=limit)), self.head()

    def column_pages(self, upto: int, size: int, skipped: Collection[str]) -> Iterator[LogColumns]:
        """Read the log in columns."""
        for after in range(0, upto, size):
            events, _ = self.page(None, after, size)
            yield in_columns((one for one in events if one.position <= upto), skipped)

    def head(self) -> int:
        """Give the last position, 0 when empty."""
        with self._lock:
            events = self._recorder.events
            return events[-1].position if events else 0

    def follow(self, after: int) -> DCBSubscription[Any]:
        """Follow the log from a position."""
        subscription = self._recorder.subscribe(after=after)
        # It began to read before it began to listen; an append between the two would wait for the next one.
        subscription._has_been_notified.set()  # noqa: SLF001
        return subscription

    def snapshot(self) -> tuple[DCBSequencedEvent, ...]:
        """Give all events as they are, for inspection."""
        with self._lock:
            return tuple(self._recorder.events)


class MemoryRows:
    """Rows of read models in a dictionary."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._progress: dict[str, Progress] = {}
        self._rows: dict[str, dict[str, bytes]] = {}

    def progress(self, name: str) -> Progress | None:
        """Give the read model's version and position; None where it was never built."""
        with self._lock:
            return self._progress.get(name)

    def rows(self, name: str, keys: Sequence[str] | None) -> dict[str, bytes]:
        """Give the rows of these keys that exist, or all."""
        with self._lock:
            rows = self._rows.get(name, {})
            return dict(rows) if keys is None else {key: rows[key] for key in keys if key in rows}

    def advance(self, name: str, seen: Progress | None, now: Progress, changes: Mapping[str, bytes | None]) -> bool:
        """Write rows (None deletes) and progress together, if progress is still as seen; else change nothing."""
        with self._lock:
            if self._progress.get(name) != seen:
                return False
            rows = self._rows.setdefault(name, {})
            built = 0 if seen is None else seen.built
            for key, state in changes.items():
                if state is None:
                    rows.pop(key, None)
                else:
                    rows[key] = state
            self._progress[name] = replace(now, built=built)
        return True

    def replace(self, name: str, now: Progress, rows: Iterable[tuple[str, bytes]]) -> None:
        """Put these rows and this progress in place of all there were, at once."""
        with self._lock:
            self._rows[name] = dict(rows)
            before = self._progress.get(name)
            self._progress[name] = replace(now, built=1 if before is None else before.built + 1)


class MemoryDocuments:
    """Documents in a dictionary."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Document] = {}

    def read(self, collection: str, keys: Sequence[str]) -> dict[str, Document]:
        """Give the documents of these keys that exist."""
        with self._lock:
            return {key: self._kept[collection, key] for key in keys if (collection, key) in self._kept}

    def page(self, collection: str, after: str, limit: int) -> list[Document]:
        """Give a collection's documents past a key, in order of key."""
        with self._lock:
            found = sorted(key for kind, key in self._kept if kind == collection and key > after)
            return [self._kept[collection, key] for key in found[:limit]]

    def page_back(self, collection: str, before: str, limit: int) -> list[Document]:
        """Give a collection's documents before a key, the last key first."""
        with self._lock:
            found = sorted((key for kind, key in self._kept if kind == collection and key < before), reverse=True)
            return [self._kept[collection, key] for key in found[:limit]]

    def count(self, collection: str) -> int:
        """Give how many documents a collection has."""
        with self._lock:
            return sum(kind == collection for kind, _ in self._kept)

    def write(self, writes: Sequence[Write]) -> None:
        """Write all or none."""
        with self._lock:
            kept = dict(self._kept)
            for write in writes:
                place = (write.collection, write.key)
                version = kept[place].version if place in kept else 0
                if write.seen not in {None, version}:
                    raise DocumentChanged(write)
                if write.body is None:
                    kept.pop(place, None)
                else:
                    kept[place] = Document(*place, version + 1, write.body)
            self._kept = kept


class MemoryInspection:
    """Memory has no index of tags that could differ from the events."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log

    def damage(self) -> tuple[str, ...]:
        """Give nothing: there is no file to be damaged."""
        return ()

    def tag_rows(self, upto: int) -> Iterator[tuple[int, str]]:
        """Give position and tag of every event up to a position."""
        for stored in self._log.snapshot():
            if stored.position <= upto:
                yield from ((stored.position, tag) for tag in stored.event.tags)

    def repeated_sources(self) -> tuple[str, ...]:
        """Give the source tags that more than one event carries."""
        seen: set[str] = set()
        repeated: set[str] = set()
        for stored in self._log.snapshot():
            sources = {tag for tag in stored.event.tags if tag.startswith(SOURCE_TAG_PREFIX)}
            repeated |= seen & sources
            seen |= sources
        return tuple(sorted(repeated))
