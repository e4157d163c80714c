"""What each session advanced the recovery clock by: the rule of `domain.load.recovery.ease` for all workers at once.

The relief at work just after session j is ``x_j = max(ρ_j, x_(j-1) · exp(-Δ/σ))``, so ``ln x_j + t_j/σ`` is the largest
``ln ρ_i + t_i/σ`` so far, and the advance ``max(0, ρ_j - x_(j-1) · exp(-Δ/σ))`` needs no step by step.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from domain.load.parameters import LoadParameters
from projections.load_columns.arrays import Floats, Ints, SmallInts, bounds
from projections.load_columns.fact_columns import Dated
from projections.load_columns.weights import relief_table

MICROSECONDS_PER_DAY = 86_400e6


@dataclass(frozen=True, slots=True)
class Reliefs:
    """Sessions that brought anything: whose, when [µs], and the advance of each compartment's clock [1]."""

    worker: SmallInts
    at: Ints
    advance: Floats


def reliefs(told: Dated, workers: int, parameters: LoadParameters) -> Reliefs:
    """Work out the advance that each session brings."""
    begins = bounds(told.worker, workers)
    table = relief_table(parameters)
    with np.errstate(divide="ignore"):
        whole = np.log(table)  # no relief at all: minus infinity, which no maximum takes
    advance = np.empty((len(told.at), 2))
    for first, last in pairwise(begins.tolist()):
        if first < last:
            spaced = (told.at[first:last] - told.at[first]) / (parameters.relief_spacing.value * MICROSECONDS_PER_DAY)
            code = told.code[first:last]
            advance[first:last] = _advances(table[code], whole[code] + spaced[:, None], spaced)
    some = advance.any(axis=1)
    return Reliefs(told.worker[some], told.at[some], advance[some])


def _advances(relief: Floats, level: Floats, spaced: Floats) -> Floats:
    at_work = np.full_like(relief, 0.0)
    at_work[1:] = np.exp(np.maximum.accumulate(level)[:-1] - spaced[1:, None])
    return np.maximum(0.0, relief - at_work)
