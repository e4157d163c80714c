"""Who holds what as the weeks go by."""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.forward.arrays import (
    NO_ONE,
    RELEASE_ALL,
    RELEASE_HIGH,
    Chances,
    Flags,
    Floats,
    Ints,
    Service,
)


class Standing(NamedTuple):
    """The cases of a run as they stand.

    Attributes
    ----------
    holder, co_workers
        Who is primary worker, and who co-works; `NO_ONE` where nobody is.
    closed, passed_on
        Whether a case is closed, and whether it had a worker who could not keep it.
    waits_since, left
        Since when a case waits, and for how long it is still to be worked [day].
    """

    holder: Ints
    co_workers: Ints
    closed: Flags
    passed_on: Flags
    waits_since: Floats
    left: Floats


@compiled
def first_standing(chances: Chances) -> Standing:
    """Lay out the cases as they stand at the beginning."""
    cases = len(chances.cases)
    holder, since, left = np.empty(cases, np.int64), np.empty(cases), np.empty(cases)
    for case in range(cases):
        holder[case] = chances.cases[case]["holder"]
        since[case] = chances.cases[case]["waits_since"]
        left[case] = chances.cases[case]["work"]
    return Standing(
        holder,
        chances.co_workers.copy(),
        np.zeros(cases, np.uint8),
        np.zeros(cases, np.uint8),
        since,
        left,
    )


@compiled
def pass_on(service: Service, chances: Chances, standing: Standing, week: int, at: float) -> None:
    """Let the cases wait that their workers cannot keep: who left, or whose cases are handed over."""
    for case in range(len(standing.holder)):
        if standing.closed[case]:
            continue
        worker = standing.holder[case]
        if worker != NO_ONE:
            release = service.weeks[week, worker]["release"]
            if release == RELEASE_ALL or (release == RELEASE_HIGH and chances.cases[case]["high"] > 0):
                standing.holder[case] = NO_ONE
                standing.passed_on[case] = 1
                standing.waits_since[case] = at
        for place in range(standing.co_workers.shape[1]):
            beside = standing.co_workers[case, place]
            if beside != NO_ONE and service.weeks[week, beside]["release"] == RELEASE_ALL:
                standing.co_workers[case, place] = NO_ONE


@compiled
def waits(chances: Chances, standing: Standing, case: int, at: float) -> bool:
    """Say whether a case is there by now, open, and without a primary worker."""
    return bool(chances.cases[case]["arrives"] <= at and not standing.closed[case] and standing.holder[case] == NO_ONE)
