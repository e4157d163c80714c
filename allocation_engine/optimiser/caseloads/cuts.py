"""Of any three rows, at most one caseload in a plan holds two or more: cuts that good prices for the rows alone miss.

The linear programme over whole caseloads can take half of each of three, each with two of three rows. No plan can, and a
price for that rules it out. A caseload pays the price of a cut as soon as it holds two of its rows.

References
----------
.. [1] M. Jepsen, B. Petersen, S. Spoorendonk, D. Pisinger (2008), Subset-row inequalities applied to the vehicle-routing
   problem with time windows, Operations Research 56:497-511.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csc_array

from allocation_engine.optimiser.caseloads.arrays import Bools, Floats, Ints
from allocation_engine.optimiser.compiled import compiled

OF_THREE, TWO = 3, 2
"""Rows of a cut, and how many of them a caseload holds that pays its price."""

LEAST_VIOLATED, MOST_A_ROUND, MOST_OF_A_ROW = 0.02, 30, 5
"""By how much a cut is to be violated [1], cuts added at once, and how many of these may be about the same row."""

NO_PRICE = 1e-12
"""Price of a cut up to which it is left out of the searches."""


class Cuts(NamedTuple):
    """Cuts with a price: their rows, three each; of each row which cuts it is in, and where these begin; and the prices."""

    rows: Ints
    at: Ints
    of: Ints
    price: Floats


NO_CUTS = Cuts(np.zeros((0, OF_THREE), np.int64), np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0))


def at_prices(rows: Ints, price: Floats, number: int) -> Cuts:
    """Give those cuts that have a price, laid out by row; `number` rows in all."""
    kept = np.flatnonzero(price > NO_PRICE)
    flat = rows[kept].ravel()
    order = np.argsort(flat, kind="stable")
    at = np.searchsorted(flat[order], np.arange(number + 1)).astype(np.int64)
    return Cuts(rows[kept], at, order // OF_THREE, price[kept])


@compiled
def count_row(cuts: Cuts, held: Ints, row: int, by: int) -> float:
    """Count a row in (1) or out (-1) in each of its cuts; give the price of those of which two rows are held only now."""
    total = 0.0
    if len(held) == 0:
        return total
    for place in range(cuts.at[row], cuts.at[row + 1]):
        cut = cuts.of[place]
        held[cut] += by
        if by > 0 and held[cut] == TWO:
            total += cuts.price[cut]
    return total


def paid(cuts: Cuts, holds: csc_array) -> Floats:
    """Give what caseloads pay for cuts; `holds` has a column for each caseload, with 1 at each row that it holds."""
    if len(cuts.price) == 0:
        return np.zeros(holds.shape[1])
    total: Floats = pays(cuts.rows, holds).T @ cuts.price
    return total


def pays(threes: Ints, holds: csc_array) -> Bools:
    """Say of each cut, by its three rows, which caseloads hold two of them or more: a row for each cut."""
    number = len(threes)
    at = np.repeat(np.arange(number), OF_THREE), threes.ravel()
    marks = csc_array((np.ones(number * OF_THREE), at), shape=(number, holds.shape[0]))
    found: Bools = (marks @ holds).toarray() >= TWO
    return found


def violated(holds: csc_array, shares: Floats, known: set[tuple[int, ...]]) -> Ints:
    """Give the rows of the cuts that a solution of the linear programme violates most, those known left out.

    Parameters
    ----------
    holds
        The rows of each caseload.
    shares
        How much of each caseload the solution takes.
    """
    some = np.flatnonzero(shares > NO_PRICE)
    part = holds[:, some]
    together = (part * shares[some]) @ part.T
    candidates = _candidates(together.toarray(), LEAST_VIOLATED)
    if len(candidates) == 0:
        return candidates
    by = pays(candidates, part) @ shares[some] - 1.0
    found, used = list[tuple[int, ...]](), np.zeros(holds.shape[0], np.int64)
    for place in np.argsort(-by, kind="stable").tolist():
        rows = tuple(candidates[place].tolist())
        if by[place] < LEAST_VIOLATED or len(found) == MOST_A_ROUND:
            break
        if rows not in known and used[list(rows)].max() < MOST_OF_A_ROW:
            used[list(rows)] += 1
            found.append(rows)
    return np.array(found, np.int64).reshape(-1, OF_THREE)


@compiled
def _candidates(together: Floats, least: float) -> Ints:
    """Give the threes of rows whose pairs add up to more than one: all that are violated, and those with all three in one."""
    rows, number, found = len(together), 0, np.empty((64, 3), np.int64)
    for one in range(rows):
        for other in range(one + 1, rows):
            for third in range(other + 1, rows):
                if together[one, other] + together[one, third] + together[other, third] <= 1.0 + least:
                    continue
                if number == len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                found[number, 0], found[number, 1], found[number, 2] = one, other, third
                number += 1
    return found[:number]
