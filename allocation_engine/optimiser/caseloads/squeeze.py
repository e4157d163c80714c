"""Room for those who still wait: what a few workers hold around one of them is shared out anew, with CP-SAT.

Pushing rows on one at a time wanders where caseloads must change in several places at once; what a few workers hold, asked
about together settle that in a few hundredths of a second.
"""

from collections import Counter
from collections.abc import Callable

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints, Sheet
from allocation_engine.optimiser.caseloads.choose import solver_of
from allocation_engine.optimiser.caseloads.cores import competing
from allocation_engine.optimiser.caseloads.pair_model import WaitingModel
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.standing import keeps_caps, standing_of
from allocation_engine.optimiser.cp_sat import run

SIZES, AROUND = (9, 9, 9, 14, 20), 6
"""Workers who share out anew at once, one number after the other where nothing came of it, and how many of them could take
the row that waits."""

DRAWS = 60
"""Draws of further workers at most: where few hang together there are no more."""

EFFORT = 0.1
"""Deterministic seconds for one question at most."""

MOST_WAITING = 30
"""Rows that wait above which it is not tried: too many for that."""


def squeezed_in(sheet: Sheet, item_of: Ints, seed: int, keep_going: Callable[[], bool]) -> Ints:
    """Let fewer rows wait [by weight], or as many; give the item of each row.

    Around each row that waits, first all who compete for it share out what they hold, then others drawn around it. Where
    workers' loads are limited or everybody keeps to one area, which the questions leave out, nothing is changed.
    """
    if sheet.one_area or sheet.limit < UNTIL_SETTLED or (item_of < 0).sum() > MOST_WAITING:
        return item_of
    dice, now, in_vain = np.random.default_rng([seed, len(item_of)]), item_of, Counter[int]()
    weight = sheet.rows["weight"]
    while keep_going():
        rows = [row for row in np.flatnonzero(now < 0).tolist() if in_vain[row] <= len(SIZES)]
        if not rows:
            break
        row = min(rows, key=lambda row: (in_vain[row], -weight[row], row))
        tried = in_vain[row]
        takers = np.unique(sheet.items["worker"][_items_of(sheet, row)])
        workers = competing(sheet, takers) if tried == 0 else _around(sheet, now, row, SIZES[tried - 1], dice)
        new = _shared_out(sheet, now, workers, seed)
        if weight[new < 0].sum() < weight[now < 0].sum():
            in_vain.clear()
        in_vain[row] = tried + 1
        now = new
    return now


def _around(sheet: Sheet, item_of: Ints, row: int, size: int, dice: np.random.Generator) -> Ints:
    """Draw workers around a row: some who could take it, and others who could take what those hold."""
    takers = sheet.items["worker"][_items_of(sheet, row)]
    chosen = dice.permutation(takers)[:AROUND].tolist()
    holder = np.where(item_of >= 0, sheet.items["worker"][item_of], -1)
    for _ in range(DRAWS):
        held = np.flatnonzero(np.isin(holder, chosen))
        if len(chosen) >= size or len(held) == 0:
            break
        who = int(dice.choice(sheet.items["worker"][_items_of(sheet, int(dice.choice(held)))]))
        if who not in chosen:
            chosen.append(who)
    return np.array(sorted(chosen), np.int64)


def _items_of(sheet: Sheet, row: int) -> Ints:
    return sheet.by_row[sheet.row_at[row] : sheet.row_at[row + 1]]


def _shared_out(sheet: Sheet, item_of: Ints, workers: Ints, seed: int) -> Ints:
    """Share out what these workers hold, and what waits, so that as little waits as can be found; the rest stays."""
    mine = np.isin(sheet.items["worker"][item_of], workers) | (item_of < 0)
    part = part_of(sheet, workers, np.flatnonzero(mine))
    rules = relaxation(part.sheet, np.arange(len(part.rows)))
    weights, held = part.sheet.rows["weight"], item_of[part.rows]
    asked = WaitingModel(rules, weights, UNTIL_SETTLED, whole=True)
    for waits, weight in zip(asked.waits, weights, strict=True):
        if weight > weights[held < 0].sum():
            asked.model.add(
                waits == 0
            )  # more would wait; such weights next to small ones cost the solver its precision
    asked.model.minimize(asked.waiting)
    asked.hint(part.places_of(held[held >= 0]))
    for row, waits in zip(part.rows.tolist(), asked.waits, strict=True):
        asked.model.add_hint(waits, bool(item_of[row] < 0))
    solver = solver_of(EFFORT, seed, None)
    solver.parameters.linearization_level = 1  # a plan is looked for, not a bound
    if run(solver, asked.model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return item_of
    new = item_of.copy()
    new[part.rows] = -1
    for item, literal in asked.literal.items():
        if solver.boolean_value(literal):
            new[part.rows[part.sheet.items[item]["row"]]] = part.items[item]
    weight = sheet.rows["weight"]
    better = weight[new < 0].sum() <= weight[item_of < 0].sum()
    # The questions are looser than the rules on hours where somebody keeps more than they have.
    return new if better and keeps_caps(sheet, standing_of(sheet, new, UNTIL_SETTLED, seed)) else item_of
