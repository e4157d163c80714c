"""Every caseload of a worker, and the best of all plans, by trying all of them: what searches are held against."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Ints, Sheet
from allocation_engine.optimiser.caseloads.cuts import TWO
from allocation_engine.optimiser.caseloads.fits import (
    NEW,
    clash,
    count_in,
    empty_tally,
    in_one_area,
    is_mixed,
    within_caps,
)
from allocation_engine.optimiser.caseloads.pricing import Prices
from allocation_engine.optimiser.caseloads.table import make_table
from allocation_engine.optimiser.solve import in_canonical_order
from tests.optimiser.drawn_problems import numbered_problem
from tests.optimiser.problem_maker import Play

BINDING = frozenset(Play) - {Play.PINNED, Play.CASELOAD_MINIMUM}


def sheets_of(number: int, workers: tuple[int, int], cases: tuple[int, int]) -> Iterator[tuple[int, Sheet]]:
    """Give small problems as arrays, numbered; those without a row are left out."""
    for one in range(number):
        sheet = make_table(in_canonical_order(numbered_problem(one, workers, cases, BINDING))).sheet
        if len(sheet.rows):
            yield one, sheet


def caseloads(sheet: Sheet, prices: Prices, worker: int) -> dict[tuple[int, ...], float]:
    """Give every caseload that keeps the rules, and its worth."""
    found, mine = {}, range(int(sheet.at[worker]), int(sheet.at[worker + 1]))
    for size in range(len(mine) + 1):
        for items in combinations(mine, size):
            tally, chosen = empty_tally(sheet.row_harm.shape[1]), np.array(items, np.int64)
            for item in items:
                count_in(sheet, tally, item, 1)
            rows = sheet.items["row"][chosen]
            if size and (
                any(clash(sheet, one, other) for one, other in combinations(rows, 2))
                or not within_caps(sheet, prices.ceiling, worker, tally)
                or not is_mixed(sheet, worker, tally)
                or not in_one_area(sheet, worker, chosen, size, tally.numbers[NEW])
            ):
                continue
            load = float(sheet.items["load"][chosen].sum())
            gross = float(prices.row[rows].sum() - prices.lin[chosen].sum())
            for three, price in zip(prices.cuts.rows, prices.cuts.price, strict=True):
                gross -= float(price) if np.isin(rows, three).sum() >= TWO else 0.0
            found[items] = gross - load * (2.0 * float(sheet.rooms[worker]["ratio"]) + load)
    return found


def cheapest_and_dearest(sheet: Sheet, prices: Prices) -> list[tuple[float, Ints]]:
    """Give the least and the most that a plan can cost that takes every row, each with its items; nothing if there is none."""
    rows, costs = len(sheet.rows), prices._replace(row=np.zeros(len(sheet.rows)))
    found: list[tuple[float, Ints]] = []
    for sign in (1.0, -1.0):
        best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
        for worker in range(len(sheet.rooms)):
            now: dict[int, tuple[float, tuple[int, ...]]] = {}
            for items, worth in caseloads(sheet, costs, worker).items():
                mask = sum(1 << int(row) for row in sheet.items["row"][list(items)])
                for taken, (cost, so_far) in best.items():
                    if not taken & mask:
                        step = cost - worth, so_far + items
                        other = now.get(taken | mask)
                        if other is None or sign * step[0] < sign * other[0]:
                            now[taken | mask] = step
            best = now
        if (1 << rows) - 1 not in best:
            return []
        cost, items = best[(1 << rows) - 1]
        item_of = np.empty(rows, np.int64)
        item_of[sheet.items["row"][list(items)]] = items
        found.append((cost, item_of))
    return found
