"""Packed facts of many subjects, one subject after the other and each in order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from domain.load.facts import Fact
from projections.fact_codes import FACT, KIND_CODE, Facts
from projections.load_columns.arrays import Flags, Ints


@dataclass(frozen=True, slots=True)
class Told:
    """Whole facts, each with the number of its subject."""

    subject: Ints
    facts: Facts

    def of(self, *kinds: type[Fact]) -> "Told":
        """Give those of these kinds."""
        return self.where(np.isin(self.facts["kind"], [KIND_CODE[kind] for kind in kinds]))

    def where(self, wanted: Flags) -> "Told":
        """Give those that are marked."""
        return self.at(np.flatnonzero(wanted))

    def at(self, places: Ints) -> "Told":
        """Give those at these places."""
        # Packed facts are picked by place: by a mask, or by an index in brackets, numpy takes five times as long.
        return Told(self.subject[places], self.facts.take(places))

    def between(self, first: int, last: int) -> "Told":
        """Give those of the subjects from `first` to before `last`; nothing is copied."""
        begin, end = np.searchsorted(self.subject, [first, last])
        return Told(self.subject[begin:end], self.facts[begin:end])


NOTHING_TOLD = Told(np.empty(0, np.int64), np.empty(0, FACT))


def laid_out(rows: Sequence[Facts]) -> Told:
    """Lay out rows of facts one after the other; the subject is the place of the row."""
    return Told(np.repeat(np.arange(len(rows)), [len(row) for row in rows]), _together((NOTHING_TOLD.facts, *rows)))


def joined(parts: Iterable[Told]) -> Told:
    """Put what was told of some subjects before what was told of the next."""
    listed = [NOTHING_TOLD, *parts]
    return Told(np.concatenate([one.subject for one in listed]), _together([one.facts for one in listed]))


def with_inserted(told: Told, places: Sequence[int], new: Told) -> Told:
    """Put facts before those that stand at some places, in the order given."""
    order = np.insert(np.arange(len(told.subject)), places, len(told.subject) + np.arange(len(places)))
    subject = np.concatenate((told.subject, new.subject))
    return Told(subject[order], _together((told.facts, new.facts)).take(order))


def id_halves(event_ids: Facts) -> tuple[Ints, Ints]:
    """Give both halves of event ids as numbers that sort as the ids do."""
    halves = np.ascontiguousarray(event_ids).view(">u8").reshape(-1, 2).astype(np.uint64)
    flipped = (halves ^ np.uint64(1 << 63)).view(np.int64)  # what sorts as unsigned now sorts as signed
    return flipped[:, 0], flipped[:, 1]


def _together(parts: Iterable[Facts]) -> Facts:
    """Put packed facts one after the other, as plain bytes: of facts, numpy compares the fields of every part."""
    return np.concatenate([part.view(np.uint8) for part in parts]).view(FACT)
