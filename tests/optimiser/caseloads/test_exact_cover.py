"""Searches through listed caseloads against every plan that they make: the least cost, the first by later aims, any at all."""

import numpy as np
import pytest

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.caseloads.arrays import Ints
from allocation_engine.optimiser.caseloads.exact_cover import Asked, Best, Listed, new_walk, search
from allocation_engine.optimiser.caseloads.master import Pool
from allocation_engine.optimiser.caseloads.searched import any_within, first_by_aims, least_cost
from tests.optimiser.caseloads.every_listed_plan import LATER, every_plan, services, values_of


def test_the_least_cost_of_all_plans_is_found() -> None:
    without = found = 0
    for sheet, pool, base in services():
        costs = [sum(pool.cost[place] for place in plan) for plan in every_plan(sheet, pool)]
        searched = least_cost(pool, base, 1e9)
        assert searched.whole
        if not costs:
            assert searched.item_of is None
            without += 1
            continue
        assert searched.item_of is not None
        assert searched.cost == pytest.approx(min(costs), abs=1e-8)
        assert np.array_equal(np.sort(sheet.items["row"][searched.item_of]), np.arange(len(sheet.rows)))
        assert least_cost(pool, base, min(costs) - 1e-6).item_of is None, "a plan that costs too much"
        found += 1
    assert without
    assert found > 20, "too few services with a plan"


def test_among_plans_that_cost_no_more_the_first_by_later_aims_is_found() -> None:
    compared = 0
    for sheet, pool, base in services():
        plans = list(every_plan(sheet, pool))
        costs = [sum(pool.cost[place] for place in plan) for plan in plans]
        for most in np.quantile(costs, [0.1, 0.5]).tolist() if len(plans) > 2 else []:
            allowed = [
                values_of(sheet, pool, plan) for plan, cost in zip(plans, costs, strict=True) if cost <= most + 1e-9
            ]
            searched = first_by_aims(pool, base, most, LATER)
            assert searched.whole
            assert searched.values == pytest.approx(min(allowed), abs=1e-8)
            matching = first_by_aims(pool, base, most, (Aim.MATCH,))
            assert matching.values == pytest.approx((min(one[1] for one in allowed),), abs=1e-8)
            compared += len(allowed)
    assert compared > 250, "too few plans to compare"


def test_any_plan_near_enough_to_the_best_caseloads_is_found_or_there_is_none() -> None:
    seen = set()
    for sheet, pool, base in services():
        above = np.maximum(pool.above(base), 0.0)
        far = [float(above[list(plan)].sum()) for plan in every_plan(sheet, pool)]
        free = Pool(sheet, pool.lin, 0.0)
        free.join(pool)
        for most in (0.0, *(np.quantile(far, [0.0, 0.5]).tolist() if far else ())):
            searched = any_within(free, above, most)
            assert searched.whole or searched.item_of is not None
            there_is = any(one <= most + 2e-9 for one in far)
            assert (searched.item_of is not None) == there_is
            seen.add(there_is)
    assert seen == {True, False}


@pytest.mark.parametrize("rows", [7, 64, 65, 140])
def test_rows_of_any_number_fit_into_masks(rows: int) -> None:
    """Given five workers, a plan hidden among caseloads of chance, and hundreds of rows or few."""
    for seed in range(20):
        dice = np.random.default_rng([seed, rows])
        owner = dice.integers(0, 5, rows)
        kept = [[np.flatnonzero(owner == worker)] for worker in range(5)]
        for _ in range(30):  # other ways to share out what two workers hold, and what leads nowhere
            one, other = dice.choice(5, 2, replace=False)
            both = np.concatenate((kept[one][0], kept[other][0]))
            split = dice.random(len(both)) < 0.5
            kept[one].append(both[split])
            kept[other].append(both[~split] if dice.random() < 0.7 else dice.choice(rows, 3, replace=False))
        costs = [dice.uniform(0.0, 1.0, len(mine)) for mine in kept]
        order = [np.argsort(cost, kind="stable") for cost in costs]
        flat = [np.asarray(kept[worker][place], np.int64) for worker in range(5) for place in order[worker]]
        masks = np.zeros((len(flat), -(-rows // 64)), np.uint64)
        for place, mine in enumerate(flat):
            for row in mine.tolist():
                masks[place, row // 64] |= np.uint64(1 << (row % 64))
        cost = np.concatenate([costs[worker][order[worker]] for worker in range(5)])
        listed = Listed(
            masks,
            np.cumsum([0, *(len(mine) for mine in kept)]).astype(np.int64),
            np.cumsum([0, *(len(mine) for mine in flat)]).astype(np.int64),
            np.concatenate(flat),
            cost,
            cost,
            np.zeros((len(flat), 0)),
            np.zeros((len(flat), 0)),
        )
        best = Best(np.full(5, -1, np.int64), np.zeros(0), np.array([np.inf]))
        asked = Asked(5.0, 0.0, np.zeros(0, np.int64), 1_000_000)
        assert search(listed, asked, new_walk(listed, rows), best) < 1_000_000
        assert best.cost[0] == pytest.approx(_least_by_trying(flat, listed.first, cost, rows), abs=1e-8)


def _least_by_trying(flat: list[Ints], first: Ints, cost: np.ndarray, rows: int) -> float:
    """Give what the cheapest share costs, worker by worker over all sets of rows that can be taken by then."""
    reached = {0: 0.0}
    for worker in range(len(first) - 1):
        now: dict[int, float] = {}
        for place in range(int(first[worker]), int(first[worker + 1])):
            mask = sum(1 << int(row) for row in flat[place])
            for taken, so_far in reached.items():
                if not taken & mask:
                    now[taken | mask] = min(now.get(taken | mask, np.inf), so_far + float(cost[place]))
        reached = now
    return reached[(1 << rows) - 1]
