"""Prices from a linear programme: parts of cases allowed, squares bounded below by tangents near the loads of a plan."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, hstack, vstack

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints
from allocation_engine.optimiser.caseloads.relaxed import Relaxation, under_ceiling

BESIDE = (-0.1, -0.03, 0.0, 0.03, 0.1)
"""Where tangents touch, beside the load that each worker is given in the plan at hand [load ratio]; one more touches at 0."""


LEAST_SECONDS = 2.0
"""What the linear programme is given even where time is up: without its prices nothing is proven."""


def prices_of_rows(relaxation: Relaxation, ceiling: float, loads: Floats, seconds: float | None = None) -> Floats:
    """Give a price for each row: the dual of the linear programme, 0 where it is not solved.

    Prices need not be exact: the bound that they prove is worked out from them afterwards.

    Parameters
    ----------
    ceiling
        Load ratio [1] past which nobody who receives something comes.
    loads
        Load ratio [1] that a good plan adds to each worker: where tangents are close to the squares.
    seconds
        When to give up; None for never.
    """
    sheet = relaxation.sheet
    items, ratio, workers = sheet.items, sheet.rooms["ratio"], len(sheet.rooms)
    kept = np.flatnonzero(under_ceiling(sheet, ceiling))
    size, rows = len(kept), len(sheet.rows)
    if size == 0:
        return np.zeros(rows)
    columns = np.arange(size)
    of_worker = _matrix(items["load"][kept], items["worker"][kept], columns, (workers, size))
    rules, most = _rules(relaxation, ceiling, kept, of_worker)
    # A tangent at p has the slope 2(ratio + p); between two points the higher takes over half-way. The load is cut into
    # segments of rising slope, which a least-cost solution fills in order.
    points = np.sort(np.stack([np.zeros(workers), *(np.maximum(loads + beside, 0.0) for beside in BESIDE)]), axis=0)
    between = (points[1:] + points[:-1]) / 2
    widths = np.diff(np.concatenate([np.zeros((1, workers)), between, np.full((1, workers), np.inf)]), axis=0)
    segments = hstack([_minus_one(workers)] * len(points))
    answer = linprog(
        np.concatenate([np.zeros(size), 2.0 * (ratio + points).ravel()]),
        A_ub=hstack([rules, csr_array((rules.shape[0], segments.shape[1]))]).tocsr(),
        b_ub=most,
        A_eq=vstack(
            [
                hstack(
                    [
                        _matrix(np.ones(size), items["row"][kept], columns, (rows, size)),
                        csr_array((rows, segments.shape[1])),
                    ]
                ),
                hstack([of_worker, segments]),
            ]
        ).tocsr(),
        b_eq=np.concatenate([np.ones(rows), np.zeros(workers)]),
        bounds=np.concatenate(
            [
                np.stack([np.zeros(size), np.full(size, np.inf)], axis=1),
                np.stack([np.zeros(widths.size), widths.ravel()], axis=1),
            ]
        ),
        method="highs-ds",
        options={} if seconds is None else {"time_limit": max(seconds, LEAST_SECONDS)},
    )
    if answer.status != 0:
        return np.zeros(rows)
    return np.maximum(answer.eqlin.marginals[:rows], 0.0)


def _minus_one(number: int) -> csr_array:
    return _matrix(-np.ones(number), np.arange(number), np.arange(number), (number, number))


def _rules(relaxation: Relaxation, ceiling: float, kept: Ints, of_worker: csr_array) -> tuple[csr_array, Floats]:
    """Give the caps on these items, and the ceiling on each worker's load."""
    caps = csr_array(relaxation.caps[:, kept])
    used = np.diff(caps.indptr) > 1
    items, ratio = relaxation.sheet.items[kept], relaxation.sheet.rooms["ratio"]
    stay = of_worker @ (items["receives"] == 0).astype(float)
    lines = vstack([caps[np.flatnonzero(used)], of_worker])
    most = np.maximum(np.maximum(ceiling - ratio, 0.0), stay)
    return csr_array(lines), np.concatenate([relaxation.limits[used], np.minimum(most, of_worker.sum(axis=1))])


def _matrix(values: Floats, lines: Ints, columns: Ints, shape: tuple[int, int]) -> csr_array:
    return coo_array((values, (lines, columns)), shape=shape).tocsr()
