"""The published figures and assumptions that shape a generated service, each with its unit and source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from typing import Literal

DAYS_PER_YEAR = 365.0
WORKING_DAYS_PER_YEAR = DAYS_PER_YEAR * 5 / 7


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, or one mix of figures, and where it comes from.

    Attributes
    ----------
    value
        A number, or a number for each name of a mix, in `unit`.
    kind
        `published`, with year, publisher and table; or `assumption`, with `why`.
    """

    value: float | dict[str, float]
    unit: str
    kind: Literal["published", "assumption"]
    year: str = ""
    publisher: str = ""
    table: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures by name."""

    by_name: Mapping[str, Figure]

    def number(self, name: str) -> float:
        """Give a single figure in its own unit."""
        value = self.by_name[name].value
        if isinstance(value, dict):
            raise TypeError(f"{name} is a mix of several figures: ask for shares({name!r})")
        return value

    def mix(self, name: str) -> Mapping[str, float]:
        """Give the figures of a mix in their own unit, in the order of the file."""
        value = self.by_name[name].value
        if not isinstance(value, dict):
            raise TypeError(f"{name} is one figure: ask for number({name!r})")
        return value

    def shares(self, name: str) -> dict[str, float]:
        """Give a mix scaled to add up to 1."""
        mix = self.mix(name)
        total = sum(mix.values())
        return {key: value / total for key, value in mix.items()}


@cache
def published_figures() -> Figures:
    """Read the figures that ship beside this file."""
    text = files(__package__).joinpath("published_figures.toml").read_text(encoding="utf-8")
    tables = {name: table for name, table in tomllib.loads(text).items() if isinstance(table, dict)}
    return Figures({name: Figure(**table) for name, table in tables.items()})


def closures_per_case_year(figures: Figures) -> float:
    """Give how many of the open cases close in a year [1/year], from the children in need that ended and were open."""
    return figures.number("need_episodes_ended") / figures.number("need_episodes_open")


def worker_changes_per_year(figures: Figures) -> float:
    """Give how often a case changes its primary worker [1/year].

    Changes are taken as a Poisson process: the rate is the one at which the published share of children has two
    changes or more, that is three workers or more, in a year. The figure is for children looked after; it stands for
    all cases here, which is an assumption.
    """
    wanted = figures.number("three_or_more_social_workers")
    low, high = 0.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        if 1 - (1 + middle) * exp(-middle) < wanted:
            low = middle
        else:
            high = middle
    return low


def uncovered_vacancy_share(figures: Figures) -> float:
    """Give the share of posts that are vacant with no agency worker in them."""
    return figures.number("vacancy_rate") * (1 - figures.number("vacancies_covered"))
