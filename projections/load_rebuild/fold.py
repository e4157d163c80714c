"""Takes pages of the log and gives the finished worker-load rows."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from domain.events.order import rank_of
from projections.canonical_events import read_events, read_page
from projections.column_fold import LogColumns
from projections.load_rebuild.facts_of_events import READINGS
from projections.load_rebuild.packing import Gathered


class LoadFold:
    """Builds the rows of `projections.worker_load` from pages of the log."""

    def __init__(self) -> None:
        self._gathered = Gathered()

    def take(self, page: LogColumns) -> Sequence[int]:
        """Take a page in; give the places in it that must be applied one by one."""
        by_type = read_page(page)
        done = np.zeros(len(page), bool)
        for event_class, reading in READINGS.items():
            of_class = by_type.get(event_class.wire_type())
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
