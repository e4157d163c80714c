"""What stands of many rows, still packed: only the facts that some note may be about are unpacked and read."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate

import numpy as np

from domain.load.facts import in_time
from projections.corrections import standing
from projections.fact_codes import FACT, NO_NAME, Fact, FactRecord, decode_all, encode, microseconds, named_by
from projections.fact_rows import FactRow
from projections.load_columns.arrays import Flags, Ints, bounds
from projections.load_columns.told import Told, id_halves, laid_out, with_inserted

Names = tuple[str, ...]


def standing_facts(rows: Sequence[FactRow], known_at: datetime | None) -> tuple[Told, list[Names]]:
    """Give the facts of rows that stood as known at a moment, and for each row the names that its facts point at.

    The same facts in the same order as `FactRow.history` gives. A fact's subject is the place of its row.
    """
    told, names = laid_out([row.facts for row in rows]), [row.names for row in rows]
    if known_at is not None:
        told = told.where(told.facts["recorded_at"] <= microseconds(known_at))
    noted = {place: row for place, row in enumerate(rows) if row.notes}
    if not noted:
        return told, names
    touched = _perhaps_meant(told, noted)
    said = _unpacked(told.where(touched), names)
    right = {place: tuple(standing(said.get(place, ()), row.notes, known_at, in_time)) for place, row in noted.items()}
    for place, facts in right.items():
        further = {name for fact in facts for name in named_by(fact)}.difference(names[place])
        names[place] = (*names[place], *sorted(further))
    return _with(told.where(~touched), right, names), names


def _perhaps_meant(told: Told, noted: Mapping[int, FactRow]) -> Flags:
    """Mark the facts of rows with notes whose event shares half its id with one that a note is about.

    These are all that a note is about, and hardly any others.
    """
    targets = [note.target.bytes for row in noted.values() for note in row.notes]
    marked = np.zeros(int(told.subject[-1]) + 1 if len(told.subject) else 0, np.bool_)
    marked[[place for place in noted if place < len(marked)]] = True
    of_noted = np.flatnonzero(marked[told.subject])
    meant = np.isin(id_halves(told.facts["event_id"][of_noted])[1], id_halves(np.array(targets, "V16"))[1])
    touched = np.zeros(len(told.subject), np.bool_)
    touched[of_noted[meant]] = True
    return touched


def _unpacked(told: Told, names: Sequence[Names]) -> dict[int, list[Fact]]:
    """Unpack facts, by row: all in one go, with the names of their rows one after the other."""
    touched = np.unique(told.subject).tolist()
    begins = dict(zip(touched, accumulate((len(names[place]) for place in touched), initial=0), strict=False))
    facts, subjects = told.facts.copy(), told.subject.tolist()
    first_name = np.array([begins[place] for place in subjects], "<i4")
    for pointer in ("name", "other"):
        facts[pointer] += np.where(facts[pointer] == NO_NAME, 0, first_name)
    found: dict[int, list[Fact]] = defaultdict(list)
    joint = [name for place in touched for name in names[place]]
    for place, fact in zip(subjects, decode_all(facts, joint), strict=True):
        found[place].append(fact)
    return found


def _with(told: Told, right: Mapping[int, Sequence[Fact]], names: Sequence[Names]) -> Told:
    """Put facts back in their place in time among the others of their row."""
    begins, at = bounds(told.subject, len(names)).tolist(), np.ascontiguousarray(told.facts["at"])
    subjects, records, places = [], [], []
    for subject, facts in right.items():
        for fact in facts:
            record = encode(fact, names[subject])
            subjects.append(subject)
            records.append(record)
            places.append(_place(told, at, record, begins[subject], begins[subject + 1]))
    return with_inserted(told, places, Told(np.array(subjects, np.int64), np.array(records, FACT)))


def _place(told: Told, at: Ints, record: FactRecord, first: int, last: int) -> int:
    """Find the place of a fact among those of its row, from `first` to before `last`."""
    place = bisect_left(at, record[0], first, last)
    while place < last and at[place] == record[0]:
        other = told.facts[place]
        if (int(other["rank"]), other["event_id"].tobytes()) > (record[8], record[3]):
            break
        place += 1
    return place
