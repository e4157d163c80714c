"""Room for those who still wait: what a few workers hold around one of them is shared out anew, with CP-SAT.

Pushing rows on one at a time wanders where caseloads must change in several places at once; what a few workers hold, asked
about together settle that in a few hundredths of a second.
"""

from collections.abc import Callable

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints, Sheet
from allocation_engine.optimiser.caseloads.choose import solver_of
from allocation_engine.optimiser.caseloads.pair_model import WaitingModel
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.standing import keeps_caps, standing_of
from allocation_engine.optimiser.cp_sat import run

WORKERS, AROUND = 9, 6
"""Workers who share out anew at once, and how many of them could take the row that waits."""

DRAWS = 60
"""Draws of further workers at most: where few hang together there are no more."""

EFFORT = 0.03
"""Deterministic seconds for one question."""

MOST_IN_VAIN, MOST_WAITING = 10, 30
"""Questions in a row that change nothing after which it ends, and rows that wait above which it is not tried: too many for that."""


def squeezed_in(sheet: Sheet, item_of: Ints, seed: int, keep_going: Callable[[], bool]) -> Ints:
    """Let fewer rows wait [by weight], or as many; give the item of each row.

    Where workers' loads are limited or everybody keeps to one area, which the questions leave out, nothing is changed.
    """
    if sheet.one_area or sheet.limit < UNTIL_SETTLED or (item_of < 0).sum() > MOST_WAITING:
        return item_of
    dice, in_vain, now = np.random.default_rng([seed, len(item_of)]), 0, item_of
    while (now < 0).any() and in_vain < MOST_IN_VAIN and keep_going():
        workers = _around(sheet, now, int(dice.choice(np.flatnonzero(now < 0))), dice)
        new = _shared_out(sheet, now, workers, seed)
        less = sheet.rows["weight"][new < 0].sum() < sheet.rows["weight"][now < 0].sum()
        in_vain = 0 if less else in_vain + 1
        now = new
    return now


def _around(sheet: Sheet, item_of: Ints, row: int, dice: np.random.Generator) -> Ints:
    """Draw workers around a row: some who could take it, and others who could take what those hold."""
    takers = sheet.items["worker"][_items_of(sheet, row)]
    chosen = dice.permutation(takers)[:AROUND].tolist()
    holder = np.where(item_of >= 0, sheet.items["worker"][item_of], -1)
    for _ in range(DRAWS):
        held = np.flatnonzero(np.isin(holder, chosen))
        if len(chosen) >= WORKERS or len(held) == 0:
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
    asked = WaitingModel(rules, part.sheet.rows["weight"], UNTIL_SETTLED, whole=True)
    asked.model.minimize(asked.waiting)
    held = item_of[part.rows]
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
