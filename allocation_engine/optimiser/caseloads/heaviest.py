"""How low the heaviest load ratio can be: a bound from what few could take, and a plan that meets it or comes near."""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.anneal import Goal, anneal
from allocation_engine.optimiser.caseloads.arrays import Ints, Sheet
from allocation_engine.optimiser.caseloads.pair_model import PairModel
from allocation_engine.optimiser.caseloads.relaxed import TOLERANCE, Relaxation
from allocation_engine.optimiser.caseloads.standing import Standing, standing_of, worst_ratio

CLOSE = 1e-7
"""Load ratios [1] closer than this count as one."""

FEW_ITEMS = 30_000
"""Items up to which the linear programme looks at all rows; above, at those that few could take."""

FEW_TAKERS = 6
"""Workers up to whom a row counts as one that few could take."""

CLUSTER_EFFORT, LARGEST_CLUSTER = 0.3, 80
"""Deterministic seconds for one question about a cluster, and rows up to which it is asked."""

LADDER = (0.03, 0.01, 0.005, 0.002, 0.001, 0.0, 0.0)
"""How far above the bound [1] the plan is aimed, step by step."""


@dataclass(frozen=True)
class Ceiling:
    """The heaviest load ratio of a plan [1], the least possible as far as proven, what proves it, and the plan's items."""

    value: float
    bound: float
    proved_by: str
    item_of: Ints


def lowest_ceiling(relaxation: Relaxation, start: Standing, tries: int, seed: int) -> Ceiling:
    """Lower the heaviest load ratio of those who receive something.

    The bound comes from a linear programme at falling ceilings, then, for the rows that prove it, from CP-SAT on those
    rows alone: what cannot be placed by itself cannot be placed with the rest. The plan comes from annealing towards
    the bound.
    """
    sheet = relaxation.sheet
    first, high = _least_alone(sheet), worst_ratio(sheet, start)
    bound, cluster = _linear_bound(relaxation, first, high)
    proof = "linear relaxation of who could take what"
    if bound <= first + CLOSE:
        proof = "one case, whoever takes it"
    if 0 < len(cluster) <= LARGEST_CLUSTER:
        exact = _cluster_bound(relaxation, cluster, bound, high, seed)
        if exact > bound + CLOSE:
            bound, proof = exact, f"CP-SAT on the {len(cluster)} cases that few could take"
    value, item_of = _towards(sheet, start, bound, tries)
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


def _cluster_bound(relaxation: Relaxation, rows: Ints, low: float, high: float, seed: int) -> float:
    """Find the least ceiling at which some rows alone can be placed, downwards from plan to plan; a bound for all."""
    for _ in range(24):
        if high - low <= CLOSE:
            break
        asked = high - CLOSE if high - low < 4e-3 * high else (low + high) / 2
        status, item_of, _ = PairModel(relaxation, asked, rows).solve(CLUSTER_EFFORT, seed)
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            reached = worst_ratio(relaxation.sheet, standing_of(relaxation.sheet, item_of, asked, seed))
            high = min(reached, asked)
        elif status == cp_model.INFEASIBLE:
            low = asked
        else:
            break
    return low + CLOSE if high - low <= 2 * CLOSE else low


def _towards(sheet: Sheet, start: Standing, bound: float, tries: int) -> tuple[float, Ints]:
    """Anneal towards ceilings closer and closer to the bound; what is reached counts, whether or not it was aimed at."""
    placed = np.flatnonzero(start.item_of >= 0)
    best, item_of = worst_ratio(sheet, start), start.item_of.copy()
    for above in LADDER:
        target = bound * (1.0 + above)
        if best <= target + CLOSE:
            continue
        anneal(sheet, start, Goal(0.02, target, 1.0), placed, tries, 1e-2, 1e-7)
        reached = worst_ratio(sheet, start)
        if reached < best:
            best, item_of = reached, start.item_of.copy()
    return best, item_of
