"""Intervals that go with a figure: never a bare number."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from scipy.special import stdtrit

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where a figure may well lie, at 95 % confidence."""

    low: float
    high: float


def t_interval(values: Sequence[float]) -> tuple[float, Interval]:
    """Give the mean of independent values and Student's t interval for it.

    ``mean ± t(0.975, n - 1) · s / √n`` with s the standard deviation of the sample. It wants two values at least.
    """
    mean, number = fmean(values), len(values)
    half = float(stdtrit(number - 1, (1 + CONFIDENCE) / 2)) * stdev(values) / sqrt(number)
    return mean, Interval(mean - half, mean + half)
