"""A figure for every case and every worker: written out as a table, or as factors where the table would be too large."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

Table = tuple[tuple[float, ...], ...]
"""For each case, for each worker in their order."""


@dataclass(frozen=True, slots=True)
class Factors:
    """Figures that are sums of products: ``f(c, w) = sum over k of by_case[c][k] · by_worker[w][k]``.

    What a case adds to a load ahead has this form, with the two compartments as k: the case's rates [lp/day] and the
    worker's integrals of what a rate comes to [day]. A country's figures fit where its table would not.
    """

    by_case: Table
    by_worker: Table


Figures = Table | Factors


def figure(figures: Figures, case: int, worker: int) -> float:
    """Give one figure by the places of the case and the worker."""
    if isinstance(figures, Factors):
        pairs = zip(figures.by_case[case], figures.by_worker[worker], strict=True)
        return sum(one * other for one, other in pairs)
    return figures[case][worker]


def in_order(figures: Figures, cases: Sequence[int], workers: Sequence[int]) -> Figures:
    """Give the figures of some cases and workers, in this order of their places."""
    if isinstance(figures, Factors):
        by_case = tuple(figures.by_case[c] for c in cases)
        return Factors(by_case, tuple(figures.by_worker[w] for w in workers))
    return tuple(tuple(figures[c][w] for w in workers) for c in cases)


def fault_in(figures: Figures, cases: int, workers: int) -> str | None:
    """Say what does not fit, beginning with the place of it; None if all does."""
    if isinstance(figures, Factors):
        for name, rows, wanted, of_what in (
            ("by_case", figures.by_case, cases, "cases"),
            ("by_worker", figures.by_worker, workers, "workers"),
        ):
            width = len(figures.by_case[0]) if figures.by_case else len(rows[0]) if rows else 0
            fault = _fault_in_rows(rows, wanted, of_what, width, "factors")
            if fault is not None:
                return f".{name}{fault}"
        return None
    return _fault_in_rows(figures, cases, "cases", workers, "workers")


def _fault_in_rows(rows: Table, wanted: int, of_what: str, width: int, across: str) -> str | None:
    if len(rows) != wanted:
        return f" has {len(rows)} rows for {wanted} {of_what}"
    for index, row in enumerate(rows):
        if len(row) != width:
            return f"[{index}] has {len(row)} entries for {width} {across}"
        if any(not (value >= 0 and isfinite(value)) for value in row):
            return f"[{index}] holds a figure below zero or not a number"
    return None
