"""A plan under a ceiling, by diving: prices that keep the squares low spread the load, and so find room where little is left."""

from dataclasses import replace

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Ints, Sheet
from allocation_engine.optimiser.caseloads.dive import SLACK, STEPS, dive
from allocation_engine.optimiser.caseloads.dual import nobody_waits, priced
from allocation_engine.optimiser.caseloads.fits import LOAD
from allocation_engine.optimiser.caseloads.master import SECONDS_A_PRICING, Climb, Pool
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.pricing import Prices
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.reshare import cost_of_plan
from allocation_engine.optimiser.caseloads.standing import standing_of
from allocation_engine.optimiser.caseloads.tangents import prices_of_rows

CLIMBS, CLOSE_ENOUGH = 40, 1e-4
"""Steps to higher prices before the dive at most, and the gap [1] at which they are good enough."""

MOST_IN_VAIN = 40
"""Steps after which diving ends: where there is a plan, the first dives find it."""

FARTHEST = 1.5
"""How many times the squares of the plan at hand those of a plan under the ceiling may come to."""


def dive_under(sheet: Sheet, plan: Ints, ceiling: float, effort: float, means: Means) -> tuple[Ints | None, float]:
    """Dive for any plan under a ceiling.

    Parameters
    ----------
    plan
        A plan above the ceiling.
    effort
        Deterministic seconds that the dive may take.

    Returns
    -------
    tuple[Ints | None, float]
        The items of the plan, None if none was found; and the effort spent.
    """
    lin = np.zeros(len(sheet.items))
    loads = standing_of(sheet, plan, np.inf, means.seed).sums[:, LOAD]
    row = prices_of_rows(relaxation(sheet, np.arange(len(sheet.rows))), ceiling, loads, means.seconds_left())
    base = priced(sheet, Prices(row, lin, 1.0, ceiling, SLACK, STEPS), nobody_waits, means.threads)
    most = FARTHEST * cost_of_plan(sheet, plan, lin, 1.0)
    climb, steps = Climb(Pool(sheet, lin, 1.0), base, means.threads, STEPS), 0
    while steps < CLIMBS and not climb.done and climb.base.bound < most:
        if climb.promised - climb.base.bound <= CLOSE_ENOUGH * most:
            break
        climb.step(means.seconds_left())
        steps += 1
    until_found = replace(means, going=lambda value, bound: value >= most and means.going(value, bound))
    dived = dive(climb.pool, climb, plan, most, effort, until_found, MOST_IN_VAIN)
    return dived.item_of if dived.cost < most else None, dived.effort + steps * SECONDS_A_PRICING * len(sheet.rooms)
