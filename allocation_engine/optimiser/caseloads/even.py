"""The squares as low as can be under a ceiling: annealed, shared out anew in groups, and bounded by prices for the cases."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.anneal import Goal, anneal_in_slices
from allocation_engine.optimiser.caseloads.arrays import Floats, Ints
from allocation_engine.optimiser.caseloads.choose import Most, choose, list_all_within, list_nearest
from allocation_engine.optimiser.caseloads.dive import dive
from allocation_engine.optimiser.caseloads.dual import Priced, nobody_waits, priced, sharpened
from allocation_engine.optimiser.caseloads.fits import LOAD
from allocation_engine.optimiser.caseloads.master import FIRST_BOX, NEAR_BOX, Climb, Pool, effort_of_a_step
from allocation_engine.optimiser.caseloads.means import Means, for_a_share
from allocation_engine.optimiser.caseloads.parts import near_to_near
from allocation_engine.optimiser.caseloads.pricing import MOST_NODES, Prices
from allocation_engine.optimiser.caseloads.regroup import Judged
from allocation_engine.optimiser.caseloads.relaxed import Relaxation
from allocation_engine.optimiser.caseloads.reshare import NEAREST_EACH, Neighbours, busy, shared_anew
from allocation_engine.optimiser.caseloads.rounds import Rounds
from allocation_engine.optimiser.caseloads.searched import least_cost
from allocation_engine.optimiser.caseloads.standing import Standing, rise_in_all, standing_of
from allocation_engine.optimiser.caseloads.tangents import prices_of_rows

HOT, COLD = 3e-2, 3e-5
"""Temperatures between which squares are annealed [squared load ratio]: a case's rise, and far below it."""

TRIES_A_ROW, TRIES_A_SECOND, MOST_TRIES = 4_000, 300_000, 2_000_000
"""Changes annealed for each row, for each second of effort, and at most."""

ANNEAL_SHARE = 0.35
"""Share of the seconds left by the clock that annealing may take."""

SECONDS_A_TRY, SECONDS_A_WORKER, SECONDS_A_NODE = 6e-7, 1.5e-3, 4e-7
"""What things take [deterministic seconds]: a change annealed; a round of sharing out, for each worker; and a step of a long
pricing."""

MOST_ROUNDS, ROUNDS_IN_VAIN, WHERE_STUCK = 12, 2, 6
"""Rounds of sharing out small groups in a turn at most, those in vain after which prices come first, and those in vain
where a choice among all was too: once through the sizes of groups."""

STEPS_A_TURN, CLIMBED, CLOSE_TO_BEST, CLOSELY, AS_CLOSE_AS_CAN_BE = 40, 0.1, 2e-4, 2e-5, 1e-7
"""Steps to higher prices in one turn; the share of what is open that better prices may leave open; the gaps [1] that they
may leave where all workers are one group, while much is open, and afterwards or before a dive: which caseloads are nearest
then depends on these prices alone; and the gap that slack and rounding leave."""

SIZES, AT_ONCE, WIDE, GROUPS_IN_VAIN, GROUPS_A_TURN = (14, 24, 36, 48), 64, 5e-4, 6, 4
"""Workers in the groups that are shared out anew, one size after the other; workers up to whom all are one group; the
gap [1] down to which smaller groups follow where that was in vain; groups that gain little before the next size comes; and groups in a turn."""

MOST_EACH = 1_000
"""Caseloads listed for each worker at most where all are one group."""

FIRST_CHOICE, LONGEST_CHOICE, LONGER, LEAST_CHOICE = 0.03, 30.0, 2.0, 5.0
"""Deterministic seconds that a choice takes for each worker of a group at first and in all at most, how much longer it
takes when all sizes were in vain, and what it takes at least where all workers are one group."""

ROUNDS_OF_CUTS, CUT_LITTLE, CUT_SHARE = 12, 0.01, 0.15
"""Rounds of cuts at most, the share of what is open that a round closes at least for another to follow, and the share of
the seconds left by the clock that they may take."""

DIVE_SHARE, DIVE_SECONDS_A_ROW, FIRST_DIVES, DIVES_AGAIN = 0.4, 0.03, 80, 40
"""Share of the effort that is left that may be spent on diving for plans; the seconds for each row that are to be left by
the clock for a dive to get to its end; and the steps in vain after which diving ends, at first and later."""

LEAST_LEFT = 0.1
"""Deterministic seconds that a last long pricing may take of each worker even where the effort is used up."""

QUICK_SLACK, CLIMBING_SLACK, EXACT_SLACK = 1e-6, 1e-9, 1e-10
"""What a worker's pricing may leave unfound [squared load ratio]: first, at least on the way, and at the end."""

LITTLE = 0.03
"""Share of the gap that a round must close for its groups to be tried again at once."""

PROVEN = 1e-9
"""Share of the squares by which a plan may be above a bound that counts as met."""

CLOSE_TO_LIST, CLOSER = 1e-2, 0.7
"""Gap [1] up to which listing every caseload is tried, and the share of that gap at which it is tried again."""

QUICKLY, AT_LENGTH = Most(2_000, 100_000), Most(20_000, 5_000_000)
"""What may be listed while prices can still become better, and once they are good: steps for about a second a worker."""

LISTED_BY_PRICES = "prices for the cases (Lagrangian relaxation, caseloads priced exactly)"
ALL_LISTED = "every caseload that a better plan could hold, chosen among by CP-SAT"


class Listed(NamedTuple):
    """Every caseload that a better plan could hold, and the prices that say so."""

    pool: Pool
    base: Priced


@dataclass(frozen=True)
class Evened:
    """A plan's items with its squares, the bound and what proves it, and the caseloads listed, if they are all that count."""

    item_of: Ints
    value: float
    bound: float
    proved_by: str
    row_prices: Floats
    complete: Listed | None


def even_out(relaxation: Relaxation, start: Ints, ceiling: float, means: Means) -> Evened:
    """Even out a sheet that linear programmes can take whole: a few hundred workers.

    Anneal; price the rows by a linear programme; share small groups out anew at these prices; then, turn by turn, raise
    the prices, by cuts too, dive for plans and share out larger groups, in the end all; and once little is left open,
    list every caseload that could be part of a better plan and choose among all.
    """
    search = _Search(relaxation, start, ceiling, means)
    search.anneal()
    search.price()
    search.small_groups()
    while search.going() and search.left > 0.0 and not search.in_vain:
        done = search.listed_where_few() or search.turn()
        if done is not None:
            return done
    search.sharpen(EXACT_SLACK, MOST_NODES)
    done = search.listed(AT_LENGTH) if means.lists_all and search.going() and search.gap <= CLOSE_TO_LIST else None
    return done or search.so_far()


class _Search:
    """The plan so far, the prices so far, and what is done with them turn by turn."""

    def __init__(self, relaxation: Relaxation, start: Ints, ceiling: float, means: Means) -> None:
        self.relaxation, self.sheet, self.ceiling, self.means = relaxation, relaxation.sheet, ceiling, means
        self.standing: Standing = standing_of(self.sheet, start, ceiling, means.seed)
        self.best, self.item_of = rise_in_all(self.sheet, self.standing), start
        self.lin = np.zeros(len(self.sheet.items))
        self.base: Priced | None = None
        self.listed_at = self.tried_at = CLOSE_TO_LIST
        self.dice = np.random.default_rng(means.seed)
        self.size, self.little, self.choice, self.each = 0, 0, FIRST_CHOICE, NEAREST_EACH
        self.in_vain = self.at_once = self.stuck = self.dives = False
        self.busy, self.patience = 0, FIRST_DIVES
        self.left = means.effort

    @property
    def bound(self) -> float:
        """The bound so far."""
        return -np.inf if self.base is None else self.base.bound

    @property
    def gap(self) -> float:
        """Share of the squares between the plan and the bound."""
        return (self.best - self.bound) / max(abs(self.best), 1e-9)

    def going(self) -> bool:
        """Say whether something is left to find, and leave to look for it."""
        return self.means.going(self.best, self.bound) and self.best - self.bound > PROVEN * abs(self.best)

    def _keep(self) -> None:
        """Keep the plan as it stands, if it is better."""
        value = rise_in_all(self.sheet, self.standing)
        if value < self.best:
            self.best, self.item_of = value, self.standing.item_of.copy()

    def anneal(self) -> None:
        """Anneal from the first plan; go on from whichever is better."""
        placed = np.flatnonzero(self.item_of >= 0)
        tries = int(min(TRIES_A_ROW * len(placed), TRIES_A_SECOND * self.means.effort, MOST_TRIES))
        seconds = self.means.seconds_left()
        if seconds is not None:  # cooled down to the end in its share: cut short, it would leave the plan uneven
            tries = min(tries, int(ANNEAL_SHARE * seconds / SECONDS_A_TRY))
        self.left -= SECONDS_A_TRY * tries
        goal = Goal(1.0, 0.0, 0.0)
        anneal_in_slices(self.sheet, self.standing, goal, placed, tries, (HOT, COLD), self.going)
        self._keep()
        self.standing = standing_of(self.sheet, self.item_of, self.ceiling, self.means.seed)

    def price(self) -> None:
        """Find first prices, and what they prove."""
        loads = self.standing.sums[:, LOAD]
        row = prices_of_rows(self.relaxation, self.ceiling, loads, self.means.seconds_left())
        prices = Prices(row, self.lin, 1.0, self.ceiling, CLIMBING_SLACK)
        self.base = priced(self.sheet, prices, nobody_waits, self.means.threads)
        pool = Pool(self.sheet, self.lin, 1.0)
        pool.add_plan(self.item_of)
        self.busy = len(busy(self.sheet, self.item_of, self.base))
        self.at_once = self.busy <= AT_ONCE
        # Near the first prices more workers climb twice as fast; where all are listed, prices must not hang on the first.
        self.climb = Climb(pool, self.base, self.means.threads, first_box=FIRST_BOX if self.at_once else NEAR_BOX)
        self.rounds = Rounds(self.sheet, self.standing, near_to_near(self.sheet), self.means.seed)
        self.known = Pool(self.sheet, self.lin, 1.0)
        self.dives = self._time_to_dive()

    def small_groups(self) -> None:
        """Share small groups out anew at the prices so far, while it gains enough."""
        base, in_vain, most_in_vain = self.climb.base, 0, WHERE_STUCK if self.stuck else ROUNDS_IN_VAIN
        judged = Judged(base.prices.row, self.lin, self.ceiling)
        for _ in range(MOST_ROUNDS):
            if not self.going() or self.left <= 0.0 or in_vain == most_in_vain:
                break
            fell = self.rounds.run(judged, base.worths, self.means.threads, self.going)
            self.left -= SECONDS_A_WORKER * len(self.sheet.rooms)
            self._keep()
            if fell < LITTLE * (self.best - self.bound):
                self.rounds.next_stage()
                in_vain += 1
        self.climb.pool.add_plan(self.item_of)

    def _enough(self, *, closely: bool) -> bool:
        """Say whether better prices could close little of what is open."""
        enough = CLIMBED * (self.best - self.bound)
        if closely:
            enough = min(enough, (CLOSE_TO_BEST if not self.dives and self.gap > WIDE else CLOSELY) * abs(self.best))
        return self.climb.done or self.climb.promised - self.bound <= max(enough, AS_CLOSE_AS_CAN_BE * abs(self.best))

    @property
    def climbed(self) -> bool:
        """Whether the prices are as good as the choice among all needs them, or groups do."""
        return self._enough(closely=self.at_once)

    def turn(self) -> Evened | None:
        """Raise the prices, dive, then share out groups anew: larger and larger, or all at once; unless all can be listed."""
        self._climb(closely=self.dives)
        done = self.listed_where_few()
        if done is not None:
            return done
        if self.dives:
            self._cut()
            self._dive()
        elif self.gap > WIDE:
            self.small_groups()
        if self.at_once and not self.stuck:
            self._climb(closely=True)
            self._cut()
            done = self.listed_where_few()
            if done is not None:
                return done
            self._among_all()
        else:
            self._among_groups()
            self.stuck = False
        return None

    def _climb(self, *, closely: bool, means: Means | None = None) -> None:
        """Raise the prices until little is left to gain by that."""
        means = means or self.means
        for _ in range(STEPS_A_TURN):
            if self._enough(closely=closely) or not self.going() or not means.going(self.best, self.bound):
                break
            self.climb.step(means.seconds_left())
            self.base = self.climb.base
            self.left -= effort_of_a_step(self.climb.pool)

    def _cut(self) -> None:
        """Where all workers are one group, add cuts and raise the prices again while that closes much of what is open."""
        means = for_a_share(self.means, CUT_SHARE)
        for _ in range(ROUNDS_OF_CUTS if self.at_once else 0):
            before, gap = self.bound, self.best - self.bound
            if not self.going() or self.left <= 0.0 or not self.climb.cut():
                break
            self._climb(closely=True, means=means)
            if self.bound - before < CUT_LITTLE * gap:
                break

    def _dive(self) -> None:
        """Dive for plans, once the prices are good."""
        gap = self.best - self.bound
        self.known.join(self.climb.pool)
        self.known.add_plan(self.item_of)
        effort = DIVE_SHARE * self.left
        dived = dive(self.known, self.climb, self.item_of, self.best, effort, self.means, self.patience)
        self.left, self.patience = self.left - dived.effort, DIVES_AGAIN
        if dived.cost < self.best:
            self._take(dived.item_of)
        self.dives = self._time_to_dive() and gap - (self.best - self.bound) > LITTLE * gap

    def _time_to_dive(self) -> bool:
        seconds = self.means.seconds_left()
        return seconds is None or seconds > DIVE_SECONDS_A_ROW * len(self.sheet.rows)

    def _among_all(self) -> None:
        """Choose for everybody at once, among the caseloads found and those nearest to each worker's best."""
        gap = self.best - self.bound
        if not self.going() or self.left <= 0.0:
            return
        self.known.join(self.climb.pool)
        pool = self.known.within(self.climb.base, gap)
        pool.add_plan(self.item_of)
        list_nearest(pool, self.climb.base, self.each, gap)
        effort = min(max(self.choice * self.busy, LEAST_CHOICE), LONGEST_CHOICE, max(self.left, 0.1))
        chosen = choose(pool, self.climb.base, self.item_of, effort, self.means.seed, self.means.seconds_left())
        self.left -= effort if chosen is None else chosen.effort
        if chosen is not None and chosen.cost < self.best:
            self._take(chosen.item_of)
        if gap - (self.best - self.bound) < LITTLE * gap:
            self.stuck = self.gap > WIDE
            self.in_vain = self.choice * self.busy > LONGEST_CHOICE
            self.choice, self.each = LONGER * self.choice, min(2 * self.each, MOST_EACH)

    def _among_groups(self) -> None:
        """Share out some groups anew."""
        near = Neighbours(self.sheet, self.climb)
        self.known.join(self.climb.pool)
        for _ in range(GROUPS_A_TURN):
            if not self.going() or self.left <= 0.0:
                break
            group = near.draw(self.item_of, self.climb.base, SIZES[self.size], self.dice)
            effort = min(self.choice * len(group), LONGEST_CHOICE, max(self.left, 0.1))
            gap = self.best - self.bound
            found, fell, spent = shared_anew(self.known, self.item_of, self.climb.base, group, effort, self.means)
            self.left -= spent
            if fell > 0.0:
                self._take(found)
            self._larger(little=fell < LITTLE * gap)

    def _larger(self, *, little: bool) -> None:
        """Go on to larger groups where several in turn gained little, and to longer choices where these do too."""
        self.little = self.little + 1 if little else 0
        if self.little < GROUPS_IN_VAIN:
            return
        self.little, self.size = 0, self.size + 1
        if self.size == len(SIZES):
            self.size -= 1
            self.choice *= LONGER

    def _take(self, item_of: Ints) -> None:
        """Go on from another plan."""
        standing = standing_of(self.sheet, item_of, self.ceiling, self.means.seed)
        value = rise_in_all(self.sheet, standing)
        if value < self.best:
            self.best, self.item_of = value, item_of
            self.standing = self.rounds.standing = standing
            self.climb.pool.add_plan(item_of)

    def sharpen(self, close: float, nodes: int) -> None:
        """Price longer those workers for whom the bound is far above what was found."""
        base = self.climb.base
        loose = float((base.worths - base.found(self.sheet)).sum())
        if loose > close and self.going():
            seconds = self.means.seconds_left()
            most = max(self.left, LEAST_LEFT) if seconds is None else min(max(self.left, LEAST_LEFT), seconds)
            nodes = int(min(nodes, most / SECONDS_A_NODE))
            self.base = self.climb.base = sharpened(self.sheet, base, close, nodes, self.means.threads, self.going)
            self.left -= SECONDS_A_NODE * nodes
            if self.climb.pool.add(self.base.chosen):
                self.climb.done = False

    def so_far(self) -> Evened:
        """Give the plan and the bound so far."""
        row = self.climb.base.prices.row
        return Evened(self.item_of, self.best, self.bound, LISTED_BY_PRICES, row, None)

    def listed_where_few(self) -> Evened | None:
        """List all that could be part of a better plan where the gap has fallen: at length once the prices are good."""
        if not self.means.lists_all:
            return None
        if self.climbed and self.gap <= self.listed_at:
            self.listed_at = CLOSER * self.gap
            return self.listed(AT_LENGTH)
        if self.gap <= self.tried_at:
            self.tried_at = CLOSER * self.gap
            return self.listed(QUICKLY)
        return None

    def listed(self, most: Most) -> Evened | None:
        """List all that could be part of a better plan, if it is no more than so much, and choose; None if it is."""
        base = self.climb.base
        pool = Pool(self.sheet, self.lin, 1.0)
        pool.add_plan(self.item_of)
        answer = _listed(pool, base, most, self.so_far(), self.means)
        if answer.value < self.best:
            self._take(answer.item_of)
        return answer if answer.complete is not None and answer.bound >= answer.value else None


def _listed(pool: Pool, base: Priced, most: Most, so_far: Evened, means: Means) -> Evened:
    """List every caseload that could be part of a plan as good as the best, and choose among all."""
    gap = so_far.value - base.bound + 1e-7 * max(so_far.value, 1e-3)
    if not list_all_within(pool, base.prices, base.worths, gap, most, lambda: means.going(so_far.value, so_far.bound)):
        return so_far
    searched = least_cost(pool, base, so_far.value, means.seconds_left())
    if searched.whole and searched.item_of is not None:
        item_of, value, bound = searched.item_of, searched.cost, searched.cost
    else:
        effort, hint = 0.3 * means.effort + 0.2, so_far.item_of if searched.item_of is None else searched.item_of
        chosen = choose(pool, base, hint, effort, means.seed, means.seconds_left(), proves=True)
        if chosen is None:
            return so_far
        item_of, value, bound = chosen.item_of, chosen.cost, chosen.bound
    if value >= so_far.value:
        item_of, value = so_far.item_of, so_far.value
    # Every plan is made of listed caseloads or costs more than the best one did.
    bound = max(base.bound, min(bound, value))
    proven = value - bound <= len(pool.sheet.rooms) * 1e-7
    return Evened(item_of, value, value if proven else bound, ALL_LISTED, so_far.row_prices, Listed(pool, base))
