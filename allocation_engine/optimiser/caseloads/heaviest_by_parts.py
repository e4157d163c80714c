"""The heaviest load ratio of a large service, part by part: the highest of the parts' is that of all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints
from allocation_engine.optimiser.caseloads.groups import CLOSE
from allocation_engine.optimiser.caseloads.heaviest import (
    ALONE,
    Ceiling,
    anneal_first,
    anneal_towards,
    least_alone,
    lowest_ceiling,
)
from allocation_engine.optimiser.caseloads.means import Means, in_turn
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.parts import slices_of
from allocation_engine.optimiser.caseloads.relaxed import Relaxation, relaxation
from allocation_engine.optimiser.caseloads.standing import standing_of, worst_ratio

FIRST_SHARE = 0.5
"""Share of the time for annealing every part; the rest is for those that stay above what one case alone brings about."""


def lowest_by_parts(rules: Relaxation, start: Ints, means: Means, certain: Ints | None) -> Ceiling:
    """Lower the heaviest load ratio of those who receive something.

    What one case alone brings about, whoever takes it, is a bound for all. Every part is annealed towards it; only those
    that stay above are looked at closely. A part's own bound counts for all: it rests on rows that nobody elsewhere could take.
    """
    sheet = rules.sheet
    certain = np.arange(len(sheet.rows)) if certain is None else certain
    floor = least_alone(sheet, certain)
    parts = [part for part in slices_of(sheet, start) if len(part.rows)]
    item_of = start.copy()
    heaviest = worst_ratio(sheet, standing_of(sheet, start, UNTIL_SETTLED, means.seed))
    asked = replace(means, going=lambda _, __: means.going(heaviest, floor))
    schedule = in_turn(asked, len(parts), FIRST_SHARE)

    def anneal(place: int) -> tuple[Ints, float]:
        part = parts[place]
        cut = part_of(sheet, part.workers, part.rows)
        standing = standing_of(cut.sheet, cut.places_of(start[part.rows]), UNTIL_SETTLED, means.seed)
        anneal_first(cut.sheet, standing, schedule(place))
        reached, best = anneal_towards(cut.sheet, standing, floor, schedule(place))
        return cut.items[best], reached

    with ThreadPoolExecutor(means.threads) as pool:
        answers = list(pool.map(anneal, range(len(parts))))
    for part, (items, _) in zip(parts, answers, strict=True):
        item_of[part.rows] = items
    reached = np.array([ratio for _, ratio in answers])
    bound, proof = floor, ALONE
    above = [place for place in np.argsort(-reached, kind="stable").tolist() if reached[place] > floor + CLOSE]
    for done, place in enumerate(above):
        if reached[place] <= bound + CLOSE or not means.going(float(reached.max()), bound):
            break
        part = parts[place]
        cut = part_of(sheet, part.workers, part.rows)
        local = relaxation(cut.sheet, np.unique(rules.unit_of_row[part.rows], return_inverse=True)[1])
        standing = standing_of(cut.sheet, cut.places_of(item_of[part.rows]), UNTIL_SETTLED, means.seed)
        each = in_turn(replace(asked, threads=1), len(above) - done)(0)
        shared = sheet.items["row"][~np.isin(sheet.items["worker"], part.workers)]
        here = np.flatnonzero(np.isin(part.rows, certain) & ~np.isin(part.rows, shared))
        ceiling = lowest_ceiling(local, standing, replace(each, threads=means.threads), bound, here)
        item_of[part.rows] = cut.items[ceiling.item_of]
        reached[place] = ceiling.value
        if ceiling.bound > bound:
            bound, proof = ceiling.bound, ceiling.proved_by
    value = worst_ratio(sheet, standing_of(sheet, item_of, UNTIL_SETTLED, means.seed))
    return Ceiling(value, min(bound, value), proof, item_of)
