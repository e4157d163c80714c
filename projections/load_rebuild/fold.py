"""Takes pages of the log and gives the finished worker-load rows."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from domain.events.order import rank_of
from projections.column_fold import LogColumns
from projections.load_rebuild.canonical import read_envelopes, read_events
from projections.load_rebuild.facts_of_events import READINGS
from projections.load_rebuild.packing import Gathered


class LoadFold:
    """Builds the rows of `projections.worker_load` from pages of the log."""

    def __init__(self) -> None:
        self._gathered = Gathered()

    def take(self, page: LogColumns) -> Sequence[int]:
        """Take a page in; give the places in it that must be applied one by one."""
        text = pl.Series("text", page.data, dtype=pl.Binary).cast(pl.String, strict=False)
        frame = read_envelopes(text).with_columns(type=pl.Series(page.types, dtype=pl.String)).with_row_index("place")
        readable = frame.filter(pl.all_horizontal(pl.col("id", "at", "recorded_at", "event").is_not_null()))
        by_type = readable.partition_by("type", as_dict=True)
        done = np.zeros(len(frame), bool)
        for event_class, reading in READINGS.items():
            of_class = by_type.get((event_class.wire_type(),))
            if of_class is None:
                continue
            events = read_events(of_class, event_class, reading.wanted)
            if reading.valid is not None:
                events = events.filter(reading.valid)
            done[events["place"].to_numpy()] = True
            for facts in reading.facts(events):
                if len(facts):
                    rank = pl.lit(rank_of(event_class), pl.UInt8)
                    self._gathered.add(facts.with_columns(rank=rank))
        return np.flatnonzero(~done).tolist()

    def rows(self) -> Iterator[tuple[str, bytes]]:
        """Give every row as it is stored, in order of key."""
        return self._gathered.rows()
