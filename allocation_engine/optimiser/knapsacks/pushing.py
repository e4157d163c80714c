"""A first plan where dives find none: each unit to where it is cheapest; what has no room pushes out what was pushed least.

References
----------
.. [1] Y. Nagata, O. Bräysy (2009), "A powerful route minimization heuristic for the vehicle routing problem with time
   windows", Operations Research Letters 37:333-338, for the guided ejection search.
"""

from collections import deque

import numpy as np

from allocation_engine.optimiser.knapsacks.problem import Floats, Integers, KnapsackProblem

TRIES_A_UNIT = 30
"""Placements for each unit after which it ends without a plan."""


def pushed_in(problem: KnapsackProblem, dear: Floats) -> Integers | None:
    """Give each unit a worker with room, or None if that was not found.

    Parameters
    ----------
    problem
        Costs, hours and free hours.
    dear
        What each unit costs with each worker, hours priced; infinite where it may not go. The cheapest is tried first.
    """
    units, workers = dear.shape
    room = problem.free.astype(np.int64).copy()
    worker_of = np.full(units, -1, np.int64)
    pushed = np.ones(units)
    two = np.partition(np.where(np.isfinite(dear), dear, 1e18), min(1, workers - 1), axis=1)
    queue = deque(np.argsort(-(two[:, min(1, workers - 1)] - two[:, 0]), kind="stable").tolist())
    for _ in range(TRIES_A_UNIT * units):
        if not queue:
            return worker_of
        unit = queue.popleft()
        fits = np.where(room >= problem.hours[unit], dear[unit], np.inf)
        worker = int(np.argmin(fits))
        if not np.isfinite(fits[worker]):
            worker = _push_out(problem, dear[unit], unit, (worker_of, room, pushed), queue)
            if worker < 0:
                return None
        worker_of[unit] = worker
        room[worker] -= problem.hours[unit, worker]
    return None


def _push_out(
    problem: KnapsackProblem, dear: Floats, unit: int, state: tuple[Integers, Integers, Floats], queue: deque[int]
) -> int:
    """Make room for a unit by letting one other wait: the one pushed out least, the cheapest worker first among equals."""
    worker_of, room, pushed = state
    held = np.flatnonzero(worker_of >= 0)
    who = worker_of[held]
    enough = room[who] + problem.hours[held, who] >= problem.hours[unit, who]
    enough &= np.isfinite(dear[who])
    if not enough.any():
        return -1
    held, who = held[enough], who[enough]
    out = int(np.lexsort((dear[who], pushed[held]))[0])
    gone, worker = int(held[out]), int(who[out])
    pushed[gone] += 1.0
    room[worker] += problem.hours[gone, worker]
    worker_of[gone] = -1
    queue.append(gone)
    return worker
