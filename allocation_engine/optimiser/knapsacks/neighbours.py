"""Groups of workers whose units are shared out anew: small groups by trying everything, larger ones by a beam.

References
----------
P. Shaw (1998), Using constraint programming and local search methods to solve vehicle routing problems.
"""

import numpy as np

from allocation_engine.optimiser.knapsacks.beam import Search
from allocation_engine.optimiser.knapsacks.branch import try_all
from allocation_engine.optimiser.knapsacks.pairs import Pairs, part
from allocation_engine.optimiser.knapsacks.problem import Floats, Integers
from allocation_engine.optimiser.knapsacks.start import losses, margins, plan_by_beam, surest_first

MOST_WORK = 0.4
"""Work after which a group is left with what was found [deterministic seconds]."""

PLANS_KEPT, ROUNDS = 100, 20
"""Of a beam: plans kept, and rounds of prices each time."""

SPREAD = 0.9
"""How much the order of a beam is left to chance [share of the margin]; each beam into a group is to find something else."""

SIDEWAYS = 0.7
"""Share of the groups in which a plan of the same cost is also taken, so that the search does not stand still."""


BETTER_KIND, FORGET = 0.7, 0.8
"""Share of the rounds for the kind of group that lately gained more for its work; what is kept of older gains each round."""

BEAMS_FOR_TRIES = 3.0
"""Work of beams for that of trying everything, where neither gained anything."""

LEAST_WORK = 1e-4
"""What a piece is booked at least [deterministic seconds], so that every search ends."""


class Kinds:
    """Which kind of group lately gained most for its work: trying everything, or a beam."""

    def __init__(self) -> None:
        self._gain, self._work = [0.0, 0.0], [0.0, 0.0]

    def next(self, dice: np.random.Generator) -> bool:
        """Say whether a beam comes next: mostly what gains more, in turn where neither does."""
        tries, beams = (gain / max(work, LEAST_WORK) for gain, work in zip(self._gain, self._work, strict=True))
        if max(tries, beams) <= 0.0:
            return self._work[True] < BEAMS_FOR_TRIES * self._work[False]
        return bool((dice.random() < BETTER_KIND) == (beams >= tries))

    def learn(self, *, beams: bool, gained: float, work: float) -> None:
        """Book what a round gained and took."""
        self._gain[beams] = FORGET * self._gain[beams] + (gained if np.isfinite(gained) else 0.0)
        self._work[beams] = FORGET * self._work[beams] + work


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


def beam_anew(
    near: Pairs,
    prices: Floats,
    worker_of: Integers,
    group: Integers,
    how: tuple[float, bool],
    change: float,
    seed: int,
    stop: Integers,
) -> tuple[Integers, Integers, bool, float]:
    """Share a group's units out anew by a beam, which can do with larger groups than trying everything.

    Parameters and result are those of `share_out`; `change` is the first change of a price, `seed` is for the order of
    the units, and never is everything tried.
    """
    inside, units = part(near, worker_of, group)
    step, sideways = how
    none = np.zeros(0, dtype=np.int64)
    if len(units) < 2:  # noqa: PLR2004
        return none, none, False, 0.0
    held = group[inside.worker] == worker_of[units][inside.unit]
    value = float(inside.cost[held].sum())
    _, loss = losses(inside, prices[units])
    order = surest_first(margins(inside, loss), SPREAD, np.random.Generator(np.random.PCG64(seed)))
    search = Search(PLANS_KEPT, ROUNDS, change)
    cutoff = value + 0.5 * step if sideways else value - 0.5 * step
    new, work = plan_by_beam(inside, prices[units], order, search, cutoff, stop)
    if new is None:
        return none, none, False, work
    taken = inside.worker == new[inside.unit]
    if float(inside.cost[taken].sum()) > value:
        return none, none, False, work
    return units, group[new], False, work
