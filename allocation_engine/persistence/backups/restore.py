"""Fills an empty store from a backup: every event at its position, in one transaction. Views are built when they are read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from eventsourcing.dcb.api import DCBEvent

from allocation_engine.errors import BackupUnusable
from allocation_engine.persistence.backups.backup_file import BackupReader, BackupSummary, StoredRow, reading
from allocation_engine.persistence.backups.placing import place_events
from allocation_engine.persistence.keys.erasures import destroy_what_is_on_record
from allocation_engine.persistence.keys.sealing import is_sealed
from allocation_engine.persistence.mapper import RecordMapper
from allocation_engine.persistence.ports import Write
from allocation_engine.persistence.store import Store
from allocation_engine.persistence.vendor_errors import store_errors


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, how many events of it were plain and are sealed now, and who was erased again."""

    summary: BackupSummary
    sealed: int
    erased: tuple[str, ...]


def restore(store: Store, file: Path, on_progress: Callable[[int, int], None] | None = None) -> Restored:
    """Fill an empty store. The backup is read through first; the store has all of it afterwards, or nothing.

    What the backup holds plain is sealed, if the store has keys. Whoever is on record as erased is erased again.

    Raises
    ------
    BackupUnusable
        It is no backup, is damaged, or the store is not empty.
    """
    with reading(file) as backup:
        if store.log.head() > 0:
            raise BackupUnusable(str(file), f"{store.shown_url} holds events already; restore into an empty store")
        backup.verify()
        sealer = _Sealer(store.mapper)
        with store_errors(store.shown_url):
            place_events(store.backend.log, _told(sealer.sealed(backup), backup.summary.events, on_progress))
        writes = [Write(one.collection, one.key, one.body) for one in backup.documents()]
        if writes:
            store.documents.write(*writes)
        summary = backup.summary
    return Restored(summary, sealer.count, destroy_what_is_on_record(store))


class _Sealer:
    """Seals the events of a backup that are plain, and counts them."""

    def __init__(self, mapper: RecordMapper) -> None:
        self._mapper = mapper
        self.count = 0

    def sealed(self, backup: BackupReader) -> Iterator[list[StoredRow]]:
        for rows in backup.events():
            yield rows if self._mapper.sealing is None else [self._sealed(row) for row in rows]

    def _sealed(self, row: StoredRow) -> StoredRow:
        sealing = self._mapper.sealing
        if sealing is None or is_sealed(row.data):
            return row
        record = self._mapper.decode(DCBEvent(type=row.wire_type, data=row.data, tags=list(row.tags)))
        data = sealing.seal_stored(record, row.wire_type, row.data)
        self.count += data is not row.data
        return StoredRow(row.position, row.wire_type, data, row.tags)


def _told(
    pages: Iterable[list[StoredRow]], total: int, on_progress: Callable[[int, int], None] | None
) -> Iterator[list[StoredRow]]:
    done = 0
    for rows in pages:
        yield rows
        done += len(rows)
        if on_progress is not None:
            on_progress(done, total)
