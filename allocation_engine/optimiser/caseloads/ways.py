"""Ways to leave a unit out: whole, or some of its siblings while the rest is placed."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from allocation_engine.optimiser.caseloads.table import Table, weight_of

MOST_SIBLINGS = 5
"""Siblings of a unit up to which its parts are looked at one by one."""


class Way(NamedTuple):
    """A way to leave a unit out: what that weighs at least, and which of its cases are placed all the same."""

    unit: int
    weight: float
    rest: tuple[int, ...]


def weight_left(table: Table, cases: tuple[int, ...]) -> float:
    """Weigh cases that wait."""
    return sum(weight_of(table.problem.cases[case]) for case in cases)


def ways_of(table: Table, unit: int, most: float, *, in_part: bool = True) -> Iterator[Way]:
    """Give the ways to leave a unit out that weigh no more than `most`.

    Without parts, and for large families, one way stands for all parts: nothing is placed, and the lightest case weighs.
    """
    members = table.units[unit]
    whole = weight_left(table, members)
    if whole <= most:
        yield Way(unit, whole, ())
    if len(members) == 1:
        return
    if not in_part or len(members) > MOST_SIBLINGS:
        lightest = min(weight_left(table, (case,)) for case in members)
        if lightest <= most:
            yield Way(unit, lightest, ())
        return
    for size in range(1, len(members)):
        for rest in combinations(members, size):
            weight = weight_left(table, tuple(case for case in members if case not in rest))
            if weight <= most:
                yield Way(unit, weight, rest)
