"""Searches for one worker's caseloads against every set of items: no bound is too low however early one stops, no list short."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Sheet
from allocation_engine.optimiser.caseloads.fits import (
    NEW,
    clash,
    count_in,
    empty_tally,
    in_one_area,
    is_mixed,
    within_caps,
)
from allocation_engine.optimiser.caseloads.listing import FEW_STEPS, list_caseloads, new_listing
from allocation_engine.optimiser.caseloads.pricing import Prices, best_caseload
from allocation_engine.optimiser.caseloads.table import make_table
from allocation_engine.optimiser.solve import in_canonical_order
from tests.optimiser.drawn_problems import numbered_problem
from tests.optimiser.problem_maker import Play

MOST_ITEMS = 9
BINDING = frozenset(Play) - {Play.PINNED, Play.CASELOAD_MINIMUM}


def sheets() -> Iterator[tuple[int, Sheet]]:
    for number in range(80):
        sheet = make_table(in_canonical_order(numbered_problem(number, (1, 3), (3, 8), BINDING))).sheet
        if len(sheet.rows) and np.diff(sheet.at).max(initial=0) <= MOST_ITEMS:
            yield number, sheet


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
            found[items] = gross - load * (2.0 * float(sheet.rooms[worker]["ratio"]) + load)
    return found


def priced_at_random(number: int, sheet: Sheet) -> Iterator[Prices]:
    dice = np.random.default_rng(number)
    for scale, over in ((0.3, np.inf), (1.0, 0.503), (3.0, 0.203)):  # sums of round loads would meet a round ceiling
        ceiling = min(float(np.median(sheet.rooms["ratio"])) + over, UNTIL_SETTLED)
        yield Prices(dice.uniform(0.0, scale, len(sheet.rows)), np.zeros(len(sheet.items)), 1.0, ceiling, 1e-10)


@pytest.mark.parametrize("steps", [1, 4, 16, 1_000_000])
def test_no_caseload_is_worth_more_than_the_bound_wherever_the_search_stops(steps: int) -> None:
    for number, sheet in sheets():
        for prices in priced_at_random(number, sheet):
            out = np.empty(len(sheet.rows) + 1, np.int64)
            for worker in range(len(sheet.rooms)):
                bound, length = best_caseload(sheet, prices._replace(nodes=steps), worker, out)
                worths = caseloads(sheet, prices, worker)
                assert max(worths.values()) <= bound + 1e-12
                assert tuple(sorted(out[:length].tolist())) in worths


def test_every_caseload_that_is_worth_enough_is_listed_and_no_other() -> None:
    compared = 0
    for number, sheet in sheets():
        for prices in priced_at_random(number, sheet):
            for worker in range(len(sheet.rooms)):
                worths = caseloads(sheet, prices, worker)
                least = float(np.quantile(list(worths.values()), 0.6)) - 1e-9
                listing = new_listing(1 << MOST_ITEMS)
                assert list_caseloads(sheet, prices, worker, least, listing, 50 * FEW_STEPS)
                spans = (listing.items[listing.at[k] : listing.at[k + 1]] for k in range(int(listing.number[0])))
                listed = sorted(tuple(sorted(items.tolist())) for items in spans)
                assert listed == sorted(items for items, worth in worths.items() if worth >= least)
                compared += len(listed)
    assert compared > 1_000, "too few caseloads to compare"
