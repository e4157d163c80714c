"""The levels after the squares: the same whether every plan is searched through or CP-SAT chooses, and never above a plan as even."""

import numpy as np
import pytest

from allocation_engine.optimiser.caseloads import later
from allocation_engine.optimiser.caseloads.even import ALL_LISTED, Evened, Listed
from allocation_engine.optimiser.caseloads.later import settle_later
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.searched import Searched, least_cost
from tests.optimiser.caseloads.every_listed_plan import LATER, every_plan, services, values_of

MEANS = Means(effort=5.0, seed=0, threads=1, going=lambda _, __: True, seconds_left=lambda: None)
IN_VAIN = Searched(whole=False, item_of=None, cost=np.inf, values=(), effort=0.0)


@pytest.mark.parametrize("searched", [True, False])
def test_no_plan_as_even_is_better_at_a_later_level(monkeypatch: pytest.MonkeyPatch, *, searched: bool) -> None:
    if not searched:
        monkeypatch.setattr(later, "first_by_aims", lambda *_: IN_VAIN)
    ties = 0
    for sheet, pool, base in services(alike=True):
        best = least_cost(pool, base, 1e9)
        if best.item_of is None:
            continue
        evened = Evened(best.item_of, best.cost, best.cost, ALL_LISTED, np.zeros(len(sheet.rows)), Listed(pool, base))
        _, settled = settle_later(Listed(pool, base), evened, LATER, MEANS)
        as_even = [
            values_of(sheet, pool, plan)
            for plan in every_plan(sheet, pool)
            if sum(pool.cost[place] for place in plan) <= best.cost + 1e-9
        ]
        assert [settled[aim][0] for aim in LATER] == pytest.approx(min(as_even), abs=1e-4)
        ties += len(as_even) > 1
    assert ties > 8, "too few services with plans that are as even"
