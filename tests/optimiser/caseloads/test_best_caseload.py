"""Searches for one worker's caseloads against every set of items: no bound is too low however early one stops, no list short."""

from collections.abc import Iterator

import numpy as np
import pytest

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Sheet
from allocation_engine.optimiser.caseloads.cuts import OF_THREE, at_prices
from allocation_engine.optimiser.caseloads.fits import is_mixed
from allocation_engine.optimiser.caseloads.listing import FEW_STEPS, list_caseloads, new_listing
from allocation_engine.optimiser.caseloads.prices import begin
from allocation_engine.optimiser.caseloads.pricing import (
    UNCOUNTED,
    Prices,
    best_caseload,
    look_ahead,
    scarcest,
    step,
)
from tests.optimiser.caseloads.every_caseload import caseloads, sheets_of

MOST_ITEMS = 9


def sheets() -> Iterator[tuple[int, Sheet]]:
    for number, sheet in sheets_of(80, (1, 3), (3, 8)):
        if np.diff(sheet.at).max(initial=0) <= MOST_ITEMS:
            yield number, sheet


def priced_at_random(number: int, sheet: Sheet) -> Iterator[Prices]:
    dice = np.random.default_rng(number)
    for scale, over in ((0.3, np.inf), (1.0, 0.503), (3.0, 0.203)):  # sums of round loads would meet a round ceiling
        ceiling = min(float(np.median(sheet.rooms["ratio"])) + over, UNTIL_SETTLED)
        prices = Prices(dice.uniform(0.0, scale, len(sheet.rows)), np.zeros(len(sheet.items)), 1.0, ceiling, 1e-10)
        yield prices
        if len(sheet.rows) >= OF_THREE:
            threes = np.array([np.sort(dice.choice(len(sheet.rows), OF_THREE, replace=False)) for _ in range(4)])
            yield prices._replace(cuts=at_prices(threes, dice.uniform(0.0, scale, 4), len(sheet.rows)))


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


@pytest.mark.parametrize("cells", [3, 64])
def test_where_the_room_for_cases_is_counted_the_best_caseload_is_found_all_the_same(cells: int) -> None:
    counted = 0
    for number, sheet in sheets():
        for prices in priced_at_random(number, sheet):
            for worker in range(len(sheet.rooms)):
                search = begin(sheet, prices, worker)
                if scarcest(search) == UNCOUNTED:
                    continue
                walk, best = look_ahead(sheet, search, len(search.order), cells, scarcest(search)), 0.0
                while step(sheet, search, walk, best + prices.slack, 1_000_000):
                    if is_mixed(sheet, worker, search.tally):
                        best = max(best, float(walk.worth[walk.at[0]]))
                assert best == pytest.approx(max(caseloads(sheet, prices, worker).values()), abs=1e-9)
                counted += 1
    assert counted > 50, "too few workers whose room for cases runs out"


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
