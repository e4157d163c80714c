"""What is on record: the entries that are asked for, and what was said of them since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from allocation_engine.persistence.event_log import Criterion, EventLog, StoredEvent
from domain.events import Envelope
from domain.events.subjects import SUBJECT_OF_FIELD
from projections.corrections import CORRECTIONS, Note, is_withdrawn, note_of, with_note
from projections.dated_events import DatedEvent

SUBJECT_KINDS = tuple(dict.fromkeys(SUBJECT_OF_FIELD.values()))
"""What an entry may be about: worker, case, team …"""

SHOWN = 50
WINDOW = 1000
MOST_WINDOWS = 20
"""A kind of entry, or a time, has no index of its own: so many stretches of the record are looked over for one page."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for.

    Attributes
    ----------
    about
        `worker:…`, or a bare id that may be anybody's or anything's; empty for all.
    kind
        Name of a kind of event, such as `case.assigned`; empty for all.
    since, until
        Between which moments it happened.
    before
        Only entries that stand before this position.
    known_at
        Only what was recorded up to this moment.
    """

    about: str
    kind: str
    since: datetime | None
    until: datetime | None
    before: int
    known_at: datetime | None = None

    def has(self, position: int, wire_type: str, envelope: Envelope) -> bool:
        """Tell whether an entry is asked for, whatever it says."""
        return (
            position < self.before
            and (not self.kind or wire_type.startswith(f"{self.kind}.v"))
            and (self.since is None or envelope.occurred_at >= self.since)
            and (self.until is None or envelope.occurred_at <= self.until)
            and (self.known_at is None or envelope.recorded_at <= self.known_at)
        )


def find(log: EventLog, wanted: Wanted) -> tuple[list[StoredEvent], int]:
    """Give the newest entries that are asked for, and the position that was searched down to; 0 where nothing is left."""
    if wanted.about:
        found = reversed(log.read(_about(wanted.about)).events)
        fitting = (one for one in found if wanted.has(one.position, one.record.event.wire_type(), one.record.envelope))
        return list(islice(fitting, SHOWN)), 0
    positions: list[int] = []
    end = min(wanted.before, log.head() + 1)
    # Without a filter every entry counts, so that a page needs no more than what it shows.
    is_all = not wanted.kind and wanted.since is wanted.until is wanted.known_at is None
    for window in _windows(end, SHOWN if is_all else WINDOW):
        seen = reversed(log.glance(after=window.start - 1, limit=len(window)))
        fits = (one.position for one in seen if wanted.has(one.position, one.wire_type, one.envelope))
        positions += islice((one for one in fits if one in window), SHOWN - len(positions))
        end = window.start
        if len(positions) == SHOWN:
            break
    rows = [one for position in positions for one in log.read(after=position - 1, limit=1).events]
    return rows, 0 if end == 1 else end


def _windows(end: int, size: int) -> Iterator[range]:
    """Give stretches of positions below one, the last first."""
    for _ in range(MOST_WINDOWS):
        if end <= 1:
            return
        yield range(max(end - size, 1), end)
        end = max(end - size, 1)


def _about(text: str) -> tuple[Criterion, ...]:
    kinds = [text] if ":" in text else [f"{kind}:{text}" for kind in SUBJECT_KINDS]
    return tuple(Criterion(frozenset({tag})) for tag in kinds)


def later_words(log: EventLog, found: Iterable[StoredEvent], known_at: datetime | None) -> tuple[StoredEvent, ...]:
    """Give what takes entries back or puts them right: each goes by any one of the tags that its entry was filed under."""
    tags = {min(tags) for one in found if (tags := one.record.event.tags())}
    query = tuple(Criterion(frozenset({tag}), CORRECTIONS) for tag in sorted(tags))
    words = log.read(query).events if query else ()
    return tuple(one for one in words if known_at is None or one.record.envelope.recorded_at <= known_at)


class Standing:
    """Which entries count still, by what was said of them since; what was said may itself be taken back."""

    def __init__(self, words: Iterable[StoredEvent]) -> None:
        self._notes: tuple[Note[DatedEvent], ...] = ()
        for one in words:
            note: Note[DatedEvent] | None = note_of(one.record, lambda _: ())
            if note is not None:
                self._notes = with_note(self._notes, note)

    def of(self, stored: StoredEvent) -> str:
        """Say whether an entry was taken back or put right; nothing where it counts as it is."""
        entry = stored.record.envelope.event_id
        if is_withdrawn(entry, self._notes):
            return "taken back"
        corrections = [one for one in self._notes if one.target == entry and one.instead is not None]
        return "put right" if any(not is_withdrawn(one.note_id, self._notes) for one in corrections) else ""
