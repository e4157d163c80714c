"""Groups of workers whose units are shared out anew: small groups by trying everything, larger ones by a dive.

References
----------
P. Shaw (1998), Using constraint programming and local search methods to solve vehicle routing problems.
"""

import numpy as np

from allocation_engine.optimiser.knapsacks.branch import try_all
from allocation_engine.optimiser.knapsacks.pairs import Pairs, part
from allocation_engine.optimiser.knapsacks.problem import Floats, Integers
from allocation_engine.optimiser.knapsacks.start import first_plan

MOST_WORK = 0.4
"""Work after which a group is left with what was found [deterministic seconds]."""

WORK_AFTER_A_DIVE = 0.1
"""Work for the last few units of a dive [deterministic seconds]; many dives find more than long ones."""

SIDEWAYS = 0.7
"""Share of the groups in which a plan of the same cost is also taken, so that the search does not stand still."""


def groups(near: Pairs, worker_of: Integers, size: int, dice: np.random.Generator) -> list[Integers]:
    """Divide the workers into groups; those who could take each other's units tend to be together."""
    workers = len(near.free)
    could = np.zeros((workers, workers))
    np.add.at(could, (worker_of[near.unit], near.worker), 1.0)
    could = (could + could.T + 0.5) * dice.random((workers, workers)) ** 0.5
    left = dice.permutation(workers)
    made = []
    while len(left) > 0:
        order = np.argsort(-could[left[0], left[1:]], kind="stable")
        together = np.concatenate([left[:1], left[1:][order[: size - 1]]])
        made.append(np.sort(together))
        left = np.setdiff1d(left, together, assume_unique=True)[dice.permutation(len(left) - len(together))]
    return made


def share_out(
    near: Pairs, prices: Floats, worker_of: Integers, group: Integers, how: tuple[float, bool], stop: Integers
) -> tuple[Integers, Integers, bool, float]:
    """Share a group's units out anew.

    Parameters
    ----------
    near, prices
        Pairs to choose from, and prices to start from.
    worker_of
        The plan now.
    group
        Workers.
    how
        The least difference between two costs, and whether the same cost is good enough.
    stop
        One number; not 0 ends it.

    Returns
    -------
    tuple
        Units and their new workers (none where nothing was found), whether everything was tried, and the work done.
    """
    inside, units = part(near, worker_of, group)
    step, sideways = how
    none = np.zeros(0, dtype=np.int64)
    if len(units) < 2:  # noqa: PLR2004
        return none, none, True, 0.0
    at = np.searchsorted(group, worker_of[units])
    now = inside.worker[inside.of_unit]
    held = inside.of_unit[now == at[inside.unit[inside.of_unit]]]
    value = float(inside.cost[held].sum())
    done, best, work = try_all(inside, prices[units], value + step if sideways else value, step, MOST_WORK, stop)
    if best.min() < 0:
        return none, none, bool(done), float(work)
    return units, group[inside.worker[best]], bool(done), float(work)


def dive_anew(
    near: Pairs,
    prices: Floats,
    worker_of: Integers,
    group: Integers,
    how: tuple[float, bool],
    share: float,
    stop: Integers,
) -> tuple[Integers, Integers, bool, float]:
    """Share a group's units out anew by a dive, which can do with far larger groups than trying everything.

    Parameters and result are those of `share_out`; `share` of the open units is given at a time, and never is everything
    tried.
    """
    inside, units = part(near, worker_of, group)
    step, sideways = how
    none = np.zeros(0, dtype=np.int64)
    if len(units) < 2:  # noqa: PLR2004
        return none, none, False, 0.0
    held = group[inside.worker] == worker_of[units][inside.unit]
    value = float(inside.cost[held].sum())
    cutoff = value if sideways else value - step
    new, work = first_plan(inside, prices[units], cutoff, share, stop, WORK_AFTER_A_DIVE)
    if new is None:
        return none, none, False, work
    # a dive that was broken off may have given somebody too much
    taken = inside.worker == new[inside.unit]
    used = np.bincount(inside.worker[taken], inside.hours[taken], minlength=len(group))
    if taken.sum() < len(units) or (used > inside.free).any() or float(inside.cost[taken].sum()) > value:
        return none, none, False, work
    return units, group[new], False, work
