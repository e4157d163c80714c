"""Read models kept beside the log: rows and position of each projection, written in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from eventsourcing.dcb.api import DCBSequencedEvent

from allocation_engine.errors import ProjectionStopped, StoreUnavailable
from allocation_engine.persistence.column_rebuild import ColumnRebuild
from allocation_engine.persistence.event_log import EventLog
from allocation_engine.persistence.fold import Fold
from allocation_engine.persistence.keys.row_seal import RowSeal, RowSeals, RowsOvertaken
from allocation_engine.persistence.mapper import RecordMapper
from allocation_engine.persistence.ports import Progress, RowBackend
from allocation_engine.persistence.row_memory import RowMemory
from allocation_engine.persistence.vendor_errors import store_errors
from projections.projection import Projection

State = TypeVar("State")

PAGE_SIZE = 1000
"""Events a transaction: one event each is some fifty times slower."""

PAGES_TO_REBUILD = 5
SHARE_TO_REBUILD = 0.1
"""How far behind rows must be for a rebuild in columns, which reads some ten times as many events in the same time."""


TRIES = 3
"""How often rows are read anew when they were built anew in between."""


class ReadModels:
    """Builds, keeps and reads the rows of projections. Safe for many threads and processes at once."""

    def __init__(
        self,
        backend: RowBackend,
        log: EventLog,
        mapper: RecordMapper,
        store: str,
        seals: RowSeals | None = None,
        memory: RowMemory | None = None,
    ) -> None:
        self._backend = backend
        self._log = log
        self._mapper = mapper
        self._store = store
        self._seals = seals or RowSeals(None)
        self._memory = memory or RowMemory()

    def catch_up(self, projection: Projection[State]) -> int:
        """Apply what the log has and the rows have not, page by page; give the position reached.

        Others may do the same: a page whose starting position has been overtaken is dropped and read anew.

        Raises
        ------
        ProjectionStopped
            An event cannot be read or applied. The rows stand as they were just before it.
        """
        while True:
            seal = self._seals.now()  # before anything is read: what an erasure took must not go under the key after it
            seen = self._progress(projection)
            if seen is not None and seen.version != seal.version(projection.version):
                return self.rebuild(projection)
            position = seen.position if seen else 0
            if projection.columns is not None and _far_behind(position, self._log.head()):
                return self.rebuild(projection)
            events, _ = self._log.read_undecoded(after=position, limit=PAGE_SIZE)
            if not events:
                return position
            try:
                self._apply_page(projection, seal, seen, events)
            except RowsOvertaken:
                return self._built_anew(projection, seal, seen)

    def rebuild(self, projection: Projection[State]) -> int:
        """Build all rows from the first event and put them in place at once; give the position reached.

        Readers see the old rows until they see the new ones. An event that stops it leaves the old ones in place.
        """
        seal = self._seals.now()
        if projection.columns is not None:
            rebuild = ColumnRebuild(projection, projection.columns(), self._log, self._mapper)
            rows, position = rebuild.rows(), rebuild.position
        else:
            fold, position = self.fold(projection)
            rows = iter(fold.written().items())
        name = projection.name
        sealed = ((key, seal.seal(name, key, row)) for key, row in rows)
        with store_errors(self._store):
            self._backend.replace(name, Progress(seal.version(projection.version), position), sealed)
        return self.catch_up(projection)

    def fold(self, projection: Projection[State], *, upto: int | None = None) -> tuple[Fold[State], int]:
        """Build the rows in memory from the first event on, writing nothing; give them and the position reached."""
        fold = Fold(projection, self._mapper)
        position = 0
        while True:
            page, _ = self._log.read_undecoded(after=position, limit=PAGE_SIZE)
            events = [stored for stored in page if upto is None or stored.position <= upto]
            if not events:
                return fold, position
            steps, unreadable = fold.steps(events)
            if stop := fold.apply(steps) or unreadable:
                raise stop
            position = events[-1].position

    def row(self, projection: Projection[State], key: str) -> State | None:
        """Read one row; None where the projection has none of this key."""
        return self.rows(projection, [key]).get(key)

    def rows(self, projection: Projection[State], keys: Iterable[str] | None = None) -> dict[str, State]:
        """Read the rows of these keys that exist, or all, as of the last catch-up.

        Once all were asked for they are remembered, and only those that changed are read again: a row is to be taken as
        it is, never written to.
        """
        wanted = None if keys is None else list(dict.fromkeys(keys))
        for _ in range(TRIES):
            seal = self._seals.now()
            self._bring_to_version(projection, seal)
            try:
                return self._remembered(projection, seal, wanted)
            except RowsOvertaken:
                self._built_anew(projection, seal, self._progress(projection))
        raise StoreUnavailable(self._store, f"the view {projection.name} is built anew again and again; ask later")

    def position(self, projection: Projection[State]) -> int:
        """Give the position of the last event that the rows have seen, 0 if they were never built."""
        self._bring_to_version(projection, self._seals.now())
        seen = self._progress(projection)
        return seen.position if seen else 0

    def standing(self, projection: Projection[State]) -> tuple[Progress, dict[str, bytes]] | None:
        """Read progress and rows as they were written together; None if this version of them was never built."""
        while True:
            seal = self._seals.now()
            seen = self._progress(projection)
            if seen is None or seen.version != seal.version(projection.version):
                return None
            with store_errors(self._store):
                rows = self._backend.rows(projection.name, None)
            if self._progress(projection) == seen:
                return seen, _opened(projection, seal, rows)

    def _apply_page(
        self, projection: Projection[State], seal: RowSeal, seen: Progress | None, events: Sequence[DCBSequencedEvent]
    ) -> None:
        """Apply a page and write it; where an event stops it, write what came before, then raise."""
        fold = Fold(projection, self._mapper)
        steps, unreadable = fold.steps(events)
        fold.states = self._rows(projection, seal, list({key: None for step in steps for key in step.keys}))
        stop = fold.apply(steps) or unreadable
        position = _last_before(stop, events)
        if position is not None:
            now = Progress(seal.version(projection.version), position)
            name = projection.name
            changes = {key: row and seal.seal(name, key, row) for key, row in fold.changes().items()}
            with store_errors(self._store):
                written = self._backend.advance(name, seen, now, changes)
            if not written:
                return  # overtaken: what this page found, a stop included, was found on rows that are history
        if stop is not None:
            raise stop

    def _bring_to_version(self, projection: Projection[State], seal: RowSeal) -> None:
        seen = self._progress(projection)
        if seen is not None and seen.version != seal.version(projection.version):
            self.rebuild(projection)

    def _built_anew(self, projection: Projection[State], seal: RowSeal, seen: Progress | None) -> int:
        """Build rows anew that do not open; unless somebody has done so since, or the key has changed again."""
        if self._seals.now().epoch == seal.epoch and self._progress(projection) == seen:
            return self.rebuild(projection)
        return self.catch_up(projection)

    def _progress(self, projection: Projection[State]) -> Progress | None:
        with store_errors(self._store):
            return self._backend.progress(projection.name)

    def _remembered(self, projection: Projection[State], seal: RowSeal, keys: Sequence[str] | None) -> dict[str, State]:
        """Read rows by way of the memory; of a view that is not in it, some rows alone are read past it."""
        with self._memory.view(projection.name, seal.epoch, wait=keys is None) as view:
            if view is None or (view.progress is None and keys is not None):
                return self._rows(projection, seal, keys)
            # Read before the rows: they may be newer than it says, and what changed is then read once more.
            seen = self._progress(projection)
            if seen is None:
                return {}
            if seen.version != seal.version(projection.version):
                raise RowsOvertaken
            changed = None if view.progress is None else self._changed(projection, view.progress, seen)
            if changed is None:
                view.forget()
            stored = {} if changed == [] else self._stored(projection, seal, changed)
            sizes = {key: len(row) for key, row in stored.items()}
            view.take(seen, changed or (), self._loaded(projection, stored), sizes)
            return dict(view.rows) if keys is None else {key: view.rows[key] for key in keys if key in view.rows}

    def _changed(self, projection: Projection[State], before: Progress, now: Progress) -> list[str] | None:
        """Give the keys of the rows that have changed between, going by the events; None: all are to be read."""
        if (before.version, before.built) != (now.version, now.built) or before.position > now.position:
            return None
        if before.position == now.position:
            return []
        events, _ = self._log.read_undecoded(after=before.position, limit=PAGE_SIZE)
        steps, unreadable = Fold(projection, self._mapper).steps(one for one in events if one.position <= now.position)
        if unreadable or not events or (len(events) == PAGE_SIZE and events[-1].position < now.position):
            return None
        return list({key: None for step in steps for key in step.keys})

    def _rows(self, projection: Projection[State], seal: RowSeal, keys: Sequence[str] | None) -> dict[str, State]:
        return self._loaded(projection, self._stored(projection, seal, keys))

    def _stored(self, projection: Projection[State], seal: RowSeal, keys: Sequence[str] | None) -> dict[str, bytes]:
        with store_errors(self._store):
            rows = self._backend.rows(projection.name, keys)
        return _opened(projection, seal, rows)

    def _loaded(self, projection: Projection[State], rows: Mapping[str, bytes]) -> dict[str, State]:
        try:
            return {key: projection.rows.load(state) for key, state in rows.items()}
        except ValueError as error:
            why = f"a row of the view {projection.name} does not read as the view writes it; rebuild the view"
            raise StoreUnavailable(self._store, why) from error


def _opened(projection: Projection[State], seal: RowSeal, rows: Mapping[str, bytes]) -> dict[str, bytes]:
    return {key: seal.open(projection.name, key, row) for key, row in rows.items()}


def _far_behind(position: int, head: int) -> bool:
    """Tell whether to begin anew in columns takes less time than to apply what is missing, page by page."""
    return head - position > PAGES_TO_REBUILD * PAGE_SIZE and head - position > head * SHARE_TO_REBUILD


def _last_before(stop: ProjectionStopped | None, events: Sequence[DCBSequencedEvent]) -> int | None:
    """Give the position of the last event before the one that stopped the page, None if that was its first."""
    positions = [stored.position for stored in events if stop is None or stored.position < stop.position]
    return positions[-1] if positions else None
