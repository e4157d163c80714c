"""Plans by diving: what the linear programme nearly decides is decided, caseloads are priced anew, and so on to a plan.

Choosing among the caseloads that good prices need finds plans only as good as these happen to fit together. A dive prices
new ones for what is left at each step, so they fit. Where a dive ends in vain, the last few decisions are taken back.

References
----------
.. [1] R. Sadykov, F. Vanderbeck, A. Pessoa, I. Tahiri, E. Uchoa (2019), Primal heuristics for branch and price: the assets
   of diving methods, INFORMS Journal on Computing 31:251-267, for diving with limited discrepancy.
"""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Bools, Floats, Ints
from allocation_engine.optimiser.caseloads.cuts import at_prices
from allocation_engine.optimiser.caseloads.dual import nobody_waits, priced
from allocation_engine.optimiser.caseloads.master import Climb, Pool, Programme, effort_of_a_step
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.reshare import cost_of_plan

WIDE_BOX = 20.0
"""Half the width of the box for prices, in mean prices: what stays outside costs so much more than any caseload."""

NEARLY, LIKELY, SHARE = 0.8, 0.5, 8
"""Fractions [1] from which a row's taker is decided in any case, and from which for one in so many of the rows left open."""

ROUNDS, LITTLE, STEPS, SLACK = 6, 0.02, 2_000, 1e-7
"""Pricings at each step of a dive at most, the share of what is open below which another is not worth it, and the steps
and the slack of a worker's pricing."""

DISCREPANCIES, AFTER_A_PLAN = 3, 30
"""Decisions in a dive that may be taken back, and steps in vain after which diving ends once a better plan is found: whoever
dives next has better prices."""

NEVER = 1e6
"""Cost of an item that is ruled out."""

WHOLE, LEAST_GAIN = 1e-6, 1e-9
"""What of a row is rounding, and by how much a better plan is to cost less."""


class Dived(NamedTuple):
    """The items of the best plan, what it costs, and the effort spent."""

    item_of: Ints
    cost: float
    effort: float


def dive(pool: Pool, climb: Climb, plan: Ints, cost: float, effort: float, means: Means, most: int) -> Dived:
    """Dive for plans that cost less than one at hand.

    Parameters
    ----------
    pool
        Caseloads found, those of the plan among them; it gets those that are priced on the way.
    climb
        Prices near the best, and cuts.
    effort
        Deterministic seconds at most.
    most
        Steps in vain after which it ends, before a better plan is found.
    """
    base = climb.base
    diver = _Diver(pool, climb, plan, cost, means)
    stack = [(np.zeros(len(pool.sheet.items), np.bool_), DISCREPANCIES)]
    in_vain = 0
    while stack and diver.spent < effort and in_vain < most and means.going(diver.cost, base.bound):
        barred, discrepancies = stack.pop()
        before = diver.cost
        decided = diver.decide(barred)
        if len(decided) and discrepancies:
            other = barred.copy()
            other[decided[0]] = True
            stack.append((other, discrepancies - 1))
        if len(decided):
            stack.append((diver.only(barred, decided), discrepancies))
        gained = before - diver.cost
        in_vain = 0 if gained > LITTLE * (before - base.bound) else in_vain + 1
        most = AFTER_A_PLAN if gained > 0.0 else most
    return Dived(diver.item_of, diver.cost, diver.spent)


class _Diver:
    """The programme from which dives begin, and the best plan so far."""

    def __init__(self, pool: Pool, climb: Climb, plan: Ints, cost: float, means: Means) -> None:
        self.pool, self.sheet, self.base, self.means = pool, pool.sheet, climb.base, means
        self.item_of, self.cost, self.spent = plan, cost, 0.0
        self.row = self.sheet.items["row"].astype(np.int64)
        self.programme = Programme(pool)
        self.programme.cut(climb.programme.cuts)
        centre = self.base.prices.row
        self.programme.aim(centre, WIDE_BOX * max(float(np.abs(centre).mean()), 1e-9))

    def _solve(self, barred: Bools) -> Floats | None:
        """Price caseloads without the items ruled out; give how much of each item is taken, None if no better plan is left.

        It is in vain as soon as the caseloads known cost too much, though others might not: a dive is no proof.
        """
        self.programme.rule_out(barred)
        prices = self.base.prices._replace(lin=self.pool.lin + NEVER * barred, nodes=STEPS, slack=SLACK)
        last, enough = np.inf, self.cost - LEAST_GAIN
        for _ in range(ROUNDS):
            solved = self.programme.solve(self.means.seconds_left())
            if solved is None:
                return None
            value, row, cut, free = solved
            if free and last - value < LITTLE * max(self.cost - value, 0.0):
                break
            last = value
            prices = prices._replace(row=row, cuts=at_prices(self.programme.cuts, cut, len(row)))
            now = priced(self.sheet, prices, nobody_waits, self.means.threads)
            self.spent += effort_of_a_step(self.pool)
            if now.bound >= enough:
                return None
            if not self.pool.add(now.chosen):
                break
        solved = self.programme.solve(self.means.seconds_left())
        if solved is None or solved.value >= enough:
            return None
        return self._fractions()

    def _fractions(self) -> Floats:
        found = np.zeros(len(self.sheet.items))
        shares = self.programme.shares()
        for place in np.flatnonzero(shares > LEAST_GAIN).tolist():
            found[list(self.pool.items[place])] += shares[place]
        return found

    def decide(self, barred: Bools) -> Ints:
        """Give the items to be decided next, the surest first; none if it is in vain, or if all are whole: that plan is kept."""
        fractions = self._solve(barred)
        if fractions is None:
            return np.zeros(0, np.int64)
        order = np.lexsort((fractions, self.row))
        last = np.flatnonzero(np.diff(self.row[order], append=len(self.sheet.rows)))
        most = order[last]  # of each row the item that is taken most
        open_items = most[fractions[most] < 1.0 - WHOLE]
        if len(open_items) == 0:
            self._keep(most)
            return open_items
        open_items = open_items[np.argsort(-fractions[open_items], kind="stable")]
        number = len(open_items)
        sure = int((fractions[open_items] >= NEARLY).sum())
        likely = min(int((fractions[open_items] >= LIKELY).sum()), number // SHARE)
        return open_items[: max(1, min(max(sure, likely), number // 4))]

    def _keep(self, item_of: Ints) -> None:
        cost = cost_of_plan(self.sheet, item_of, self.pool.lin, self.pool.curve)
        if cost < self.cost:
            self.cost, self.item_of = cost, item_of

    def only(self, barred: Bools, decided: Ints) -> Bools:
        """Rule out all other items of the rows that are decided."""
        found = barred | np.isin(self.row, self.row[decided])
        found[decided] = barred[decided]
        return found
