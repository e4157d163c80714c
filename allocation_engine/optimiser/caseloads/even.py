"""The squares as low as can be under a ceiling: prices, whole caseloads, and a choice among them, over a sheet or its parts."""

from dataclasses import dataclass, replace

import numpy as np

from allocation_engine.optimiser.caseloads.anneal import Goal, anneal
from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.choose import choose, list_all_within
from allocation_engine.optimiser.caseloads.dual import Priced, nobody_waits, priced
from allocation_engine.optimiser.caseloads.master import Pool, generate
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.part import groups_at_random, part_of
from allocation_engine.optimiser.caseloads.pricing import Prices
from allocation_engine.optimiser.caseloads.relaxed import Relaxation
from allocation_engine.optimiser.caseloads.relaxed import relaxation as relaxation_of
from allocation_engine.optimiser.caseloads.standing import rise_in_all, standing_of
from allocation_engine.optimiser.caseloads.tangents import prices_of_rows

HOT, COLD = 1e-2, 1e-6
"""Temperatures between which squares are annealed [squared load ratio]: a case's rise, and far below it."""

WARM = 3e-4
"""The temperature at which a good plan is annealed again."""

EXACT_NODES = 200_000
"""Steps that a worker's search is given where a bound is to be final."""

SLACK = 2e-5
"""Share of the squares that the searches of all workers together may leave unfound on the way."""

PROVEN = 1e-9
"""Share of the squares by which a plan may be above a bound that counts as met."""

MOST_TURNS, ROUNDS_A_TURN = 4, 25
"""Turns of generating and choosing, with one more for each four seconds of effort, and pricings in each."""

LONGEST_CHOICE = 3.0
"""Deterministic seconds that choosing takes at most on the way."""

NEIGHBOURS = 14
"""Workers whose cases are shared out anew together."""

RIPE = 1e-2
"""Share of the squares between the linear programme and the bound from which choosing among its caseloads is worthwhile."""

CLOSE_TO_LIST = 1e-3
"""Gap [1] up to which listing every caseload is tried."""

LISTED_BY_PRICES = "prices for the cases (Lagrangian relaxation, caseloads priced exactly)"
ALL_LISTED = "every caseload that a better plan could hold, chosen among by CP-SAT"


@dataclass(frozen=True)
class Evened:
    """A plan's items with its squares, the bound and what proves it, and the caseloads listed, if they are all that count."""

    item_of: Ints
    value: float
    bound: float
    proved_by: str
    row_prices: Floats
    complete: Pool | None


def even_out(relaxation: Relaxation, start: Ints, ceiling: float, means: Means) -> Evened:
    """Even out a sheet that column generation can take whole: a few hundred workers.

    Anneal; price; generate caseloads until the linear programme over them is as good as priced out; choose among them;
    and if little enough is left open, list every caseload that could be part of a better plan and choose among all.
    """
    sheet = relaxation.sheet
    placed = np.flatnonzero(start >= 0)
    standing = standing_of(sheet, start, ceiling, means.seed)
    anneal(sheet, standing, Goal(1.0, 0.0, 0.0), placed, 4_000 * len(placed), HOT, COLD)
    best, item_of = rise_in_all(sheet, standing), standing.item_of.copy()
    lin = np.zeros(len(sheet.items))
    row = prices_of_rows(relaxation, ceiling, np.arange(len(sheet.rooms)))
    slack = SLACK * best / max(len(sheet.rooms), 1)
    base = priced(sheet, Prices(row, lin, 1.0, ceiling, slack), nobody_waits, means.threads)
    pool = Pool(sheet, lin, 1.0)
    pool.add_plan(item_of)
    going = means.going(best, base.bound)
    for turn in range(MOST_TURNS + int(means.effort / 4)):
        if not going:
            break
        base, value = generate(
            pool,
            base,
            ROUNDS_A_TURN,
            threads=means.threads,
            close=SLACK * best,
            keep_going=lambda bound, best=best: means.going(best, bound),  # type: ignore[misc]
        )
        ripe = value - base.bound <= RIPE * best
        if ripe:
            item_of, best = _better(sheet, pool, item_of, best, ceiling, means, 0.15)
        if len(sheet.rooms) > 2 * NEIGHBOURS and best - base.bound > 2 * SLACK * best and means.going(best, base.bound):
            item_of, best = _by_neighbours(relaxation, pool, item_of, best, ceiling, means, turn)
        going = means.going(best, base.bound)
        if value - base.bound <= 2 * SLACK * best or best - base.bound <= PROVEN * best:
            break
    if going and means.lists_all and best - base.bound > PROVEN * best:
        base = _exactly(sheet, pool, base, means)
        item_of, best = _better(sheet, pool, item_of, best, ceiling, means, 0.3)
        going = means.going(best, base.bound)
    if not going or not means.lists_all or best - base.bound > CLOSE_TO_LIST * best:
        return Evened(item_of, best, base.bound, LISTED_BY_PRICES, base.prices.row, None)
    return _listed(pool, base, Evened(item_of, best, base.bound, LISTED_BY_PRICES, base.prices.row, None), means)


def _better(
    sheet: Sheet, pool: Pool, item_of: Ints, best: float, ceiling: float, means: Means, share: float
) -> tuple[Ints, float]:
    """Choose among the caseloads so far, and anneal a little from there."""
    chosen = choose(pool, item_of, min(share * means.effort, LONGEST_CHOICE), means.seed, means.seconds_left())
    if chosen is not None and chosen.cost < best:
        best, item_of = chosen.cost, chosen.item_of
    standing = standing_of(sheet, item_of, ceiling, means.seed + 1)
    placed = np.flatnonzero(item_of >= 0)
    anneal(sheet, standing, Goal(1.0, 0.0, 0.0), placed, 1_000 * len(placed), WARM, COLD)
    warmer = rise_in_all(sheet, standing)
    if warmer < best:
        best, item_of = warmer, standing.item_of.copy()
        pool.add_plan(item_of)
    return item_of, best


def _by_neighbours(
    relaxation: Relaxation, pool: Pool, item_of: Ints, best: float, ceiling: float, means: Means, turn: int
) -> tuple[Ints, float]:
    """Share out anew what a few workers hold who could take it from one another, group after group, each exactly.

    Workers go into groups at random around one another; a turn sees everybody once.
    """
    sheet = relaxation.sheet
    dice = np.random.default_rng([means.seed, turn])
    few = replace(means, effort=1.0, threads=1, lists_all=False, going=lambda _, __: means.going(best, -np.inf))
    item_of = item_of.copy()
    for group in groups_at_random(sheet, NEIGHBOURS, dice):
        if not means.going(best, -np.inf):
            break
        rows = np.flatnonzero(np.isin(sheet.items["worker"][item_of], group))
        if len(rows) == 0:
            continue
        part = part_of(sheet, group, rows)
        _, unit_of_row = np.unique(relaxation.unit_of_row[rows], return_inverse=True)
        answer = even_out(relaxation_of(part.sheet, unit_of_row), part.places_of(item_of[rows]), ceiling, few)
        item_of[rows] = part.items[answer.item_of]
    value = rise_in_all(sheet, standing_of(sheet, item_of, ceiling, means.seed))
    pool.add_plan(item_of)
    return item_of, min(value, best)


def _exactly(sheet: Sheet, pool: Pool, base: Priced, means: Means) -> Priced:
    """Price once more, long and exact, at the best prices and at the programme's own."""
    found = [base]
    for row in (base.prices.row, pool.prices()[1]):
        prices = base.prices._replace(row=row, slack=1e-12, nodes=EXACT_NODES)
        found.append(priced(sheet, prices, nobody_waits, means.threads))
        pool.add(found[-1].chosen)
    return max(found, key=lambda one: one.bound)


def _listed(pool: Pool, base: Priced, so_far: Evened, means: Means) -> Evened:
    """List every caseload that could be part of a plan as good as the best, and choose among all."""
    gap = so_far.value - base.bound + 1e-7 * max(so_far.value, 1e-3)
    if not list_all_within(pool, base, gap):
        return so_far
    chosen = choose(pool, so_far.item_of, 0.3 * means.effort + 0.2, means.seed, means.seconds_left())
    if chosen is None:
        return so_far
    item_of, value = (chosen.item_of, chosen.cost) if chosen.cost < so_far.value else (so_far.item_of, so_far.value)
    # Every plan is made of listed caseloads or costs more than the best one did.
    bound = max(base.bound, min(chosen.bound, value))
    proven = value - bound <= len(pool.sheet.rooms) * 1e-7
    return Evened(item_of, value, value if proven else bound, ALL_LISTED, so_far.row_prices, pool)
