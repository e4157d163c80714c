"""Line charts apart from how they are drawn: lines with bands along weeks or days, and the table that says the same.

The page draws them as SVG whose lines stretch with the page while its text keeps its size, so that they can be read at 320
pixels and in print. Colours are never the only sign: each line has a dash of its own, and a table stands beside the chart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, floor, isfinite, log10

WIDTH, HEIGHT = 1000.0, 1000.0
"""The lines' own units; the page stretches them."""

MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A line: a value for each place along the axis, None where there is none; with the band around it where it has one."""

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    steps: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a place along the axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes
    ----------
    title, unit
        What it shows, in which unit.
    at
        Places along the axis, in increasing order, in any unit of their own.
    labels
        Some places with what stands under them.
    level
        A line across, such as capacity, with its name.
    """

    title: str
    unit: str
    at: tuple[float, ...]
    labels: tuple[tuple[float, str], ...]
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...] = ()
    level: tuple[float, str] | None = None

    @property
    def top(self) -> float:
        """The value at the top of the chart."""
        return self.ticks[-1]

    @cached_property
    def ticks(self) -> tuple[float, ...]:
        """Round values from nought, or from below where there are such, to above the highest."""
        values = [one for line in self.lines for one in (*line.values, *line.high, *line.low) if one is not None]
        values += [self.level[0]] if self.level else []
        values = [one for one in values if isfinite(one)]
        highest, lowest = max(values, default=1.0), min(0.0, *values) if values else 0.0
        step = _round_step(max(highest - lowest, 1e-9) / (MOST_TICKS - 1))
        first, last = floor(lowest / step), max(ceil(highest / step), 1)
        return tuple(step * one for one in range(first, last + 1))

    def across(self, at: float) -> float:
        """Give a place along the axis as a share of the width [%]."""
        first, last = self.at[0], self.at[-1]
        return 100.0 * (at - first) / (last - first) if last > first else 50.0

    def up(self, value: float) -> float:
        """Give a value as a share of the height from the top [%]."""
        bottom, top = self.ticks[0], self.top
        return 100.0 * (top - value) / (top - bottom)

    def paths(self, line: Line) -> list[str]:
        """Give the stretches of a line that have values, as points of an SVG polyline."""
        stretches: list[list[tuple[float, float]]] = [[]]
        for at, value in zip(self.at, line.values, strict=True):
            if value is None:
                stretches.append([])
            else:
                stretches[-1].append((at, value))
        return [self._points(_stepped(one) if line.steps else one) for one in stretches if len(one) > 1]

    def areas(self, line: Line) -> list[str]:
        """Give the band around a line, as points of SVG polygons."""
        if not line.low:
            return []
        stretches: list[list[tuple[float, float, float]]] = [[]]
        for at, low, high in zip(self.at, line.low, line.high, strict=True):
            if low is None or high is None:
                stretches.append([])
            else:
                stretches[-1].append((at, low, high))
        return [
            self._points([(at, high) for at, _, high in one] + [(at, low) for at, low, _ in reversed(one)])
            for one in stretches
            if len(one) > 1
        ]

    def _points(self, points: Sequence[tuple[float, float]]) -> str:
        return " ".join(
            f"{self.across(at) / 100 * WIDTH:.1f},{self.up(value) / 100 * HEIGHT:.1f}" for at, value in points
        )


def _stepped(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    corners = [corner for before, after in pairwise(points) for corner in (before, (after[0], before[1]))]
    return [*corners, points[-1]] if points else []


def _round_step(rough: float) -> float:
    size = 10.0 ** floor(log10(rough))
    return next(size * one for one in (1, 2, 5, 10) if size * one >= rough * (1 - 1e-9))


def every(labels: Sequence[tuple[float, str]], most: int = 6) -> tuple[tuple[float, str], ...]:
    """Keep so many labels at most, evenly, so that they do not run into each other on a small screen."""
    gap = max(1, ceil(len(labels) / most))
    return tuple(labels[::gap])
