"""How low the heaviest load ratio can be: a bound from what few could take, and a plan that meets it or comes near."""

from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.anneal import Goal, anneal_in_slices
from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints, Sheet
from allocation_engine.optimiser.caseloads.cover import new_desk
from allocation_engine.optimiser.caseloads.fits import LOAD
from allocation_engine.optimiser.caseloads.groups import CLOSE, Turn, lower_heaviest
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.pair_model import PairModel
from allocation_engine.optimiser.caseloads.regroup import Judged
from allocation_engine.optimiser.caseloads.relaxed import TOLERANCE, Relaxation
from allocation_engine.optimiser.caseloads.standing import Standing, keeps_caps, standing_of, worst_ratio
from allocation_engine.optimiser.caseloads.tangents import prices_of_rows

FEW_ITEMS = 30_000
"""Items up to which the linear programme looks at all rows; above, at those that few could take."""

FEW_TAKERS = 6
"""Workers up to whom a row counts as one that few could take."""

SMALL = 60
"""Rows up to which CP-SAT is asked about all of them."""

MOST_QUESTIONS, EFFORT_A_QUESTION = 10, 0.03
"""Questions asked at most, and the share of the effort that each may take."""

LONGEST_QUESTION = 1.0
"""Deterministic seconds that one question takes at most."""

LARGEST_CLUSTER = 80
"""Rows up to which CP-SAT is asked about those that prove a bound."""

ALONE = "one case, whoever takes it"

AIMED_ABOVE = (0.01, 0.002)
"""How far above the bound [1] annealing aims, one after the other."""

FIRST_TRIES_A_ROW, TRIES_A_ROW, MOST_TRIES = 1_000, 4_000, 500_000
"""Changes annealed for each row at first, in one go towards a ceiling, and at most: about a quarter of a second."""

WAYS_DOWN = ((0.02, 4_000), (0.003, 4_000), (0.05, 2_000))
"""By how much the squares may rise where the heaviest load is lowered in a group, and steps a search takes, in turn."""

TRIES_AROUND_ONE, WORK_AT_ONCE = 400, 500_000
"""Groups tried around whoever has the heaviest load, and steps between two questions whether to go on."""

WORK_A_SECOND = 4_000_000
"""Steps of sharing out in a deterministic second."""

SHARE_TO_LOWER, MOST_IN_VAIN = 0.1, 9
"""Share of the effort that lowering takes, and the goes in vain after which it ends."""


@dataclass(frozen=True)
class Ceiling:
    """The heaviest load ratio of a plan [1], the least possible as far as proven, what proves it, and the plan's items."""

    value: float
    bound: float
    proved_by: str
    item_of: Ints


def lowest_ceiling(relaxation: Relaxation, start: Standing, means: Means, floor: float = 0.0) -> Ceiling:
    """Lower the heaviest load ratio of those who receive something.

    The bound comes from a linear programme at falling ceilings, then, for the rows that prove it, from CP-SAT on those
    rows alone: what cannot be placed by itself cannot be placed with the rest. The plan comes from annealing towards
    the bound, then from groups around whoever has the heaviest load.

    Parameters
    ----------
    floor
        A bound [1] that is known; nothing below it is looked for.
    """
    sheet = relaxation.sheet
    each = replace(means, effort=min(max(EFFORT_A_QUESTION * means.effort, 0.2), LONGEST_QUESTION))
    first, high = max(least_alone(sheet), floor), worst_ratio(sheet, start)
    bound, cluster = _linear_bound(relaxation, first, high, means)
    proof = "linear relaxation of who could take what"
    if bound <= first + CLOSE:
        proof = ALONE
    value, item_of = _towards(relaxation, start, bound, means)
    if 0 < len(cluster) <= LARGEST_CLUSTER and value > bound + 2 * CLOSE:
        exact = _narrowed(relaxation, Ceiling(value, bound, proof, item_of), cluster, each).bound
        if exact > bound + CLOSE:
            bound, proof = exact, f"CP-SAT on the {len(cluster)} cases that few could take"
    if len(sheet.rows) <= SMALL and not sheet.one_area and sheet.limit >= UNTIL_SETTLED:
        found = _narrowed(relaxation, Ceiling(value, bound, proof, item_of), None, each)
        value, item_of = found.value, found.item_of
        if found.bound > bound + CLOSE:
            bound, proof = found.bound, "CP-SAT on all cases"
    return Ceiling(value, min(bound, value), proof, item_of)


def anneal_first(sheet: Sheet, standing: Standing, means: Means) -> None:
    """Anneal the squares a little, so that a first plan is a fair one."""
    placed = np.flatnonzero(standing.item_of >= 0)
    tries = min(FIRST_TRIES_A_ROW * len(placed), MOST_TRIES)
    going = lambda: means.going(worst_ratio(sheet, standing), 0.0)  # noqa: E731  asked with what is known by then
    anneal_in_slices(sheet, standing, Goal(1.0, 0.0, 0.0), placed, tries, (1e-2, 1e-5), going)


def least_alone(sheet: Sheet) -> float:
    """Give the ratio to which some row brings whoever takes it, at least."""
    items = sheet.items
    ratio = np.where(items["receives"] > 0, sheet.rooms["ratio"][items["worker"]] + items["load"], 0.0)
    least = np.full(len(sheet.rows), np.inf)
    np.minimum.at(least, items["row"], ratio)
    return float(least.max(initial=0.0))


def _linear_bound(relaxation: Relaxation, low: float, high: float, means: Means) -> tuple[float, Ints]:
    """Halve the range in which the linear programme's least ceiling lies; give it and the rows that prove it."""
    sheet = relaxation.sheet
    takers = np.diff(sheet.row_at)
    rows = None if len(sheet.items) <= FEW_ITEMS else np.flatnonzero(takers <= FEW_TAKERS)
    proof = np.empty(0, np.int64)
    low -= CLOSE
    waiting, why = relaxation.least_waiting(low + 2 * CLOSE, rows)
    if waiting <= TOLERANCE:
        return low + CLOSE, proof
    low, proof = low + CLOSE, why
    while high - low > 5e-4 * high and means.going(high, low):
        middle = (low + high) / 2
        waiting, why = relaxation.least_waiting(middle, rows)
        if waiting > TOLERANCE:
            low, proof = middle, why
        else:
            high = middle
    return low, proof


def _narrowed(relaxation: Relaxation, so_far: Ceiling, rows: Ints | None, means: Means) -> Ceiling:
    """Narrow the least ceiling at which some rows alone (or all) can be placed, from plan to plan and proof to proof.

    First a little less than the last plan is asked for, which proves it best if it cannot be had; where it can, the
    middle of what is left is asked next.
    """
    sheet, low, high, item_of = relaxation.sheet, so_far.bound, so_far.value, so_far.item_of
    just_below = True
    for _ in range(MOST_QUESTIONS):
        if high - low <= 2 * CLOSE or not means.going(high, low):
            break
        asked = high - CLOSE if just_below else (low + high) / 2
        status, found = PairModel(relaxation, asked, rows).solve(means.effort, means.seed, means.seconds_left())
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            standing = standing_of(sheet, found, asked + CLOSE / 2, means.seed)
            if rows is None and not keeps_caps(sheet, standing):
                break  # the model is looser on hours where somebody keeps more than they have: no plan then
            item_of, high = found, min(worst_ratio(sheet, standing), asked)
            just_below = not just_below
        elif status == cp_model.INFEASIBLE:
            low, just_below = asked, True
        elif just_below:
            just_below = False
        else:
            break
    return Ceiling(high, high if high - low <= 2 * CLOSE else low, so_far.proved_by, item_of)


def _towards(relaxation: Relaxation, start: Standing, bound: float, means: Means) -> tuple[float, Ints]:
    """Anneal towards the bound, then lower the heaviest again and again; what is reached counts, aimed at or not."""
    sheet = relaxation.sheet
    best, item_of = anneal_towards(sheet, start, bound, means)
    if best <= bound + CLOSE:
        return best, item_of
    lowered = _lowered(relaxation, standing_of(sheet, item_of, best, means.seed), bound, means)
    return worst_ratio(sheet, lowered), lowered.item_of.copy()


def anneal_towards(sheet: Sheet, start: Standing, bound: float, means: Means) -> tuple[float, Ints]:
    """Anneal towards ceilings a little above a bound; give the lowest heaviest ratio [1] on the way, and its items."""
    placed = np.flatnonzero(start.item_of >= 0)
    best, item_of = worst_ratio(sheet, start), start.item_of.copy()
    tries = min(TRIES_A_ROW * len(placed), MOST_TRIES)
    for above in AIMED_ABOVE:
        target = bound * (1.0 + above)
        if best <= bound + CLOSE:
            return best, item_of
        anneal_in_slices(
            sheet,
            start,
            Goal(0.02, target, 1.0),
            placed,
            tries,
            (1e-2, 1e-7),
            lambda best=best: means.going(best, bound),  # type: ignore[misc]
        )
        if worst_ratio(sheet, start) < best:
            best, item_of = worst_ratio(sheet, start), start.item_of.copy()
    return best, item_of


def _lowered(relaxation: Relaxation, standing: Standing, bound: float, means: Means) -> Standing:
    """Lower the heaviest load ratio among groups around whoever has it."""
    sheet, workers = relaxation.sheet, len(relaxation.sheet.rooms)
    if not means.going(worst_ratio(sheet, standing), bound):
        return standing
    row = prices_of_rows(relaxation, worst_ratio(sheet, standing), standing.sums[:, LOAD], means.seconds_left())
    judged = Judged(row, np.zeros(len(sheet.items)), UNTIL_SETTLED)
    inside, none = np.ones(workers, np.int64), np.zeros(workers)
    turn = Turn(inside, np.arange(workers), none, none, np.array([means.seed + 1], np.int64))
    desk = new_desk(sheet)
    left = SHARE_TO_LOWER * means.effort * WORK_A_SECOND
    in_vain, way = 0, 0
    while left > desk.work[0] and in_vain < MOST_IN_VAIN:
        before = worst_ratio(sheet, standing)
        if before <= bound + CLOSE or not means.going(before, bound):
            break
        allowed, desk.limits[:] = WAYS_DOWN[way]
        work = min(WORK_AT_ONCE, left - desk.work[0])
        lower_heaviest(sheet, standing, judged, desk, turn, bound, (allowed, TRIES_AROUND_ONE, int(work)))
        in_vain = 0 if worst_ratio(sheet, standing) < before else in_vain + 1
        way = (way + 1) % len(WAYS_DOWN)
    return standing
