"""A service cut into parts: who shares no case with anybody else stands apart; what hangs together is cut if it is large."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array, triu
from scipy.sparse.csgraph import connected_components, reverse_cuthill_mckee

from allocation_engine.optimiser.caseloads.arrays import Ints, Sheet

LARGEST_PART = 300
"""Workers in one part at most. Those who hang together and are no more are one part."""


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
    group = _communities(sheet)
    group[np.diff(sheet.at) == 0] = -1
    holder = sheet.items["worker"][item_of]
    takers, rows = sheet.items["worker"], sheet.items["row"]
    apart = np.ones(len(sheet.rooms), np.bool_)
    apart[group[takers[group[takers] != group[holder[rows]]]]] = False
    apart[group[holder[rows[group[takers] != group[holder[rows]]]]]] = False
    by_worker, by_row = np.argsort(group, kind="stable"), np.argsort(group[holder], kind="stable")
    return [
        Slice(
            np.sort(_members(by_worker, group, part)), np.sort(_members(by_row, group[holder], part)), bool(apart[part])
        )
        for part in np.unique(group[group >= 0]).tolist()
    ]


def _members(order: Ints, group: Ints, part: int) -> Ints:
    """Give those of a group, from the order that sorts them by group."""
    start, end = np.searchsorted(group[order], [part, part + 1])
    return order[start:end]


def _communities(sheet: Sheet) -> Ints:
    """Give each worker the number of a group of at most `LARGEST_PART` who share many rows: the strongest ties first.

    Groups only shape what is looked at together, never what is proven.
    """
    items, workers = sheet.items, len(sheet.rooms)
    number, apart = connected_components(_ties(sheet), directed=False)
    sizes = np.bincount(apart, minlength=number)
    group = np.array(apart, np.int64)
    large = np.flatnonzero(sizes[apart] > LARGEST_PART)
    if len(large) == 0:
        return group
    here = np.flatnonzero(sizes[apart[items["worker"]]] > LARGEST_PART)
    row, worker = items["row"][here], items["worker"][here]
    shares = coo_array((1.0 / np.diff(sheet.row_at)[row], (row, worker)), (len(sheet.rows), workers)).tocsr()
    ties = triu(shares.T @ (shares > 0), 1).tocoo()
    order = np.lexsort((ties.col, ties.row, -ties.data))
    top, size = np.arange(workers), np.ones(workers, np.int64)

    def leader(one: int) -> int:
        while top[one] != one:
            top[one] = top[top[one]]
            one = int(top[one])
        return one

    for one, other in zip(ties.row[order].tolist(), ties.col[order].tolist(), strict=True):
        first, second = leader(one), leader(other)
        if first != second and size[first] + size[second] <= LARGEST_PART:
            first, second = min(first, second), max(first, second)
            top[second] = first
            size[first] += size[second]
    group[large] = number + np.array([leader(one) for one in large.tolist()])
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


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
