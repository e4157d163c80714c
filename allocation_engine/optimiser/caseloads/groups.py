"""Which groups are shared out anew: drawn near one another, or around who costs too much."""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.cover import MOST_ROWS, MOST_WORKERS, Desk
from allocation_engine.optimiser.caseloads.regroup import Judged, reduced_cost, regroup
from allocation_engine.optimiser.caseloads.standing import Standing, draw
from allocation_engine.optimiser.compiled import compiled

GAINED = 1e-9
"""Cost [1] by which a new share must be less."""

CLOSE = 1e-7
"""Load ratios [1] closer than this count as one."""


class Turn(NamedTuple):
    """Where many groups are shared out: the workers taking part (marked, and one by one), and what each costs too much.

    `above` is by how much the reduced cost of what somebody holds is above the least of any of their caseloads;
    `worths` holds what that one is worth.
    """

    inside: Ints
    members: Ints
    worths: Floats
    above: Floats
    dice: Ints


@compiled
def draw_group(sheet: Sheet, standing: Standing, turn: Turn, first: int, size: int, group: Ints) -> int:
    """Draw a group around a worker: from somebody in it over one of their rows to another who could take it; its size.

    Of two who are drawn, the one who costs more too much joins, as often as not. The group holds at most `MOST_ROWS`
    rows.
    """
    group[0] = first
    number, rows = 1, standing.number_held[first]
    for _ in range(8 * size):
        if number == size:
            break
        one = group[draw(turn.dice, number)]
        other = _somebody_near(sheet, standing, turn.dice, one)
        if draw(turn.dice, 2) == 0:
            another = _somebody_near(sheet, standing, turn.dice, one)
            if another >= 0 and (other < 0 or turn.above[another] > turn.above[other]):
                other = another
        if other < 0 or turn.inside[other] == 0 or rows + standing.number_held[other] > MOST_ROWS:
            continue
        known = False
        for place in range(number):
            known = known or group[place] == other
        if not known:
            group[number] = other
            number, rows = number + 1, rows + standing.number_held[other]
    return number


@compiled
def _somebody_near(sheet: Sheet, standing: Standing, dice: Ints, one: int) -> int:
    """Draw somebody who could take a row that a worker holds, or else could take; below zero if there is none."""
    if standing.number_held[one] > 0 and draw(dice, 4) > 0:
        row = sheet.items[standing.held[one, draw(dice, standing.number_held[one])]]["row"]
    elif sheet.at[one + 1] > sheet.at[one]:
        row = sheet.items[sheet.at[one] + draw(dice, sheet.at[one + 1] - sheet.at[one])]["row"]
    else:
        return -1
    item = sheet.by_row[sheet.row_at[row] + draw(dice, sheet.row_at[row + 1] - sheet.row_at[row])]
    return sheet.items[item]["worker"]


@compiled
def costs_too_much(
    sheet: Sheet, standing: Standing, judged: Judged, worths: Floats, members: Ints, above: Floats
) -> None:
    """Work out by how much what each member holds costs more than the best of their caseloads at these prices."""
    for one in members:
        now = reduced_cost(sheet, judged, one, standing.held[one], standing.number_held[one])
        above[one] = now + worths[one]


@compiled
def regroup_often(
    sheet: Sheet, standing: Standing, judged: Judged, desk: Desk, turn: Turn, sizes: tuple[int, int], work: int
) -> float:
    """Share out group after group until so many steps are done; give by how much the cost fell.

    Half of the groups are drawn around anybody, half around one of those who cost most too much.

    Parameters
    ----------
    sizes
        Workers in a group, from and to.
    """
    group, fell = np.empty(MOST_WORKERS, np.int64), 0.0
    until = desk.work[0] + work
    while desk.work[0] < until and len(turn.members) > 1:
        first = turn.members[draw(turn.dice, len(turn.members))]
        for _ in range(8 * draw(turn.dice, 2)):
            one = turn.members[draw(turn.dice, len(turn.members))]
            if turn.above[one] > turn.above[first]:
                first = one
        size = sizes[0] + draw(turn.dice, sizes[1] - sizes[0] + 1)
        number = draw_group(sheet, standing, turn, first, size, group)
        desk.work[0] += 100
        if number > 1 and standing.number_held[first] <= MOST_ROWS:
            saved = regroup(sheet, standing, judged, desk, group[:number], -GAINED)
            fell += saved
            if saved > 0.0:
                costs_too_much(sheet, standing, judged, turn.worths, group[:number], turn.above)
    return fell
