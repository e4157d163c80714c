"""Larger groups of workers shared out anew: priced by themselves, then chosen among the caseloads nearest to their best.

Groups grow along what the linear programme would change: from whoever costs too much to who should take what they hold,
and to who holds what they should take. With prices of its own a group of dozens needs few caseloads for each worker.
"""

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet
from allocation_engine.optimiser.caseloads.choose import choose, list_nearest
from allocation_engine.optimiser.caseloads.dual import Priced, nobody_waits, priced
from allocation_engine.optimiser.caseloads.master import Climb, Pool
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.pricing import Prices

NEAREST_EACH = 30
"""Caseloads listed for each worker of a group."""

FIRST_STEPS, LONGEST_SEARCH, MOST_STEPS = 1_000, 8_000, 40
"""Steps of each worker's search at first and at most, and steps to higher prices at most."""

SLACK = 1e-6
"""What a worker's search may leave unfound [squared load ratio]."""

PRICED_ENOUGH, NOTHING_TO_GAIN = 0.02, 1e-7
"""Share of what the group could gain up to which prices are raised, and of its cost that is not worth looking for."""

BY_THE_PROGRAMME, RANDOM_TRIES = 0.7, 12
"""Share of draws that follow the linear programme, and draws for each member wanted."""

LEAST_WORTH = 1e-5
"""Squared load ratio from which somebody's best caseload makes them one who may join a group."""

SECONDS_A_STEP, SECONDS_A_MEMBER = 5e-3, 5e-4
"""What a step to higher prices takes [deterministic seconds], and for each member."""


class Neighbours:
    """Who is near whom, by what the linear programme takes: rows with who should have them, workers with what."""

    def __init__(self, sheet: Sheet, climb: Climb) -> None:
        self.sheet = sheet
        takers: list[list[int]] = [[] for _ in sheet.rows]
        wanted: list[list[int]] = [[] for _ in sheet.rooms]
        row_of = sheet.items["row"].tolist()
        for place in np.flatnonzero(climb.programme.shares() > LEAST_WORTH).tolist():
            for item in climb.pool.items[place]:
                takers[row_of[item]].append(climb.pool.worker[place])
                wanted[climb.pool.worker[place]].append(row_of[item])
        self.takers, self.wanted = takers, wanted

    def draw(self, item_of: Ints, base: Priced, size: int, dice: np.random.Generator) -> Ints:
        """Draw a group of workers, those who cost too much rather than others."""
        items = self.sheet.items
        holder, above = items["worker"][item_of].tolist(), excess(self.sheet, item_of, base)
        held: list[list[int]] = [[] for _ in self.sheet.rooms]
        for row, worker in enumerate(holder):
            held[worker].append(row)
        may = busy(self.sheet, item_of, base)
        if len(may) <= size:
            return may
        chances = np.maximum(above[may], NOTHING_TO_GAIN)
        group = [int(dice.choice(may, p=chances / chances.sum()))]
        inside, open_to = set(group), set(may.tolist())
        for _ in range(RANDOM_TRIES * size):
            if len(group) == size:
                break
            one = group[int(dice.integers(len(group)))]
            other = self._near(one, held[one], holder, dice)
            if other in open_to and other not in inside:
                group.append(other)
                inside.add(other)
        return np.sort(np.array(group, np.int64))

    def _near(self, one: int, held: list[int], holder: list[int], dice: np.random.Generator) -> int:
        """Draw somebody near: who should take what one holds, who holds what one should take, or anybody who could."""
        items, sheet = self.sheet.items, self.sheet
        if dice.random() < BY_THE_PROGRAMME:
            if held and dice.random() < 0.5:  # noqa: PLR2004  as often one as the other
                takers = self.takers[held[int(dice.integers(len(held)))]]
                return takers[int(dice.integers(len(takers)))] if takers else one
            wanted = self.wanted[one]
            return holder[wanted[int(dice.integers(len(wanted)))]] if wanted else one
        if not held:
            return one
        row = held[int(dice.integers(len(held)))]
        return int(items["worker"][sheet.by_row[dice.integers(sheet.row_at[row], sheet.row_at[row + 1])]])


def busy(sheet: Sheet, item_of: Ints, base: Priced) -> Ints:
    """Give the workers who hold something, or whose best caseload is worth something."""
    holds = np.bincount(sheet.items["worker"][item_of], minlength=len(sheet.rooms)) > 0
    return np.flatnonzero((base.worths > LEAST_WORTH) | holds)


def excess(sheet: Sheet, item_of: Ints, base: Priced) -> Floats:
    """Give by how much less than the best, at these prices, what each worker holds is worth."""
    items, workers = sheet.items[item_of], len(sheet.rooms)
    load = np.bincount(items["worker"], items["load"], minlength=workers)
    gross = np.bincount(items["worker"], base.prices.row[items["row"]] - base.prices.lin[item_of], minlength=workers)
    found: Floats = base.worths - gross + base.prices.curve * load * (2.0 * sheet.rooms["ratio"] + load)
    return found


def cost_of_plan(sheet: Sheet, item_of: Ints, lin: Floats, curve: float) -> float:
    """Give what a plan costs."""
    load = np.bincount(sheet.items["worker"][item_of], sheet.items["load"][item_of], minlength=len(sheet.rooms))
    return float(curve * (load * (2.0 * sheet.rooms["ratio"] + load)).sum() + lin[item_of].sum())


def shared_anew(
    known: Pool, item_of: Ints, base: Priced, group: Ints, effort: float, means: Means
) -> tuple[Ints, float, float]:
    """Share out what a group holds anew.

    Parameters
    ----------
    known
        Caseloads found for anybody; it gets those found for the group.
    base
        Prices to begin with.
    effort
        Deterministic seconds that the choice may take.

    Returns
    -------
    tuple[Ints, float, float]
        The items of all rows, by how much the cost fell, and the effort spent.
    """
    sheet = known.sheet
    rows = np.flatnonzero(np.isin(sheet.items["worker"][item_of], group))
    if len(rows) == 0:
        return item_of, 0.0, SECONDS_A_STEP
    cut = part_of(sheet, group, rows)
    local, pool = cut.places_of(item_of[rows]), known.part(cut, group)
    pool.add_plan(local)
    before = cost_of_plan(cut.sheet, local, pool.lin, pool.curve)
    prices = Prices(base.prices.row[rows], pool.lin, base.prices.curve, base.prices.ceiling, SLACK, FIRST_STEPS)
    climb = Climb(pool, priced(cut.sheet, prices, nobody_waits), 1, LONGEST_SEARCH)
    steps, least = 0, NOTHING_TO_GAIN * abs(before)
    while not climb.done and steps < MOST_STEPS and before - climb.base.bound > least:
        if climb.promised - climb.base.bound <= PRICED_ENOUGH * (before - climb.base.bound):
            break
        climb.step(means.seconds_left())
        steps += 1
    spent = steps * (SECONDS_A_STEP + SECONDS_A_MEMBER * len(group))
    known.take_over(pool, cut, group)
    gap = before - climb.base.bound
    if gap <= least:
        return item_of, 0.0, spent + SECONDS_A_STEP
    list_nearest(pool, climb.base, NEAREST_EACH, gap)
    chosen = choose(pool, climb.base, local, effort, means.seed, means.seconds_left())
    if chosen is None:
        return item_of, 0.0, spent + effort
    if chosen.cost >= before:
        return item_of, 0.0, spent + chosen.effort
    found = item_of.copy()
    found[rows] = cut.items[chosen.item_of]
    return found, before - chosen.cost, spent + chosen.effort
