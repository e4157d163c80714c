"""Intervals that go with a figure: never a bare number."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

CONFIDENCE = 0.95
DRAWS = 2000
"""Of a bootstrap: enough for the ends of a 95 % interval to move little from seed to seed."""

Sample = NDArray[np.float64]


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


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two rates with its interval; None where the other rate is nought, and for an end without bound."""

    ratio: float | None
    low: float
    high: float | None


def rate_ratio(count: int, exposure: float, other_count: int, other_exposure: float) -> Ratio | None:
    """Compare two rates of counted events, with the exact interval for two Poisson rates.

    Given the sum of both counts, one of them is binomial, and the Clopper-Pearson interval of its share gives that of
    the ratio (Przyborowski & Wilenski 1940, Biometrika 31, 313-323). None where nothing was counted at all.
    """
    if not count + other_count:
        return None
    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, other_count + 1, tail))
    high = 1.0 if other_count == 0 else float(betaincinv(count + 1, other_count, 1 - tail))
    scale = other_exposure / exposure
    return Ratio(
        ratio=count / other_count * scale if other_count else None,
        low=low / (1 - low) * scale,
        high=None if high == 1.0 else high / (1 - high) * scale,
    )


Weighed = tuple[float, float]
"""What one worker received, and the exposure in which they did."""


def bootstrap_ratio(group: Sequence[Weighed], rest: Sequence[Weighed], seed: int) -> Ratio | None:
    """Compare what two groups of workers received for their exposure, with a bootstrap interval over workers.

    Whole workers are drawn with replacement, so that one who receives much does not count as many. The same seed gives
    the same interval. None where the rest received nothing.
    """
    chance = np.random.default_rng(seed)
    drawn = [_drawn_rates(np.array(side), chance) for side in (group, rest)]
    (received, exposure), (others, other_exposure) = (np.array(side).sum(axis=0) for side in (group, rest))
    if not others:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = drawn[0] / drawn[1]
    ratios = ratios[~np.isnan(ratios)]
    low, high = np.quantile(ratios, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], method="nearest")
    ratio = float(received / exposure / (others / other_exposure))
    return Ratio(ratio, float(low), float(high) if np.isfinite(high) else None)


def _drawn_rates(side: Sample, chance: np.random.Generator) -> Sample:
    """Draw workers of one side again and again, and give the rate of each draw."""
    places = chance.integers(0, len(side), size=(DRAWS, len(side)))
    # Column by column: numpy takes single numbers several times as fast as pairs.
    received, exposure = (np.take(column, places).sum(axis=1) for column in np.ascontiguousarray(side.T))
    rates: Sample = received / exposure
    return rates
