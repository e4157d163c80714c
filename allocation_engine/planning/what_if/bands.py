"""Bands over runs: a mean with its error, and the range in which most runs lie."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from allocation_engine.optimiser.forward.arrays import Floats

LOW, HIGH = 0.1, 0.9
"""Eight runs in ten lie between these shares of all runs."""


@dataclass(frozen=True, slots=True)
class Band:
    """What runs came to: the range of eight in ten, the middle one, the mean, and the standard error of the mean."""

    low: float
    middle: float
    high: float
    mean: float
    error: float


def band(values: Floats) -> Band:
    """Put one figure of many runs into a band; a single run has no error to speak of (NaN)."""
    low, middle, high = np.quantile(values, (LOW, 0.5, HIGH)).tolist()
    error = float(np.std(values, ddof=1)) / sqrt(len(values)) if len(values) > 1 else float("nan")
    return Band(low, middle, high, float(values.mean()), error)


def bands(values: Floats) -> tuple[Band, ...]:
    """Put figures by run and week into one band a week."""
    return tuple(band(values[:, week]) for week in range(values.shape[1]))


@dataclass(frozen=True, slots=True)
class Chance:
    """How often something happened in the runs [1], with the ends of Wilson's 95 % interval."""

    share: float
    low: float
    high: float


def chance(happened: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Chance:
    """Estimate a chance from runs.

    References
    ----------
    .. [1] E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22:209-212.
    """
    n, z = len(happened), 1.959964
    share = float(happened.mean())
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Chance(share, max(0.0, middle - half), min(1.0, middle + half))
