"""Evening out what is too large to take whole: part by part, side by side, then across the parts, with one bound over all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import fsum

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Ints
from allocation_engine.optimiser.caseloads.dual import improve, nobody_waits, priced
from allocation_engine.optimiser.caseloads.even import (
    LISTED_BY_PRICES,
    LITTLE,
    QUICK_SLACK,
    SECONDS_A_WORKER,
    Evened,
    even_out,
)
from allocation_engine.optimiser.caseloads.master import SECONDS_A_PRICING
from allocation_engine.optimiser.caseloads.means import Means, in_turn
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.parts import near_to_near, slices_of
from allocation_engine.optimiser.caseloads.pricing import Prices
from allocation_engine.optimiser.caseloads.regroup import Judged
from allocation_engine.optimiser.caseloads.relaxed import Relaxation, relaxation
from allocation_engine.optimiser.caseloads.rounds import Rounds
from allocation_engine.optimiser.caseloads.standing import rise_in_all, standing_of

PARTS_SHARE = 0.7
"""Share of the time that is left which the parts take where they are tied to one another; the rest is for the ties."""

ROUNDS_A_TURN, STEPS_A_TURN = 2, 200
"""Rounds of sharing out anew across parts, and steps to a higher bound over all, in one turn."""

TURNS_IN_VAIN = 2
"""Turns that close little of the gap after which it ends."""


def even_by_parts(rules: Relaxation, start: Ints, ceiling: float, means: Means) -> Evened:
    """Even out a large sheet.

    Each part is evened out by itself with the rows that its workers hold. Where the parts stand apart, their bounds add
    up. Where they are tied, groups across them are shared out anew, and the prices of all of them together prove a bound
    over everybody, ties included.
    """
    sheet = rules.sheet
    parts = [part for part in slices_of(sheet, start) if len(part.rows)]
    apart = all(part.apart for part in parts)
    value = rise_in_all(sheet, standing_of(sheet, start, ceiling, means.seed))
    shared = replace(
        means,
        effort=means.effort * (1.0 if apart else PARTS_SHARE),
        going=lambda _, __: means.going(value, -np.inf),
    )
    schedule = in_turn(shared, len(parts), 1.0 if apart else PARTS_SHARE)

    def even(place: int) -> tuple[Ints, Evened]:
        part, each = parts[place], replace(schedule(place), lists_all=False)
        cut = part_of(sheet, part.workers, part.rows)
        local = relaxation(cut.sheet, np.unique(rules.unit_of_row[part.rows], return_inverse=True)[1])
        answer = even_out(local, cut.places_of(start[part.rows]), ceiling, each)
        return cut.items[answer.item_of], answer

    item_of, row, bounds = start.copy(), np.zeros(len(sheet.rows)), []
    with ThreadPoolExecutor(means.threads) as pool:
        for part, (items, evened) in zip(parts, pool.map(even, range(len(parts))), strict=True):
            item_of[part.rows] = items
            row[part.rows] = evened.row_prices
            bounds.append(evened.bound)
    value = rise_in_all(sheet, standing_of(sheet, item_of, ceiling, means.seed))
    if apart:
        return Evened(item_of, value, fsum(bounds), LISTED_BY_PRICES, row, None)
    return _across(rules, Evened(item_of, value, -np.inf, LISTED_BY_PRICES, row, None), ceiling, means)


def _across(rules: Relaxation, so_far: Evened, ceiling: float, means: Means) -> Evened:
    """Share groups out anew across the parts and raise the bound over everybody, turn by turn."""
    sheet, best = rules.sheet, so_far.value
    lin = np.zeros(len(sheet.items))
    base = priced(sheet, Prices(so_far.row_prices, lin, 1.0, ceiling, QUICK_SLACK), nobody_waits, means.threads)
    standing = standing_of(sheet, so_far.item_of, ceiling, means.seed)
    rounds = Rounds(sheet, standing, near_to_near(sheet), means.seed)
    left, in_vain = means.effort * (1.0 - PARTS_SHARE), 0

    def going(bound: float) -> bool:
        return means.going(best, bound)

    while left > 0.0 and in_vain < TURNS_IN_VAIN and going(base.bound):
        gap = best - base.bound
        judged = Judged(base.prices.row, lin, ceiling)
        for _ in range(ROUNDS_A_TURN):
            fell = rounds.run(judged, base.worths, means.threads, lambda bound=base.bound: going(bound))  # type: ignore[misc]
            best = rise_in_all(sheet, standing)
            if fell < LITTLE * (best - base.bound):
                rounds.next_stage()
        base = improve(sheet, base, best, STEPS_A_TURN, nobody_waits, threads=means.threads, keep_going=going)
        left -= (SECONDS_A_WORKER * ROUNDS_A_TURN + SECONDS_A_PRICING * STEPS_A_TURN) * len(sheet.rooms)
        in_vain = in_vain + 1 if gap - (best - base.bound) < LITTLE * gap else 0
    return Evened(standing.item_of.copy(), best, base.bound, LISTED_BY_PRICES, base.prices.row, None)
