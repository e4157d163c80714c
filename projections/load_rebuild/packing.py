"""Facts of many subjects, gathered page by page, sorted by subject and packed into rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from projections.fact_codes import FACT, NO_CODE, NO_NAME, NOT_ASSESSED, NOT_KNOWN, Facts
from projections.fact_rows import packed

Integers = npt.NDArray[np.int64]

PLAIN = {"number": NOT_KNOWN, "harms": NOT_ASSESSED, "code": NO_CODE, "severity": 0, "route": 0}
"""Columns that go into the record as they are, with what stands where a fact has none."""


class Numbering:
    """Numbers ids as they come, and can put the numbers into the order of the ids."""

    def __init__(self) -> None:
        self._ids = pl.Categorical(pl.Categories.random(namespace="load-rebuild", physical=pl.UInt32))
        self._holder = pl.Series(["-"], dtype=self._ids)  # polars forgets the numbers once no column uses them
        self._count = 1

    def numbers(self, ids: pl.Series) -> npt.NDArray[np.int32]:
        """Give a column of ids as numbers; -1 where there is none."""
        codes = ids.cast(self._ids).to_physical().cast(pl.Int32).fill_null(NO_NAME).to_numpy()
        self._count = max(self._count, int(codes.max(initial=NO_NAME)) + 1)
        return codes

    def sorted_ids(self) -> list[str]:
        """Give all ids in order."""
        return self._all().sort().to_list()

    def in_order_of_id(self, numbers: npt.NDArray[np.int32]) -> Integers:
        """Renumber by the order of the ids; -1 stays."""
        rank = np.empty(self._count + 1, np.int64)
        rank[self._all().arg_sort().to_numpy()] = np.arange(self._count)
        rank[-1] = NO_NAME
        return rank[numbers]

    def _all(self) -> pl.Series:
        return pl.Series(range(self._count), dtype=pl.UInt32).cat.to(self._ids).cast(pl.String)


@dataclass(slots=True)
class Gathered:
    """Columns of facts so far; ids are kept as numbers of this gathering."""

    subjects: Numbering = field(default_factory=Numbering)
    names: Numbering = field(default_factory=Numbering)
    parts: list[tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32], Facts]] = field(
        default_factory=list
    )

    def add(self, frame: pl.DataFrame) -> None:
        """Take facts in: one frame of a page, in the order of their events."""
        packed_facts = np.zeros(len(frame), FACT)
        for name in ("at", "recorded_at", "kind", "rank"):
            packed_facts[name] = frame[name].to_numpy()
        packed_facts["event_id"] = np.frombuffer(bytes.fromhex("".join(frame["id"]).replace("-", "")), "V16")
        for name, absent in PLAIN.items():
            packed_facts[name] = frame[name].fill_null(absent).to_numpy() if name in frame.columns else absent
        ids = [
            numbering.numbers(frame[name]) if name in frame.columns else np.full(len(frame), NO_NAME, np.int32)
            for numbering, name in ((self.subjects, "subject"), (self.names, "name"), (self.names, "other"))
        ]
        self.parts.append((ids[0], ids[1], ids[2], packed_facts))

    def rows(self) -> Iterator[tuple[str, bytes]]:
        """Give each subject's row as it is stored, in order of subject. What was gathered is used up."""
        if not self.parts:
            return
        subjects, facts, uses = self._sorted()
        keys, names = self.subjects.sorted_ids(), self.names.sorted_ids()
        first = np.flatnonzero(np.diff(subjects, prepend=-1))
        last = np.append(first[1:], len(subjects))
        starts = np.searchsorted(uses, subjects[first] << 32, "left")
        ends = np.searchsorted(uses, (subjects[first] + 1) << 32, "left")
        used = (uses & 0xFFFFFFFF).tolist()
        for subject, a, b, i, j in zip(
            subjects[first].tolist(), first.tolist(), last.tolist(), starts.tolist(), ends.tolist(), strict=True
        ):
            text = "\n".join([names[one] for one in used[i:j]])
            yield keys[subject], packed(facts[a:b].tobytes(), text.encode())

    def _sorted(self) -> tuple[Integers, Facts, Integers]:
        """Sort all facts by subject and time, and point them at each row's own names.

        Gives the subject of each fact, the facts, and the sorted pairs (subject, name) in one number each.
        """
        subjects = self.subjects.in_order_of_id(np.concatenate([part[0] for part in self.parts]))
        name = self.names.in_order_of_id(np.concatenate([part[1] for part in self.parts]))
        other = self.names.in_order_of_id(np.concatenate([part[2] for part in self.parts]))
        order = _time_order(subjects, [part[3] for part in self.parts])
        facts = np.empty(len(order), FACT)
        start = 0
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        for index, part in enumerate(self.parts):
            facts[place[start : start + len(part[3])]] = part[3]
            start += len(part[3])
            self.parts[index] = (part[0][:0], part[1][:0], part[2][:0], part[3][:0])  # used up: give the memory back
        del place
        self.parts.clear()
        subjects, name, other = subjects[order], name[order], other[order]
        named = [(column, pointer) for column, pointer in (("name", name), ("other", other))]
        uses = np.sort(np.concatenate([(subjects << 32 | pointer)[pointer >= 0] for _, pointer in named]))
        uses = uses[np.diff(uses, prepend=-1) > 0]
        starts = np.searchsorted(uses, subjects << 32, "left")
        for column, pointer in named:
            local = np.searchsorted(uses, subjects << 32 | np.maximum(pointer, 0)) - starts
            facts[column] = np.where(pointer >= 0, local, NO_NAME)
        return subjects, facts, uses


def _time_order(subjects: Integers, parts: list[Facts]) -> Integers:
    """Order facts by subject, moment, rank and event id; those of one event keep the order in which they were given."""
    at = np.concatenate([part["at"] for part in parts])
    order = np.argsort(at, kind="stable")  # nearly in order as it comes, which a stable sort is quick with
    order = order[np.argsort(subjects[order], kind="stable")]
    same = (np.diff(subjects[order]) == 0) & (np.diff(at[order]) == 0)
    if not same.any():
        return order
    tied = np.zeros(len(order), bool)
    tied[1:] |= same
    tied[:-1] |= same
    places = np.flatnonzero(tied)
    group = np.cumsum(~np.concatenate(([False], same)))[places]
    rank = np.concatenate([part["rank"] for part in parts])[order[places]]
    ids = np.concatenate([part["event_id"] for part in parts])[order[places]].view(">u8").reshape(-1, 2)
    order[places] = order[places][np.lexsort((ids[:, 1], ids[:, 0], rank, group))]
    return order
