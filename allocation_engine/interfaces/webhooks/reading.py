"""The events that a subscription is to get, read from the log as they are needed."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from allocation_engine.errors import UnreadableEvent
from allocation_engine.persistence.event_log import StoredEvent
from allocation_engine.persistence.store import Store
from domain.events import EventRecord
from domain.events.corrections import PersonErased

PAGE = 200


@dataclass(frozen=True, slots=True)
class Found:
    """An event that is to be sent; `stored` is None if it cannot be read."""

    position: int
    event_type: str
    stored: StoredEvent | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An event as stored, not yet opened: it may have been erased by the time it is its turn."""

    position: int
    event_type: str
    decode: Callable[[], EventRecord]


class Reading:
    """Reads the log through one subscription's filter. For one turn: what it has read ahead may be outdated later."""

    def __init__(self, store: Store, event_types: tuple[str, ...]) -> None:
        self._store = store
        self._names = frozenset(event_types)
        self._ahead: deque[_Candidate] = deque()
        self._read_to = -1

    def next(self, after: int) -> tuple[int, Found | None]:
        """Give the next event past a position, and how far it is certain that nothing comes before it."""
        if self._read_to < after or not self._ahead:
            self._read_on(after)
        reached = after
        while self._ahead:
            candidate = self._ahead.popleft()
            if candidate.position > after and (found := self._found(candidate)) is not None:
                return candidate.position - 1, found
            reached = max(reached, candidate.position)
        return max(reached, self._read_to), None

    def at(self, position: int) -> Found | None:
        """Give the event at a position; None if the filter keeps it back, as it does when it has been erased since."""
        events, _ = self._store.log.read_undecoded(after=position - 1, limit=1)
        mapper = self._store.mapper
        here = [one for one in events if one.position == position]
        candidates = [_Candidate(one.position, one.event.type, partial(mapper.decode_at, one)) for one in here]
        return self._found(candidates[0]) if candidates else None

    def _read_on(self, after: int) -> None:
        events, head = self._store.log.read_undecoded(after=after, limit=PAGE)
        mapper = self._store.mapper
        self._ahead = deque(
            _Candidate(one.position, one.event.type, partial(mapper.decode_at, one))
            for one in events
            if self._may_match(one.event.type)
        )
        self._read_to = events[-1].position if len(events) == PAGE else max(head, after)

    def _may_match(self, stored_type: str) -> bool:
        """Leave out most before they are opened. What was erased reads as an erasure, whatever type it is stored as."""
        names = self._names
        return not names or PersonErased.wire_name in names or _name(stored_type) in names

    def _found(self, candidate: _Candidate) -> Found | None:
        try:
            record = candidate.decode()
        except UnreadableEvent:
            return Found(candidate.position, candidate.event_type, None)
        if self._names and record.event.wire_name not in self._names:
            return None
        return Found(candidate.position, record.event.wire_type(), StoredEvent(candidate.position, record))


def _name(stored_type: str) -> str:
    return stored_type.rpartition(".v")[0]
