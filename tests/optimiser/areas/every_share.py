"""The best sharing by trying every one there is."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from allocation_engine.optimiser.areas import AreaProblem

Group = tuple[int, ...]


def ways_to_part(units: Group) -> Iterator[tuple[Group, ...]]:
    """Give every way to part units into groups, none of them empty."""
    if not units:
        yield ()
        return
    first, *others = units
    for size in range(len(others) + 1):
        for company in combinations(others, size):
            for rest in ways_to_part(tuple(unit for unit in others if unit not in company)):
                yield ((first, *company), *rest)


def least_squares(problem: AreaProblem) -> int | None:
    """Give the least sum of squared loads; None if no sharing keeps every rule."""
    by_workers = {0: 0}
    for loads in problem.loads:
        here = least_by_count(loads.tolist(), problem)
        sums = [(w + v, total + value) for w, total in by_workers.items() for v, value in here.items()]
        by_workers = {w: min(total for busy, total in sums if busy == w) for w, _ in sums}
    idle = problem.fewest == 0
    fitting = [v for w, v in by_workers.items() if w == problem.workers or (idle and w < problem.workers)]
    return min(fitting, default=None)


def least_by_count(loads: list[int], problem: AreaProblem) -> dict[int, int]:
    """Give the least sum of squares of one area for every number of busy workers there can be."""
    least: dict[int, int] = {}
    most = len(loads) if problem.most is None else problem.most
    largest = sum(loads) if problem.largest is None else problem.largest
    for groups in ways_to_part(tuple(range(len(loads)))):
        carried = [sum(loads[unit] for unit in group) for group in groups]
        if all(problem.fewest <= len(group) <= most for group in groups) and max(carried, default=0) <= largest:
            value = sum(load * load for load in carried)
            least[len(groups)] = min(value, least.get(len(groups), value))
    return least


def areas(*loads: list[int]) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int64]], ...]:
    """Write loads as a problem holds them."""
    return tuple(np.array(there, dtype=np.int64) for there in loads)
