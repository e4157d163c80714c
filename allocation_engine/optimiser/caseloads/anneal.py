"""Evener plans by small changes: one row to another worker, or two workers exchanging rows, every rule kept throughout."""

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Ints, Sheet
from allocation_engine.optimiser.caseloads.standing import Standing, draw, item_at, may_take, put, rise, take_off
from allocation_engine.optimiser.compiled import compiled

COOL_EVERY = 1024
"""Changes tried at one temperature."""


@compiled
def anneal(sheet: Sheet, standing: Standing, placed: Ints, tries: int, hot: float, cold: float) -> float:
    """Lower the sum of squared load ratios by simulated annealing over the rows that are placed.

    Parameters
    ----------
    placed
        The rows that take part.
    tries
        Changes tried, from temperature `hot` down to `cold` [squared load ratio], geometrically.

    Returns
    -------
    float
        By how much the sum changed [1].

    References
    ----------
    .. [1] S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi (1983), Science 220:671-680.
    """
    if len(placed) == 0:
        return 0.0
    temperature = hot
    cooling = (cold / hot) ** (1.0 / max(tries // COOL_EVERY, 1))
    changed = 0.0
    for step in range(tries):
        if step % COOL_EVERY == COOL_EVERY - 1:
            temperature *= cooling
        row = placed[draw(standing.dice, len(placed))]
        item = standing.item_of[row]
        number = sheet.row_at[row + 1] - sheet.row_at[row]
        other = sheet.by_row[sheet.row_at[row] + draw(standing.dice, number)]
        if other == item:
            continue
        # The most that a change may cost at this temperature is drawn first, so that costly ones end early.
        allowed = -temperature * np.log((draw(standing.dice, 1 << 30) + 1.0) / (1 << 30))
        giver, taker = sheet.items[item]["worker"], sheet.items[other]["worker"]
        if draw(standing.dice, 2) == 0 or standing.number_held[taker] == 0:
            rises = rise(sheet, standing, taker, other, -1) + rise(sheet, standing, giver, -1, item)
            if (
                rises <= allowed
                and may_take(sheet, standing, taker, other, -1)
                and may_take(sheet, standing, giver, -1, item)
            ):
                take_off(sheet, standing, item)
                put(sheet, standing, other)
                changed += rises
            continue
        back = standing.held[taker, draw(standing.dice, standing.number_held[taker])]
        swapped = item_at(sheet, sheet.items[back]["row"], giver)
        if swapped < 0:
            continue
        rises = rise(sheet, standing, taker, other, back) + rise(sheet, standing, giver, swapped, item)
        if (
            rises <= allowed
            and may_take(sheet, standing, taker, other, back)
            and may_take(sheet, standing, giver, swapped, item)
        ):
            take_off(sheet, standing, item)
            take_off(sheet, standing, back)
            put(sheet, standing, other)
            put(sheet, standing, swapped)
            changed += rises
    return changed
