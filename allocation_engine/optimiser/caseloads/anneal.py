"""Evener plans by small changes: one row to another worker, or two workers exchanging rows, every rule kept throughout."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Ints, Sheet
from allocation_engine.optimiser.caseloads.fits import LOAD, RECEIVES
from allocation_engine.optimiser.caseloads.standing import Standing, draw, item_at, may_take, put, take_off
from allocation_engine.optimiser.compiled import compiled

TRIES_IN_A_SLICE = 150_000
"""Changes tried between two questions whether to go on: about a tenth of a second."""

COOL_EVERY = 1024
"""Changes tried at one temperature."""


class Goal(NamedTuple):
    """What annealing lowers: `squares` times the rise of the squared load ratios, and what lies past a `target` ratio.

    A worker who receives something and comes past the target counts by how far [1], times `overload`.
    """

    squares: float
    target: float
    overload: float


@compiled
def change(sheet: Sheet, standing: Standing, goal: Goal, worker: int, add: int, drop: int) -> float:
    """Give by how much one worker's part of the goal rises with one item more (below zero: none) and another less."""
    before = sheet.rooms[worker]["ratio"] + standing.sums[worker, LOAD]
    receives = standing.numbers[worker, RECEIVES]
    after, receives_after = before, receives
    if add >= 0:
        after += sheet.items[add]["load"]
        receives_after += sheet.items[add]["receives"]
    if drop >= 0:
        after -= sheet.items[drop]["load"]
        receives_after -= sheet.items[drop]["receives"]
    rises = goal.squares * (after - before) * (after + before)
    if goal.overload > 0.0:
        if receives > 0:
            rises -= goal.overload * max(before - goal.target, 0.0)
        if receives_after > 0:
            rises += goal.overload * max(after - goal.target, 0.0)
    return rises


@compiled
def overload(sheet: Sheet, standing: Standing, target: float) -> float:
    """Give how far those who receive something come past a load ratio [1], summed up."""
    total = 0.0
    for worker in range(len(sheet.rooms)):
        if standing.numbers[worker, RECEIVES] > 0:
            total += max(sheet.rooms[worker]["ratio"] + standing.sums[worker, LOAD] - target, 0.0)
    return total


@compiled
def anneal(sheet: Sheet, standing: Standing, goal: Goal, placed: Ints, tries: int, hot: float, cold: float) -> float:
    """Lower a goal by simulated annealing over the rows that are placed.

    Parameters
    ----------
    placed
        The rows that take part.
    tries
        Changes tried, from temperature `hot` down to `cold` [in units of the goal], geometrically.

    Returns
    -------
    float
        By how much the goal changed.

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
            rises = change(sheet, standing, goal, taker, other, -1) + change(sheet, standing, goal, giver, -1, item)
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
        rises = change(sheet, standing, goal, taker, other, back) + change(sheet, standing, goal, giver, swapped, item)
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


def anneal_below(sheet: Sheet, standing: Standing, target: float, tries: int, keep_going: Callable[[], bool]) -> None:
    """Anneal until those who receive something come no further past a target ratio than can be helped, evenly besides."""
    placed = np.flatnonzero(standing.item_of >= 0)
    anneal_in_slices(sheet, standing, Goal(0.02, target, 1.0), placed, tries, (1e-2, 1e-7), keep_going)


def anneal_in_slices(
    sheet: Sheet,
    standing: Standing,
    goal: Goal,
    placed: Ints,
    tries: int,
    temperatures: tuple[float, float],
    keep_going: Callable[[], bool],
) -> None:
    """Anneal as `anneal` does, asking now and then whether to go on."""
    hot, cold = temperatures
    slices = max(1, round(tries / TRIES_IN_A_SLICE))
    edges = [hot * (cold / hot) ** (place / slices) for place in range(slices + 1)]
    for start, end in pairwise(edges):
        if not keep_going():
            break
        anneal(sheet, standing, goal, placed, tries // slices, start, end)
