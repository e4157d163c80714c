"""How low the heaviest load ratio can be: a bound from what few could take, and a plan that meets it or comes near."""

from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.anneal import Goal, anneal
from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints, Sheet
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.pair_model import PairModel
from allocation_engine.optimiser.caseloads.relaxed import TOLERANCE, Relaxation
from allocation_engine.optimiser.caseloads.standing import Standing, keeps_caps, standing_of, worst_ratio

CLOSE = 1e-7
"""Load ratios [1] closer than this count as one."""

FEW_ITEMS = 30_000
"""Items up to which the linear programme looks at all rows; above, at those that few could take."""

FEW_TAKERS = 6
"""Workers up to whom a row counts as one that few could take."""

SMALL = 60
"""Rows up to which CP-SAT is asked about all of them."""

MOST_QUESTIONS, EFFORT_A_QUESTION = 16, 0.1
"""Questions asked at most, and the share of the effort that each may take."""

LONGEST_QUESTION = 2.0
"""Deterministic seconds that one question takes at most."""

LARGEST_CLUSTER = 80
"""Rows up to which CP-SAT is asked about those that prove a bound."""

LADDER = (0.03, 0.01, 0.005, 0.002, 0.001, 0.0, 0.0)
"""How far above the bound [1] the plan is aimed, step by step."""


@dataclass(frozen=True)
class Ceiling:
    """The heaviest load ratio of a plan [1], the least possible as far as proven, what proves it, and the plan's items."""

    value: float
    bound: float
    proved_by: str
    item_of: Ints


def lowest_ceiling(relaxation: Relaxation, start: Standing, tries: int, means: Means) -> Ceiling:
    """Lower the heaviest load ratio of those who receive something.

    The bound comes from a linear programme at falling ceilings, then, for the rows that prove it, from CP-SAT on those
    rows alone: what cannot be placed by itself cannot be placed with the rest. The plan comes from annealing towards
    the bound.
    """
    sheet = relaxation.sheet
    each = replace(means, effort=min(max(EFFORT_A_QUESTION * means.effort, 0.2), LONGEST_QUESTION))
    first, high = _least_alone(sheet), worst_ratio(sheet, start)
    bound, cluster = _linear_bound(relaxation, first, high)
    proof = "linear relaxation of who could take what"
    if bound <= first + CLOSE:
        proof = "one case, whoever takes it"
    if 0 < len(cluster) <= LARGEST_CLUSTER:
        exact = _narrowed(relaxation, Ceiling(high, bound, proof, start.item_of), cluster, each).bound
        if exact > bound + CLOSE:
            bound, proof = exact, f"CP-SAT on the {len(cluster)} cases that few could take"
    value, item_of = _towards(sheet, start, bound, tries, means)
    if len(sheet.rows) <= SMALL and not sheet.one_area and sheet.limit >= UNTIL_SETTLED:
        found = _narrowed(relaxation, Ceiling(value, bound, proof, item_of), None, each)
        value, item_of = found.value, found.item_of
        if found.bound > bound + CLOSE:
            bound, proof = found.bound, "CP-SAT on all cases"
    return Ceiling(value, min(bound, value), proof, item_of)


def _least_alone(sheet: Sheet) -> float:
    """Give the ratio to which some row brings whoever takes it, at least."""
    items = sheet.items
    ratio = np.where(items["receives"] > 0, sheet.rooms["ratio"][items["worker"]] + items["load"], 0.0)
    least = np.full(len(sheet.rows), np.inf)
    np.minimum.at(least, items["row"], ratio)
    return float(least.max(initial=0.0))


def _linear_bound(relaxation: Relaxation, low: float, high: float) -> tuple[float, Ints]:
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
    while high - low > 5e-4 * high:
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


def _towards(sheet: Sheet, start: Standing, bound: float, tries: int, means: Means) -> tuple[float, Ints]:
    """Anneal towards ceilings closer and closer to the bound; what is reached counts, whether or not it was aimed at."""
    placed = np.flatnonzero(start.item_of >= 0)
    best, item_of = worst_ratio(sheet, start), start.item_of.copy()
    for above in LADDER:
        target = bound * (1.0 + above)
        if best <= target + CLOSE:
            continue
        if not means.going(best, bound):
            break
        anneal(sheet, start, Goal(0.02, target, 1.0), placed, tries, 1e-2, 1e-7)
        reached = worst_ratio(sheet, start)
        if reached < best:
            best, item_of = reached, start.item_of.copy()
    return best, item_of
