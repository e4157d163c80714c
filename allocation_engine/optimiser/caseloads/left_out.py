"""What leaving a unit out can save at given prices, whole or in part, and what that weighs.

Left whole, a unit saves its price. Left in part, whoever takes the rest of the siblings carries these: squares grow more
than by what a load would cost alone, so at least by that on top of what else comes to the worker.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints
from allocation_engine.optimiser.caseloads.eligibility import open_pairs
from allocation_engine.optimiser.caseloads.table import Table, weight_of
from domain.allocation import AllocationProblem, figure
from domain.vocabulary import AssignmentRole

MOST_SIBLINGS, MOST_UNITS = 5, 200
"""Siblings of a unit, and units (those dearest for their weight), up to which parts are looked at one by one."""


def options(table: Table, price: Floats, most: float) -> tuple[Ints, Floats, Floats]:
    """Give every way to leave units out that weighs no more than `most`: the unit, the weight, and what it saves at most.

    Parameters
    ----------
    price
        Of each unit, its co-workers' places with it.
    """
    problem, found = table.problem, list[tuple[int, float, float]]()
    dear = [unit for unit in np.flatnonzero(price > 0.0).tolist() if _least(table, unit) <= most]
    families = [unit for unit in dear if len(table.units[unit]) > 1]
    families.sort(key=lambda unit: (-price[unit] / _least(table, unit), unit))
    close = {unit for unit in families[:MOST_UNITS] if len(table.units[unit]) <= MOST_SIBLINGS}
    workers = _open_to(problem, [case for unit in close for case in table.units[unit]])
    for unit in dear:
        members, dearest = table.units[unit], float(price[unit])
        found.append((unit, sum(weight_of(problem.cases[case]) for case in members), dearest))
        if unit in close:
            found += [(unit, *one) for one in _in_part(problem, members, dearest, workers)]
        elif len(members) > 1:
            found.append((unit, _least(table, unit), dearest))
    found = [one for one in found if one[1] <= most]
    units, weights, saved = zip(*found, strict=True) if found else ((), (), ())
    return np.array(units, np.int64), np.array(weights, np.float64), np.array(saved, np.float64)


def _least(table: Table, unit: int) -> float:
    return min(weight_of(table.problem.cases[case]) for case in table.units[unit])


def _open_to(problem: AllocationProblem, cases: list[int]) -> dict[int, set[int]]:
    """Give who may take each case as primary worker, by the rules of pairs."""
    found: dict[int, set[int]] = {case: set() for case in cases}
    for case, worker in zip(*(one.tolist() for one in open_pairs(problem, cases, AssignmentRole.PRIMARY)), strict=True):
        found[case].add(worker)
    return found


def _in_part(
    problem: AllocationProblem, members: tuple[int, ...], price: float, workers: dict[int, set[int]]
) -> Iterator[tuple[float, float]]:
    """Give the weight and the saving of each way to place some of a unit's cases and leave the others."""
    for size in range(1, len(members)):
        for rest in combinations(members, size):
            takers = set.intersection(*(workers[case] for case in rest))
            if takers:
                left = sum(weight_of(problem.cases[case]) for case in members if case not in rest)
                yield left, price - min(_alone(problem, rest, worker) for worker in takers)


def _alone(problem: AllocationProblem, cases: tuple[int, ...], worker: int) -> float:
    """Give by how much these cases alone would raise a worker's squared load ratio [1]."""
    one = problem.workers[worker]
    capacity = one.capacity or np.inf
    load = sum(figure(problem.added_load, case, worker) for case in cases) / capacity
    return float(load * (2.0 * one.predicted_load / capacity + load))
