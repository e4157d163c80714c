"""A part of a sheet: some workers and some rows, as a sheet of its own."""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Ints, Sheet


class Part(NamedTuple):
    """A sheet cut out of another, and where its rows and items stand in that."""

    sheet: Sheet
    rows: Ints
    items: Ints

    def places_of(self, items: Ints) -> Ints:
        """Give where items of the whole stand in the part."""
        order = np.argsort(self.items, kind="stable")
        return order[np.searchsorted(self.items[order], items)]


def part_of(whole: Sheet, workers: Ints, rows: Ints) -> Part:
    """Cut out the rows as far as these workers could take them."""
    new_worker, new_row = np.full(len(whole.rooms), -1), np.full(len(whole.rows), -1)
    new_worker[workers], new_row[rows] = np.arange(len(workers)), np.arange(len(rows))
    kept = np.flatnonzero((new_worker[whole.items["worker"]] >= 0) & (new_row[whole.items["row"]] >= 0))
    items = whole.items[kept].copy()
    items["worker"], items["row"] = new_worker[items["worker"]], new_row[items["row"]]
    order = np.lexsort((items["row"], items["worker"]))
    items, kept = items[order], kept[order]
    clashes = [whole.clashes[whole.clash_at[row] : whole.clash_at[row + 1]] for row in rows.tolist()]
    sheet = whole._replace(
        rows=whole.rows[rows],
        items=items,
        rooms=whole.rooms[workers],
        at=np.searchsorted(items["worker"], np.arange(len(workers) + 1)).astype(np.int64),
        row_at=np.searchsorted(np.sort(items["row"]), np.arange(len(rows) + 1)).astype(np.int64),
        by_row=np.argsort(items["row"], kind="stable").astype(np.int64),
        row_harm=whole.row_harm[rows],
        room_harm=whole.room_harm[workers],
        held_harm=whole.held_harm[workers],
        clash_at=np.cumsum([0, *(len(one) for one in clashes)], dtype=np.int64),
        clashes=np.concatenate([np.empty(0, np.int64), *clashes]),
    )
    return Part(sheet, rows, kept)
