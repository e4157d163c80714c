"""A row of dated facts of the load model, about one worker or one case, in packed form.

Facts stand in the order in which they happened, as they were first told; notes hold every later word on them.
"""

import struct
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from itertools import islice
from typing import Annotated

import numpy as np
from pydantic import Field, TypeAdapter

from domain.load.facts import CaseFact, WorkerFact, in_time
from projections.corrections import Note, standing, with_note
from projections.fact_codes import FACT, NO_NAME, Fact, Facts, decode_all, encode, named_by
from projections.worked_out import WorkedOut

HEADER = struct.Struct("<III")
"""Number of facts, bytes of names, bytes of notes."""

_NOTES = TypeAdapter(tuple[Note[Annotated[WorkerFact | CaseFact, Field(discriminator="fact")]], ...])


@dataclass(frozen=True, eq=False)  # without slots: what is worked out from it is kept beside its fields
class FactRow:
    """Packed facts with the names they point at, sorted, and the notes on them.

    Two rows are equal if they are written alike.
    """

    facts: Facts
    names: tuple[str, ...] = ()
    notes: tuple[Note[Fact], ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FactRow) and PackedRows().dump(self) == PackedRows().dump(other)

    def __hash__(self) -> int:
        return hash(PackedRows().dump(self))

    @cached_property
    def worked_out(self) -> WorkedOut:
        """What was worked out from the row."""
        return WorkedOut()

    def history(self, known_at: datetime | None = None) -> tuple[Fact, ...]:
        """Give the facts that stand as known at a moment (None: by all we know), in order."""
        return self.worked_out.get(
            known_at, lambda: tuple(standing(decode_all(self.facts, self.names), self.notes, known_at, in_time))
        )


def histories(rows: Mapping[str, FactRow], known_at: datetime | None = None) -> dict[str, tuple[Fact, ...]]:
    """Give the standing facts of many rows: those of rows that nobody corrected are read together, which is quicker."""
    plain = {key: row for key, row in rows.items() if not row.notes and not row.worked_out.has(known_at)}
    found = {key: row.history(known_at) for key, row in rows.items() if key not in plain}
    if plain:
        told = iter(_decoded_together(list(plain.values())))
        for key, row in plain.items():
            facts = islice(told, len(row.facts))
            found[key] = row.worked_out.get(known_at, partial(tuple, standing(facts, (), known_at, in_time)))
            deque(facts, maxlen=0)
    return found


def _decoded_together(rows: Sequence[FactRow]) -> list[Fact]:
    lengths = [len(row.facts) for row in rows]
    before = np.repeat(np.cumsum([0, *(len(row.names) for row in rows)])[:-1], lengths).astype("<i4")
    # Joined as bytes: numpy is slow to put many small arrays of records together.
    facts = np.frombuffer(bytearray().join(row.facts.tobytes() for row in rows), FACT)
    for column in ("name", "other"):
        facts[column] = np.where(facts[column] == NO_NAME, NO_NAME, facts[column] + before)
    return decode_all(facts, [name for row in rows for name in row.names])


NO_FACTS = FactRow(np.empty(0, FACT))


def with_told(row: FactRow, facts: Sequence[Fact]) -> FactRow:
    """Put the facts that one event states in their place in time."""
    if not facts:
        return row
    kept = row.facts
    names = tuple(sorted({*row.names, *(name for fact in facts for name in named_by(fact))}))
    if names != row.names:
        kept = _renamed(kept, row.names, names)
    new = np.array([encode(fact, names) for fact in facts], FACT)
    place = _place(kept, new[0])
    return FactRow(np.concatenate((kept[:place], new, kept[place:])), names, row.notes)


def with_word(row: FactRow, note: Note[Fact]) -> FactRow:
    """Put a correction or retraction beside what it is about."""
    return FactRow(row.facts, row.names, with_note(row.notes, note))


def _place(facts: Facts, new: np.void) -> int:
    """Find where a fact belongs: by moment, then rank, then event."""
    at = facts["at"]
    first, last = np.searchsorted(at, new["at"], "left"), np.searchsorted(at, new["at"], "right")
    key = int(new["rank"]), new["event_id"].tobytes()
    before = sum((int(one["rank"]), one["event_id"].tobytes()) < key for one in facts[first:last])
    return int(first) + before


def _renamed(facts: Facts, old: Sequence[str], new: Sequence[str]) -> Facts:
    """Point the facts at the same names in another list; the last entry keeps 'none' as it is."""
    place = {name: index for index, name in enumerate(new)}
    moved = np.array([*(place[name] for name in old), NO_NAME], "<i4")
    facts = facts.copy()
    facts["name"], facts["other"] = moved[facts["name"]], moved[facts["other"]]
    return facts


class PackedRows:
    """Writes rows as a header, the packed facts, their names and the notes."""

    def dump(self, row: FactRow) -> bytes:
        """Write a row."""
        names = "\n".join(row.names).encode()
        notes = _NOTES.dump_json(row.notes) if row.notes else b""
        return packed(row.facts.tobytes(), names, notes)

    def load(self, stored: bytes) -> FactRow:
        """Read a row; ValueError for bytes that are not one."""
        if len(stored) < HEADER.size:
            raise ValueError("too short for a row of facts")
        count, name_bytes, note_bytes = HEADER.unpack_from(stored)
        names_at = HEADER.size + count * FACT.itemsize
        notes_at = names_at + name_bytes
        if len(stored) != notes_at + note_bytes:
            raise ValueError("not a row of facts, or one cut short")
        facts = np.frombuffer(stored, FACT, count, HEADER.size)
        names = tuple(stored[names_at:notes_at].decode().split("\n")) if name_bytes else ()
        return FactRow(facts, names, _NOTES.validate_json(stored[notes_at:]) if note_bytes else ())


def packed(facts: bytes | memoryview, names: bytes, notes: bytes = b"") -> bytes:
    """Join the parts of a row as it is stored."""
    return b"".join((HEADER.pack(len(facts) // FACT.itemsize, len(names), len(notes)), facts, names, notes))


def row_of(facts: Sequence[Fact]) -> FactRow:
    """Pack facts that are in order already."""
    names = tuple(sorted({name for fact in facts for name in named_by(fact)}))
    return FactRow(np.array([encode(fact, names) for fact in facts], FACT), names)
