"""Prices from a linear programme: parts of cases allowed, squares bounded below by tangents where solutions fall."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, hstack, vstack

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints
from allocation_engine.optimiser.caseloads.relaxed import Relaxation

ROUNDS = 4
"""Rounds of tangents: the first at evenly spaced loads, each next where the solution of the last lies."""

FIRST_TANGENTS = 6


def prices_of_rows(relaxation: Relaxation, ceiling: float, workers: Ints) -> Floats:
    """Give a price for each row that some of these workers could take, 0 for the rest: the dual of the linear programme.

    The rise of a worker's squared ratio is at least each tangent ``2·(r + l)·L - l²`` and at least the sum of what the
    items would cost alone. Prices need not be exact: the bound that they prove is worked out from them afterwards.
    """
    sheet = relaxation.sheet
    here = np.zeros(len(sheet.rooms), np.bool_)
    here[workers] = True
    items = sheet.items
    may = (sheet.rooms["ratio"][items["worker"]] + items["load"] <= ceiling) | (items["receives"] == 0)
    kept = np.flatnonzero(here[items["worker"]] & may)
    rows, row = np.unique(items["row"][kept], return_inverse=True)
    _, worker = np.unique(items["worker"][kept], return_inverse=True)
    number, size = int(worker.max(initial=-1)) + 1, len(kept)
    if size == 0:
        return np.zeros(len(sheet.rows))
    ratio = np.zeros(number)
    ratio[worker] = sheet.rooms["ratio"][items["worker"][kept]]
    load = items["load"][kept]
    of_worker = coo_array((load, (worker, np.arange(size))), shape=(number, size)).tocsr()
    alone = coo_array((load * (2 * ratio[worker] + load), (worker, np.arange(size))), shape=(number, size)).tocsr()
    fixed_rows, fixed_most = _rules(relaxation, ceiling, kept, of_worker, ratio)
    eye = coo_array((np.ones(number), (np.arange(number), np.arange(number))), shape=(number, number)).tocsr()
    cuts, most = [hstack([alone, -eye])], [np.zeros(number)]
    reach = np.minimum(np.maximum(ceiling - ratio, 0.0), of_worker.sum(axis=1))
    points = [reach * step / FIRST_TANGENTS for step in range(FIRST_TANGENTS + 1)]
    cover = hstack(
        [coo_array((np.ones(size), (row, np.arange(size))), shape=(len(rows), size)), csr_array((len(rows), number))]
    )
    prices = np.zeros(len(sheet.rows))
    for _ in range(ROUNDS):
        for point in points:
            scaled = of_worker.multiply((2.0 * (ratio + point))[:, None])
            cuts.append(hstack([scaled, -eye]))
            most.append(point**2)
        answer = linprog(
            np.concatenate([np.zeros(size), np.ones(number)]),
            A_ub=vstack([hstack([fixed_rows, csr_array((fixed_rows.shape[0], number))]), *cuts]).tocsr(),
            b_ub=np.concatenate([fixed_most, *most]),
            A_eq=cover.tocsr(),
            b_eq=np.ones(len(rows)),
            bounds=[(0, None)] * (size + number),
            method="highs",
        )
        if answer.status != 0:
            return prices
        prices[rows] = np.maximum(answer.eqlin.marginals, 0.0)
        points = [of_worker @ answer.x[:size]]
    return prices


def _rules(
    relaxation: Relaxation, ceiling: float, kept: Ints, of_worker: csr_array, ratio: Floats
) -> tuple[csr_array, Floats]:
    """Give the caps on these items, and the ceiling on each worker's load."""
    caps = csr_array(relaxation.caps[:, kept])
    used = np.diff(caps.indptr) > 1
    items = relaxation.sheet.items[kept]
    stay = csr_array(of_worker) @ (items["receives"] == 0).astype(float)
    lines = vstack([caps[np.flatnonzero(used)], of_worker])
    return csr_array(lines), np.concatenate(
        [relaxation.limits[used], np.maximum(np.maximum(ceiling - ratio, 0.0), stay)]
    )


def communities(relaxation: Relaxation, most: int) -> list[Ints]:
    """Part the workers into groups of at most so many who share many rows, largest ties first; all in one if they fit.

    Groups only shape the prices, never what they prove.
    """
    sheet = relaxation.sheet
    workers = len(sheet.rooms)
    if workers <= most:
        return [np.arange(workers)]
    items = sheet.items
    shared = coo_array(
        (1.0 / np.diff(sheet.row_at)[items["row"]], (items["row"], items["worker"])), (len(sheet.rows), workers)
    ).tocsr()
    ties = (shared.T @ (shared > 0)).tocoo()
    order = np.lexsort((ties.col, ties.row, -ties.data))
    group = np.arange(workers)
    size = np.ones(workers, np.int64)

    def top(one: int) -> int:
        while group[one] != one:
            group[one] = group[group[one]]
            one = int(group[one])
        return one

    for one, other in zip(ties.row[order].tolist(), ties.col[order].tolist(), strict=True):
        first, second = sorted((top(one), top(other)))
        if first != second and size[first] + size[second] <= most:
            group[second] = first
            size[first] += size[second]
    tops = np.array([top(one) for one in range(workers)])
    return [np.flatnonzero(tops == one) for one in np.unique(tops)]
