"""What stands of a row, still packed: only the facts that some note is about are unpacked and read."""

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from domain.load.facts import in_time
from projections.corrections import standing
from projections.fact_codes import FACT, Facts, decode, encode, microseconds, named_by
from projections.fact_rows import FactRow
from projections.load_columns.arrays import Flags, Ints

Names = tuple[str, ...]


def standing_facts(row: FactRow, known_at: datetime | None) -> tuple[Facts, Names]:
    """Give the facts of a row that stood as known at a moment, in order, and the names that they point at.

    The same facts as `FactRow.history`, for the few rows with notes as for the many without.
    """
    known = row.facts if known_at is None else row.facts[row.facts["recorded_at"] <= microseconds(known_at)]
    if not row.notes:
        return known, row.names
    touched = _perhaps_about(known, row)
    said = (decode(record, row.names) for record in known[touched].tolist())
    right = tuple(standing(said, row.notes, known_at, in_time))
    if not right:
        return known[~touched], row.names
    names = (*row.names, *sorted({name for fact in right for name in named_by(fact)}.difference(row.names)))
    merged = together((known[~touched], np.array([encode(fact, names) for fact in right], FACT)))
    return merged[in_order(merged)], names


def together(parts: Iterable[Facts]) -> Facts:
    """Put packed facts one after the other. As bytes: numpy's own way compares the fields of each part anew."""
    return np.frombuffer(b"".join(part.tobytes() for part in parts), FACT)


def in_order(facts: Facts) -> Ints:
    """Find the order of facts in time, as `domain.load.facts.in_time` has it; facts of one event stay as they stand."""
    high, low = id_halves(facts["event_id"])
    return np.lexsort((low, high, facts["rank"], facts["at"]))


def id_halves(event_ids: Facts) -> tuple[Ints, Ints]:
    """Give both halves of each event id as numbers that sort as the id does."""
    halves = np.ascontiguousarray(event_ids).view(">u8").reshape(-1, 2)
    # Flipping the first bit turns the order of unsigned numbers into that of signed ones.
    flipped = (halves.astype(np.uint64) ^ np.uint64(1 << 63)).view(np.int64)
    return flipped[:, 0], flipped[:, 1]


def _perhaps_about(facts: Facts, row: FactRow) -> Flags:
    """Mark the facts whose event shares half its id with one that a note is about: all of those, hardly any others."""
    about = np.array([note.target.bytes for note in row.notes], "V16").view(">u8").reshape(-1, 2)[:, 1]
    ids = np.ascontiguousarray(facts["event_id"]).view(">u8").reshape(-1, 2)[:, 1]
    return np.isin(ids.astype(np.uint64), about.astype(np.uint64))
