"""The dossiers of a whole log at once, in columns: each stored event goes into its rows as the text it is."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from domain.events.base import DomainEvent
from domain.events.order import rank_of
from domain.events.subjects import SUBJECT_OF_FIELD
from projections.canonical_events import read_page
from projections.canonical_patterns import pattern_of
from projections.column_fold import LogColumns
from projections.corrections import CORRECTIONS


class DossierFold:
    """Builds the rows of `projections.dated_events.Dossier`, which have one subject or several kinds of them.

    Parameters
    ----------
    keeps
        The kind of subject, such as `worker`, and the events that its rows keep.
    """

    def __init__(self, keeps: Mapping[str, frozenset[type[DomainEvent]]]) -> None:
        self._keeps = keeps
        self._parts: list[pl.DataFrame] = []

    def take(self, page: LogColumns) -> Sequence[int]:
        """Take a page in; give the places in it that must be applied one by one."""
        by_type = read_page(page)
        done = np.zeros(len(page), bool)
        for event_class in frozenset().union(*self._keeps.values()) - CORRECTIONS:
            of_class, pattern = by_type.get(event_class.wire_type()), pattern_of(event_class)
            if of_class is None or pattern is None:
                continue
            events = of_class.filter(pl.col("event").str.contains(pattern))
            done[events["place"].to_numpy()] = True
            for kind, kept in self._keeps.items():
                if event_class in kept:
                    self._parts.append(_entries(events, event_class, kind))
        return np.flatnonzero(~done).tolist()

    def rows(self) -> Iterator[tuple[str, bytes]]:
        """Give every row as it is stored, in order of key. What was gathered is used up."""
        if not self._parts:
            return
        entries = pl.concat(self._parts)
        self._parts.clear()
        # Of one event delivered under two source ids the later stands, as it does event by event.
        entries = entries.unique(["key", "id"], keep="last", maintain_order=True).sort("key", "at", "rank", "id")
        rows = entries.group_by("key", maintain_order=True).agg(pl.col("entry").str.join(","))
        del entries
        for key, joined in rows.iter_rows():
            yield key, f'{{"events":[{joined}],"notes":[]}}'.encode()


def _entries(events: pl.DataFrame, event_class: type[DomainEvent], kind: str) -> pl.DataFrame:
    """Give an entry for each row that an event goes into: the row's key, its place in it, and its text there."""
    parts = (
        *(pl.lit('{"event_id":"'), "id", pl.lit('","at":"'), "at_text", pl.lit('","recorded_at":"'), "recorded_text"),
        pl.lit(f'","wire_type":"{event_class.wire_type()}","fields":'),
        "event",  # which brings the brace that closes the entry
    )
    entries = events.select(
        "at",
        "id",
        key=_subjects(kind),
        entry=pl.concat_str(*parts),
        rank=pl.lit(rank_of(event_class), pl.UInt8),
    )
    return entries.explode("key").drop_nulls("key").with_columns(key=f"{kind}:" + pl.col("key"))


def _subjects(kind: str) -> pl.Expr:
    """Give the ids of this kind that an event names, once each."""
    fields = [name for name, prefix in SUBJECT_OF_FIELD.items() if prefix == kind]
    value = pl.col("event").str.extract_all(rf'"(?:{"|".join(fields)})":(?:"[^"]+"|\[[^\]]*\])')
    ids = value.list.join(",").str.replace_all(rf'"(?:{"|".join(fields)})":', "").str.extract_all(r'"[^"]+"')
    return ids.list.eval(pl.element().str.strip_chars('"')).list.unique()
