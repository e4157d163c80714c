"""Checks a store from end to end, writing nothing: every event readable and rightly filed, every view as rebuilt."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from allocation_engine.errors import ProjectionStopped, StoreUnavailable, UnreadableEvent
from allocation_engine.persistence.keys.erasures import erasures_left
from allocation_engine.persistence.store import Store
from allocation_engine.persistence.vendor_errors import store_errors
from projections.projection import Projection

EVENTS_AT_ONCE = 1000
KEYS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it must be.

    Attributes
    ----------
    code
        Stable name of the rule that is broken, for machines (`tags_differ`).
    message
        What is wrong, in one sentence.
    position
        Where in the log, if it is about one event.
    projection
        Which view, if it is about one.
    """

    code: str
    message: str
    position: int | None = None
    projection: str | None = None


@dataclass(frozen=True, slots=True)
class StoreReport:
    """What was found, in how many events, up to which position."""

    faults: tuple[Fault, ...]
    events: int
    head: int


def check_store(store: Store, projections: Sequence[Projection[Any]]) -> StoreReport:
    """Check the database, the log up to its present head, and the rows of these projections."""
    head = store.log.head()
    faults: list[Fault] = []
    events = 0
    try:
        with store_errors(store.shown_url):
            faults += [Fault("damaged", report) for report in store.inspection.damage()]
            repeated = store.inspection.repeated_sources()
            faults += [Fault("source_repeated", f"{source} is filed under more than one event") for source in repeated]
            events, log_faults = _check_log(store, head)
        faults += log_faults
        faults += [
            Fault("erasure_unfinished", f"{subject} is on record as erased and can be read; give `erase` again")
            for subject in erasures_left(store)
        ]
        for projection in projections:
            faults += _check_projection(store, projection)
    except StoreUnavailable as error:  # a page so broken that the database gives up is a finding, too
        faults.append(Fault("damaged", error.why))
    return StoreReport(tuple(faults), events, head)


def _check_log(store: Store, head: int) -> tuple[int, list[Fault]]:
    """Read every event beside its tag rows, both in order of position."""
    faults: list[Fault] = []
    filed = _Filed(store.inspection.tag_rows(head))
    count, last = 0, 0
    for position, tags, fault in _events(store, head):
        count += 1
        if position <= last:
            faults.append(Fault("out_of_order", f"position {position} comes after {last}", position))
        last = position
        faults += _orphans(filed.before(position))
        found = filed.at(position)
        if fault is not None:
            faults.append(fault)
        elif found != tags:
            wrong = ", ".join(sorted(found ^ tags))
            faults.append(Fault("tags_differ", f"filed otherwise than its content says: {wrong}", position))
    faults += _orphans(filed.before(head + 1))
    return count, faults


def _events(store: Store, head: int) -> Iterator[tuple[int, frozenset[str], Fault | None]]:
    """Give each event's position and its own tags, or why it cannot be read."""
    after = 0
    while after < head:
        events, _ = store.log.read_undecoded(after=after, limit=EVENTS_AT_ONCE)
        if not events:
            return
        for stored in events:
            if stored.position > head:
                return
            try:
                yield stored.position, store.mapper.decode_at(stored).tags, None
            except UnreadableEvent as error:
                yield stored.position, frozenset(), Fault("unreadable", error.why, stored.position)
        after = events[-1].position


class _Filed:
    """The tag rows, walked once in order of position."""

    def __init__(self, rows: Iterable[tuple[int, str]]) -> None:
        self._groups = ((position, [tag for _, tag in group]) for position, group in groupby(rows, key=itemgetter(0)))
        self._next = next(self._groups, None)

    def before(self, position: int) -> Iterator[tuple[int, list[str]]]:
        """Pass the rows below a position: no event has taken them."""
        while self._next is not None and self._next[0] < position:
            yield self._next
            self._next = next(self._groups, None)

    def at(self, position: int) -> frozenset[str]:
        """Take the tags filed for a position."""
        if self._next is None or self._next[0] != position:
            return frozenset()
        tags = frozenset(self._next[1])
        self._next = next(self._groups, None)
        return tags


def _orphans(rows: Iterable[tuple[int, list[str]]]) -> list[Fault]:
    return [Fault("tags_without_event", f"{', '.join(tags)} file no event", position) for position, tags in rows]


def _check_projection(store: Store, projection: Projection[Any]) -> list[Fault]:
    """Compare the rows as they stand with a rebuild in memory up to the same position."""
    name = projection.name
    standing = store.read_models.standing(projection)
    if standing is None:
        return []  # never built, or of another version and so rebuilt before anyone reads it
    progress, written = standing
    head = store.log.head()  # read after the rows: they cannot rightly be ahead of it
    if progress.position > head:
        message = f"its rows claim position {progress.position}, past the head {head}; rebuild it"
        return [Fault("ahead_of_log", message, progress.position, name)]
    try:
        live = {key: projection.rows.load(state) for key, state in written.items()}
        fold, _ = store.read_models.fold(projection, upto=progress.position)
    except ProjectionStopped as stop:
        return [Fault("projection_stops", stop.why, stop.position, name)]
    except ValueError:
        return [Fault("rows_unreadable", "a row does not read as its projection writes it; rebuild it", None, name)]
    rebuilt = {key: projection.rows.load(state) for key, state in fold.written().items()}
    differing = sorted(key for key in live.keys() | rebuilt.keys() if live.get(key) != rebuilt.get(key))
    if not differing:
        return []
    more = len(differing) - KEYS_SHOWN
    shown = ", ".join(differing[:KEYS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return [Fault("rows_differ", f"its rows differ from a rebuild: {shown}; rebuild it", None, name)]
