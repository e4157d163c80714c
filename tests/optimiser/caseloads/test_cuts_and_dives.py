"""Cuts and dives against every plan: no cut rules a plan out, no bound is false, and what a dive finds is a plan."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.sparse import csc_array

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints, Sheet
from allocation_engine.optimiser.caseloads.choose import caseloads_of, choose, list_all_within
from allocation_engine.optimiser.caseloads.cuts import NO_CUTS, violated
from allocation_engine.optimiser.caseloads.dive import dive
from allocation_engine.optimiser.caseloads.dive_under import dive_under
from allocation_engine.optimiser.caseloads.dual import nobody_waits, priced
from allocation_engine.optimiser.caseloads.even import AT_LENGTH
from allocation_engine.optimiser.caseloads.master import Climb, Pool
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.pricing import Prices
from allocation_engine.optimiser.caseloads.standing import standing_of, worst_ratio
from tests.optimiser.caseloads.every_caseload import caseloads, cheapest_and_dearest, sheets_of

NEVER_MORE = 1e-7
"""What bounds may be off by for rounding, and for integer steps in the choice [squared load ratio]."""


def of_pairs(rows: int, *pairs: tuple[int, ...]) -> csc_array:
    holds = np.zeros((rows, len(pairs)))
    for place, pair in enumerate(pairs):
        holds[list(pair), place] = 1.0
    return csc_array(holds)


def test_half_of_each_of_three_pairs_is_cut_off() -> None:
    holds = of_pairs(5, (1, 2), (2, 4), (1, 4), (0,), (3,))
    shares = np.array([0.5, 0.5, 0.5, 1.0, 1.0])
    assert violated(holds, shares, set()).tolist() == [[1, 2, 4]]
    assert len(violated(holds, shares, {(1, 2, 4)})) == 0, "a cut that is known is not added twice"


def test_a_caseload_with_all_three_rows_counts_once() -> None:
    holds = of_pairs(3, (0, 1, 2), (0, 1, 2))
    assert len(violated(holds, np.array([0.5, 0.5]), set())) == 0


def climbs() -> Iterator[tuple[Sheet, Climb, Ints, float]]:
    """Give good prices, with cuts where they help, the dearest plan, and what the cheapest costs."""
    for number, sheet in sheets_of(160, (2, 4), (4, 7)):
        dice = np.random.default_rng(number)
        prices = Prices(dice.uniform(0.0, 1.0, len(sheet.rows)), np.zeros(len(sheet.items)), 1.0, UNTIL_SETTLED, 1e-9)
        ends = cheapest_and_dearest(sheet, prices)
        if not ends:
            continue
        (least, _), (_, plan) = ends
        pool = Pool(sheet, prices.lin, 1.0)
        pool.add_plan(plan)
        climb = Climb(pool, priced(sheet, prices, nobody_waits), 1)
        for _ in range(6):
            for _ in range(60):
                if not climb.done:
                    climb.step(None)
            if not climb.cut():
                break
        yield sheet, climb, plan, least


@pytest.fixture(scope="module")
def climbed() -> list[tuple[Sheet, Climb, Ints, float]]:
    return list(climbs())


def means() -> Means:
    return Means(1.0, 0, 1, lambda _value, _bound: True, lambda: None)


def test_no_bound_is_above_the_cheapest_plan(climbed: list[tuple[Sheet, Climb, Ints, float]]) -> None:
    assert len(climbed) > 40, "too few problems in which everything can be placed"
    assert any(len(climb.base.prices.cuts.price) for _, climb, _, _ in climbed), "no cut was ever worth a price"
    for _, climb, _, least in climbed:
        assert climb.base.bound <= least + NEVER_MORE


def test_what_a_dive_finds_is_a_plan_at_its_cost(climbed: list[tuple[Sheet, Climb, Ints, float]]) -> None:
    nearer = 0
    for sheet, climb, plan, least in climbed:
        pool = Pool(sheet, climb.pool.lin, 1.0)
        pool.join(climb.pool)
        costs = climb.base.prices._replace(row=np.zeros(len(sheet.rows)))
        loads = np.bincount(sheet.items["worker"][plan], sheet.items["load"][plan], minlength=len(sheet.rooms))
        dearest = float((loads * (2.0 * sheet.rooms["ratio"] + loads)).sum())
        dived = dive(pool, climb, plan, dearest, 5.0, means(), 80)
        assert sheet.items["row"][dived.item_of].tolist() == list(range(len(sheet.rows)))
        plain = costs._replace(cuts=NO_CUTS)
        cost = 0.0
        for worker, items in caseloads_of(sheet, dived.item_of).items():
            cost -= caseloads(sheet, plain, worker)[items]
        assert cost == pytest.approx(dived.cost, abs=1e-9)
        assert least - NEVER_MORE <= dived.cost <= dearest
        nearer += dived.cost <= least + NEVER_MORE
    assert nearer > 0.7 * len(climbed), "dives seldom find the cheapest plan, though these are small"


def test_with_cuts_the_cheapest_plan_is_among_those_listed(climbed: list[tuple[Sheet, Climb, Ints, float]]) -> None:
    for sheet, climb, plan, least in climbed:
        pool, base = Pool(sheet, climb.pool.lin, 1.0), climb.base
        pool.add_plan(plan)
        gap = least - base.bound + NEVER_MORE
        assert list_all_within(pool, base.prices, base.worths, gap, AT_LENGTH, lambda: True)
        chosen = choose(pool, base, plan, 5.0, 0, None, proves=True)
        assert chosen is not None
        assert chosen.cost == pytest.approx(least, abs=NEVER_MORE)
        assert chosen.bound <= least + NEVER_MORE


def test_a_plan_is_found_under_a_ceiling_mostly_where_there_is_one_and_never_where_there_is_none() -> None:
    found_of, possible_of = 0, 0
    for _, sheet in sheets_of(120, (2, 4), (4, 7)):
        prices = Prices(np.zeros(len(sheet.rows)), np.zeros(len(sheet.items)), 1.0, UNTIL_SETTLED)
        ends = cheapest_and_dearest(sheet, prices)
        if not ends:
            continue
        (_, (_, plan)) = ends
        ceiling = 0.85 * worst_ratio(sheet, standing_of(sheet, plan, np.inf, 0))
        possible = bool(cheapest_and_dearest(sheet, prices._replace(ceiling=ceiling)))
        found, effort = dive_under(sheet, plan, ceiling, 5.0, means())
        assert effort >= 0.0
        if found is not None:
            assert possible
            assert worst_ratio(sheet, standing_of(sheet, found, np.inf, 0)) <= ceiling + NEVER_MORE
        found_of, possible_of = found_of + (found is not None), possible_of + possible
    assert 10 < possible_of <= 1.4 * found_of, "dives seldom find the plans that there are"
