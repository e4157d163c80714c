"""How low the heaviest load ratio can be: a bound from what few could take, and a plan that meets it or comes near."""

from dataclasses import dataclass

import numpy as np

from allocation_engine.optimiser.caseloads.anneal import Goal, anneal_below, anneal_in_slices
from allocation_engine.optimiser.caseloads.arrays import Floats, Ints, Sheet, least_for_each
from allocation_engine.optimiser.caseloads.bring_below import NARROW, SMALL_GROUPS, BringBelow
from allocation_engine.optimiser.caseloads.deciding import Deciding
from allocation_engine.optimiser.caseloads.groups import CLOSE
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.relaxed import TOLERANCE, Relaxation
from allocation_engine.optimiser.caseloads.standing import Standing, worst_ratio

FEW_ITEMS = 30_000
"""Items up to which the linear programme looks at all rows; above, at those that few could take."""

FEW_TAKERS = 6
"""Workers up to whom a row counts as one that few could take."""

MOST_PROGRAMMES = 12
"""Linear programmes for the first bound, at most: mostly two."""

ALONE, BY_PARTS_OF_CASES = "one case, whoever takes it", "linear relaxation of who could take what"

AIMED_ABOVE = (0.01, 0.002)
"""How far above the bound [1] annealing aims, one after the other."""

FIRST_TRIES_A_ROW, TRIES_A_ROW, MOST_TRIES = 1_000, 4_000, 500_000
"""Changes annealed for each row at first, in one go towards a ceiling, and at most: about a quarter of a second."""

SHARE_TO_PROVE, SHARE_TO_LOWER = 0.3, 0.1
"""Shares of the effort for those who decide, and for all together where a plan for those is none for all."""


@dataclass(frozen=True)
class Ceiling:
    """The heaviest load ratio of a plan [1], the least possible as far as proven, what proves it, and the plan's items."""

    value: float
    bound: float
    proved_by: str
    item_of: Ints


def lowest_ceiling(
    relaxation: Relaxation, start: Standing, means: Means, floor: float = 0.0, certain: Ints | None = None
) -> Ceiling:
    """Lower the heaviest load ratio of those who receive something.

    A linear programme gives a bound and the rows that decide on it. The plan comes from annealing towards the bound, then
    from questions about groups around those above a target. What then is open is asked of the rows that decide alone, whole
    caseloads first: what cannot be placed by itself cannot be placed with the rest.

    Parameters
    ----------
    floor
        A bound [1] that is known; nothing below it is looked for.
    certain
        The rows that a bound may rest on, if not all: others may wait.
    """
    sheet = relaxation.sheet
    certain = np.arange(len(sheet.rows)) if certain is None else certain
    first, high = max(least_alone(sheet, certain), floor), worst_ratio(sheet, start)
    bound, price = _linear_bound(relaxation, first, high, certain, means)
    proof = ALONE if bound <= first + CLOSE else BY_PARTS_OF_CASES
    value, item_of = anneal_towards(sheet, start, bound, means)
    if value > bound + CLOSE and price.any():
        deciding = Deciding(sheet, item_of, price, bound, certain, means, SHARE_TO_PROVE * means.effort)
        deciding.narrow()
        value, item_of = deciding.value, deciding.item_of
        if deciding.bound > bound:
            bound, proof = deciding.bound, f"whole caseloads for {len(deciding.rows)} cases that few could take"
    elif value > bound + CLOSE and not sheet.one_area:
        lower = BringBelow(sheet, item_of, means, SHARE_TO_LOWER * means.effort)
        lower.lower(bound, SMALL_GROUPS)
        value, item_of = lower.value, lower.item_of
    return Ceiling(value, min(bound, value), proof, item_of)


def anneal_first(sheet: Sheet, standing: Standing, means: Means) -> None:
    """Anneal the squares a little, so that a first plan is a fair one."""
    placed = np.flatnonzero(standing.item_of >= 0)
    tries = min(FIRST_TRIES_A_ROW * len(placed), MOST_TRIES)
    going = lambda: means.going(worst_ratio(sheet, standing), 0.0)  # noqa: E731  asked with what is known by then
    anneal_in_slices(sheet, standing, Goal(1.0, 0.0, 0.0), placed, tries, (1e-2, 1e-5), going)


def least_alone(sheet: Sheet, rows: Ints) -> float:
    """Give the ratio to which some of these rows brings whoever takes it, at least."""
    return float(ratios_alone(sheet)[rows].max(initial=0.0))


def ratios_alone(sheet: Sheet) -> Floats:
    """Give the ratio to which each row brings whoever takes it, at least."""
    items = sheet.items
    ratio = np.where(items["receives"] > 0, sheet.rooms["ratio"][items["worker"]] + items["load"], 0.0)
    return least_for_each(sheet, ratio)


def _linear_bound(
    relaxation: Relaxation, first: float, high: float, certain: Ints, means: Means
) -> tuple[float, Floats]:
    """Find the linear programme's least ceiling; give it and the prices of the rows that prove it.

    What the programme gives at a ceiling that can be kept is a bound. Asked again at that, it mostly stays there; where it
    does not, since at a lower ceiling fewer may take something, the range between is halved until it gives a higher one.
    """
    sheet = relaxation.sheet
    rows = certain if len(sheet.items) <= FEW_ITEMS else certain[np.diff(sheet.row_at)[certain] <= FEW_TAKERS]
    low, too_low, asked, price = first, 0.0, high, np.zeros(len(sheet.rows))
    for _ in range(MOST_PROGRAMMES):
        least, why = relaxation.least_ceiling(asked, low, rows)
        if least <= asked:
            high = asked
            low, price = (least, why) if least > low else (low, price)
            asked = low * (1.0 + NARROW / 2) if low > too_low else (low + high) / 2
        else:
            if not np.isfinite(least):
                waiting, why = relaxation.least_waiting(asked, rows)
                if waiting <= TOLERANCE:
                    break  # rounding: at this ceiling nothing is proven
            low, too_low, price = asked, asked * (1.0 + NARROW), why
            asked = (low + high) / 2
        if high - low <= NARROW * high or not means.going(high, low):
            break
    return max(low - TOLERANCE, first), price


def anneal_towards(sheet: Sheet, start: Standing, bound: float, means: Means) -> tuple[float, Ints]:
    """Anneal towards ceilings a little above a bound; give the lowest heaviest ratio [1] on the way, and its items."""
    placed = np.flatnonzero(start.item_of >= 0)
    best, item_of = worst_ratio(sheet, start), start.item_of.copy()
    tries = min(TRIES_A_ROW * len(placed), MOST_TRIES)
    for above in AIMED_ABOVE:
        target = bound * (1.0 + above)
        if best <= bound + CLOSE:
            return best, item_of
        anneal_below(sheet, start, target, tries, lambda best=best: means.going(best, bound))  # type: ignore[misc]
        if worst_ratio(sheet, start) < best:
            best, item_of = worst_ratio(sheet, start), start.item_of.copy()
    return best, item_of
