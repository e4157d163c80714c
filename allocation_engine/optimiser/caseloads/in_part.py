"""Siblings placed in part, where leaving one of them makes room for somebody who weighs more."""

from collections.abc import Callable

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints
from allocation_engine.optimiser.caseloads.scarce import Scarcity
from allocation_engine.optimiser.caseloads.squeeze import squeezed_in
from allocation_engine.optimiser.caseloads.standing import standing_of, unload_one_sided
from allocation_engine.optimiser.caseloads.table import leaving, without
from allocation_engine.optimiser.caseloads.ways import Way

MOST_TRIED = 12
"""Choices tried in all: each lays the problem out anew."""


def placed_in_part(scarcity: Scarcity, best: Ints, keep_going: Callable[[], bool]) -> tuple[Scarcity, Ints]:
    """Leave single cases waiting instead of whole units, as far as the cores say that less could wait.

    Parameters
    ----------
    best
        The item of each row that is placed; nothing of these waits.

    Returns
    -------
    tuple
        What is placed now, and the item of each of its rows; as it came where nothing better was found.
    """
    tried = 0
    while scarcity.known and scarcity.free > 0.0:
        choices = [choice for core in scarcity.cores for choice in core.choices or ()]
        found = None
        for choice in choices:
            if tried == MOST_TRIED or not keep_going():
                return scarcity, best
            tried += 1
            found = _placed_without(scarcity, best, choice)
            if found is not None:
                break
        if found is None:
            return scarcity, best
        scarcity, best = found
    return scarcity, best


def _placed_without(scarcity: Scarcity, best: Ints, choice: tuple[Way, ...]) -> tuple[Scarcity, Ints] | None:
    """Place all but what a choice leaves out; None if no less waits then."""
    whole = scarcity.whole
    table = leaving(whole, {case for way in choice for case in set(whole.units[way.unit]) - set(way.rest)})
    start = table.item_of(scarcity.placed.plan(best))
    found = squeezed_in(table.sheet, start, scarcity.seed, lambda: True)
    if (found < 0).any():
        table, found = without(table, found)
    standing = standing_of(table.sheet, found, UNTIL_SETTLED, scarcity.seed)
    better = Scarcity(whole, table, scarcity.seed)
    if better.waits >= scarcity.waits or unload_one_sided(table.sheet, standing) > 0:
        return None
    return better, found
