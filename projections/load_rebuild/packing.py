"""Facts of many subjects, gathered page by page, sorted by subject and packed into rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from projections.fact_codes import FACT, NO_CODE, NO_NAME, NOT_ASSESSED, NOT_KNOWN, Facts
from projections.fact_rows import packed

Integers = npt.NDArray[np.int64]

ID_PARTS = [("id_high", ">u8"), ("id_low", ">u8")]
FACT_OF_COLUMNS = np.dtype(
    [part for name in FACT.names or () for part in (ID_PARTS if name == "event_id" else [(name, FACT[name].str)])]
)
"""`FACT` with its event id as two numbers, the higher first: what columns can be written into."""

AS_IT_IS = [name for name in FACT_OF_COLUMNS.names or () if name not in {"name", "other", "spare"}]

PLAIN = {"number": NOT_KNOWN, "harms": NOT_ASSESSED, "code": NO_CODE, "severity": 0, "route": 0}
"""Columns that a kind of fact may lack, with what stands there then."""

OPTIONAL = {
    "number": pl.Float64,
    "harms": pl.UInt16,
    "code": pl.UInt8,
    "severity": pl.UInt8,
    "route": pl.UInt8,
    "name": pl.String,
    "other": pl.String,
}


class Numbering:
    """Numbers ids as they come, and can put the numbers into the order of the ids."""

    def __init__(self) -> None:
        self._ids = pl.Categorical(pl.Categories.random(namespace="load-rebuild", physical=pl.UInt32))
        self._holder = pl.Series(["-"], dtype=self._ids)  # polars forgets the numbers once no column uses them

    def numbered(self, column: str) -> pl.Expr:
        """Give a column of ids as numbers; -1 where there is none."""
        return pl.col(column).cast(self._ids).to_physical().cast(pl.Int32).fill_null(NO_NAME)

    def in_order(self, *columns: pl.Series) -> tuple[list[str], list[Integers]]:
        """Give all ids in order, and these columns with each number replaced by its id's place among them; -1 stays."""
        count = 1 + max(int(column.max() or 0) for column in columns)  # type: ignore[arg-type]
        ids = pl.Series(range(count), dtype=pl.UInt32).cat.to(self._ids).cast(pl.String)
        order = ids.arg_sort()
        place = np.empty(count + 1, np.int64)
        place[order.to_numpy()] = np.arange(count)
        place[-1] = NO_NAME
        return ids.gather(order).to_list(), [np.take(place, column.to_numpy()) for column in columns]


@dataclass(slots=True)
class Gathered:
    """Columns of facts so far; ids are kept as numbers of this gathering."""

    subjects: Numbering = field(default_factory=Numbering)
    names: Numbering = field(default_factory=Numbering)
    parts: list[pl.DataFrame] = field(default_factory=list)

    def add(self, frame: pl.DataFrame) -> None:
        """Take facts in: one frame of a page, in the order of their events."""
        missing = {name: pl.lit(None, dtype) for name, dtype in OPTIONAL.items() if name not in frame.columns}
        whole = frame.with_columns(**missing)
        self.parts.append(
            whole.select(
                *("at", "recorded_at", "id_high", "id_low", "kind", "rank"),
                *(pl.col(name).cast(OPTIONAL[name]).fill_null(absent) for name, absent in PLAIN.items()),
                self.subjects.numbered("subject"),
                self.names.numbered("name"),
                self.names.numbered("other"),
            )
        )

    def rows(self) -> Iterator[tuple[str, bytes]]:
        """Give each subject's row as it is stored, in order of subject. What was gathered is used up."""
        if not self.parts:
            return
        keys, subjects, facts, names, uses = self._sorted()
        first = np.flatnonzero(np.diff(subjects, prepend=-1))
        last = np.append(first[1:], len(subjects))
        starts = np.searchsorted(uses, subjects[first] << 32, "left")
        ends = np.searchsorted(uses, (subjects[first] + 1) << 32, "left")
        used = (uses & 0xFFFFFFFF).tolist()
        records, width = facts.view(np.uint8).data, FACT.itemsize
        for subject, a, b, i, j in zip(
            subjects[first].tolist(), first.tolist(), last.tolist(), starts.tolist(), ends.tolist(), strict=True
        ):
            text = "\n".join([names[one] for one in used[i:j]])
            yield keys[subject], packed(records[a * width : b * width], text.encode())

    def _sorted(self) -> tuple[list[str], Integers, Facts, list[str], Integers]:
        """Sort all facts by subject and time, and point them at each row's own names.

        Gives the subjects in order, the place of each fact's subject among them, the facts; the names in order, and the
        pairs of subject and name that occur, as one number each and sorted.
        """
        columns = pl.concat(self.parts, rechunk=False)
        self.parts.clear()
        keys, (subjects,) = self.subjects.in_order(columns.drop_in_place("subject"))
        order = _time_order(subjects, columns)
        subjects = subjects[order]
        facts = np.zeros(len(order), FACT_OF_COLUMNS)
        for name in AS_IT_IS:
            facts[name] = columns.drop_in_place(name).to_numpy()[order]
        names, found = self.names.in_order(columns.drop_in_place("name"), columns.drop_in_place("other"))
        pointers = {"name": found[0][order], "other": found[1][order]}
        del found, columns, order
        uses = np.sort(np.concatenate([(subjects << 32 | one)[one >= 0] for one in pointers.values()]))
        uses = uses[np.diff(uses, prepend=-1) > 0]
        starts = np.searchsorted(uses, subjects << 32, "left")
        for name, pointer in pointers.items():
            used = np.flatnonzero(pointer >= 0)
            facts[name] = NO_NAME
            facts[name][used] = np.searchsorted(uses, subjects[used] << 32 | pointer[used]) - starts[used]
        return keys, subjects, facts.view(FACT), names, uses


def _time_order(subjects: Integers, columns: pl.DataFrame) -> Integers:
    """Order facts by subject, moment, rank and event id; those of one event keep the order in which they were given."""
    at = columns["at"].to_numpy()
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
    rank, high, low = (columns[name].to_numpy()[order[places]] for name in ("rank", "id_high", "id_low"))
    order[places] = order[places][np.lexsort((low, high, rank, group))]
    return order
