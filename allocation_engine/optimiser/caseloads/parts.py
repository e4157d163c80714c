"""A service cut into parts: who shares no case with anybody else stands apart; what hangs together is cut if it is large."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, reverse_cuthill_mckee

from allocation_engine.optimiser.caseloads.arrays import Ints, Sheet

LARGEST_APART = 300
"""Workers up to whom those who hang together are one part."""

WORKERS_IN_A_PART = 150
"""Workers in a part, about, where more hang together."""


@dataclass(frozen=True)
class Slice:
    """Some workers and the rows that are theirs to share out; `apart` if nobody else could take any of them."""

    workers: Ints
    rows: Ints
    apart: bool


def slices_of(sheet: Sheet, item_of: Ints) -> list[Slice]:
    """Cut a sheet into parts, each worker and each row in one: a row goes where its holder is, under a plan.

    Workers who could take nothing are left out.
    """
    ties = _ties(sheet)
    number, group = connected_components(ties, directed=False)
    order = near_to_near(sheet)
    order = order[np.diff(sheet.at)[order] > 0]
    order = order[np.argsort(group[order], kind="stable")]
    sizes = np.bincount(group[order], minlength=number)
    holder = sheet.items["worker"][item_of]
    part_of_worker, apart, parts = np.full(len(sheet.rooms), -1), [], 0
    for start, size in zip((np.cumsum(sizes) - sizes).tolist(), sizes.tolist(), strict=True):
        pieces = 1 if size <= LARGEST_APART else round(size / WORKERS_IN_A_PART)
        for members in np.array_split(order[start : start + size], pieces) if size else []:
            part_of_worker[members] = parts
            apart.append(pieces == 1)
            parts += 1
    part_of_row = part_of_worker[holder]
    return [
        Slice(np.flatnonzero(part_of_worker == part), np.flatnonzero(part_of_row == part), apart[part])
        for part in range(parts)
    ]


def near_to_near(sheet: Sheet) -> Ints:
    """Give the workers in an order in which those who share rows are near one another."""
    return np.asarray(reverse_cuthill_mckee(_ties(sheet), symmetric_mode=True), np.int64)


def _ties(sheet: Sheet) -> csr_array:
    """Say which workers share rows: each is tied to the next who could take the same row, which is enough for both uses."""
    items = sheet.items[sheet.by_row]
    same = np.flatnonzero(items["row"][1:] == items["row"][:-1])
    one, other = items["worker"][same], items["worker"][same + 1]
    shape = (len(sheet.rooms), len(sheet.rooms))
    ends = (np.concatenate([one, other]), np.concatenate([other, one]))
    return csr_array(coo_array((np.ones(2 * len(same)), ends), shape).tocsr())
