"""Evening out what is too large to take whole: annealed as one, then community by community, with one bound over all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from allocation_engine.optimiser.caseloads.anneal import Goal, anneal
from allocation_engine.optimiser.caseloads.arrays import Ints
from allocation_engine.optimiser.caseloads.dual import improve, nobody_waits, priced
from allocation_engine.optimiser.caseloads.even import COLD, HOT, LISTED_BY_PRICES, SLACK, Evened, even_out
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.pricing import Prices
from allocation_engine.optimiser.caseloads.relaxed import Relaxation, relaxation
from allocation_engine.optimiser.caseloads.standing import rise_in_all, standing_of
from allocation_engine.optimiser.caseloads.tangents import communities, prices_of_rows

COMMUNITY = 60
"""Workers in a community, at most: as many as column generation takes in seconds."""

TRIES_A_ROW = 4_000


def even_by_parts(rules: Relaxation, start: Ints, ceiling: float, means: Means) -> Evened:
    """Even out a large sheet.

    Workers who share many cases form communities. Each is evened out by itself, with the cases it holds in the plan so
    far; its prices, put together, prove a bound over everybody, links between communities included.
    """
    sheet = rules.sheet
    placed = np.flatnonzero(start >= 0)
    standing = standing_of(sheet, start, ceiling, means.seed)
    anneal(sheet, standing, Goal(1.0, 0.0, 0.0), placed, TRIES_A_ROW * len(placed), HOT, COLD)
    item_of, best = standing.item_of.copy(), rise_in_all(sheet, standing)
    groups = communities(rules, COMMUNITY)
    row = np.zeros(len(sheet.rows))
    going = means.going(best, 0.0)
    each = replace(means, threads=1, lists_all=False, effort=max(means.effort * means.threads / len(groups), 0.2))

    def even(group: Ints) -> tuple[Ints, Ints, Evened] | None:
        rows = np.flatnonzero(np.isin(sheet.items["worker"][item_of], group))
        if len(rows) == 0 or not going:
            return None
        part = part_of(sheet, group, rows)
        local = part.places_of(item_of[rows])
        units = rules.unit_of_row[rows]
        _, unit_of_row = np.unique(units, return_inverse=True)
        return rows, part.items, even_out(relaxation(part.sheet, unit_of_row), local, ceiling, each)

    with ThreadPoolExecutor(means.threads) as pool:
        answers = list(pool.map(even, groups))
    for group, answer in zip(groups, answers, strict=True):
        if answer is None:
            row = np.maximum(row, prices_of_rows(rules, ceiling, group))
            continue
        rows, items, evened = answer
        item_of[rows] = items[evened.item_of]
        row[rows] = evened.row_prices
    best = rise_in_all(sheet, standing_of(sheet, item_of, ceiling, means.seed))
    slack = SLACK * best / len(sheet.rooms)
    base = priced(sheet, Prices(row, np.zeros(len(sheet.items)), 1.0, ceiling, slack), nobody_waits, means.threads)
    if means.going(best, base.bound):
        steps = int(10 + 2 * means.effort)
        base = improve(
            sheet,
            base,
            best,
            steps,
            nobody_waits,
            threads=means.threads,
            keep_going=lambda bound: means.going(best, bound),
        )
    return Evened(item_of, best, base.bound, LISTED_BY_PRICES, base.prices.row, None)
