"""Writes a backup of a store while others go on writing it: all events up to where the log ends now, as they are stored."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from allocation_engine.persistence.backups.backup_file import BackupSummary, BackupWriter, StoredRow
from allocation_engine.persistence.store import Store

EVENTS_AT_ONCE = 5000

BACKED_UP: tuple[str, ...] = (
    "access-log",
    "api-key",
    "proposal-job",
    "receipt",
    "webhook",
    "webhook-dead",
    "webhook-delivery",
    "webhook-retry",
)
"""The collections of documents that a backup takes along: who may call, who read what, what was answered, what is to be sent."""


def back_up(
    store: Store,
    file: Path,
    made_at: datetime,
    *,
    collections: Sequence[str] = BACKED_UP,
    on_progress: Callable[[int, int], None] | None = None,
) -> BackupSummary:
    """Write a backup to a new file. It is of one moment: events are only ever added, and none later than its head is taken.

    `collections` names the documents that go with it. `on_progress` is told how many events are written, and of how many.

    Raises
    ------
    BackupUnusable
        The file cannot be written, or is there already; nothing is left of it.
    """
    writer = BackupWriter(file)
    with writer.writing():
        # Documents first: what they say of the log lies then within the events that follow.
        for collection in collections:
            writer.documents(store.documents.all(collection))
        head, after, written = store.log.head(), 0, 0
        while after < head:
            page, _ = store.log.read_undecoded(after=after, limit=EVENTS_AT_ONCE)
            rows = [
                StoredRow(one.position, one.event.type, bytes(one.event.data), tuple(one.event.tags))
                for one in page
                if one.position <= head
            ]
            writer.events(rows)
            written += len(rows)
            after = page[-1].position
            if on_progress is not None:
                on_progress(min(after, head), head)
        return writer.finish(made_at, head)
