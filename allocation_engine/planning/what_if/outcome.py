"""What a what-if shows: bands week by week, figures of the whole time, and what each scenario changes against the baseline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from allocation_engine.optimiser.forward.arrays import Floats
from allocation_engine.planning.what_if.bands import Band, band, bands
from allocation_engine.planning.what_if.prepare import Future
from allocation_engine.planning.what_if.record import ServiceRecord
from allocation_engine.planning.what_if.run import Courses
from allocation_engine.planning.what_if.scenario import WhatIf
from domain.identifiers import TeamId, WorkerId

MEASURES: Mapping[str, str] = {
    "people_over": "People over capacity, each week",
    "weeks_over": "Weeks over capacity, all people together",
    "waiting": "Cases waiting, each week",
    "waiting_at_end": "Cases waiting, last week",
    "longest_wait": "Longest wait at the end, days",
    "without": "Cases whose worker is away or gone, each week",
    "without_high": "Of these of high risk",
    "moved": "Cases that change worker, in all",
    "placed": "Cases given a worker, in all",
    "mean_share": "Load as a share of capacity, each week",
    "fte_gap": "Posts short (full time), last week",
}
"""What is told of a scenario as a whole, in the order in which it is told."""


@dataclass(frozen=True)
class Told:
    """All runs of one scenario, to be asked about."""

    future: Future
    courses: Courses

    @property
    def id(self) -> str:
        """The scenario's id."""
        return self.future.id

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.future.title

    @cached_property
    def over(self) -> np.ndarray[tuple[int, int, int], np.dtype[np.bool_]]:
        """Who is over capacity at the end of each week, by run, week and worker; nobody is whose capacity is not known."""
        return self.courses.load > np.where(np.isnan(self.future.capacity), np.inf, self.future.capacity)

    @property
    def hours_not_known(self) -> tuple[WorkerId, ...]:
        """Workers who have no capacity figure in any week: they are neither over it nor below."""
        known = np.isfinite(self.future.capacity)
        return tuple(one for place, one in enumerate(self.future.workers) if not known[:, place].any())

    def measure(self, name: str) -> Floats:
        """Give one of `MEASURES` by run."""
        weeks = self.courses.weeks
        by_run: dict[str, Callable[[], object]] = {
            "people_over": lambda: self.over.sum(axis=2).mean(axis=1),
            "weeks_over": lambda: self.over.sum(axis=(1, 2)),
            "waiting": lambda: weeks["waiting"].mean(axis=1),
            "waiting_at_end": lambda: weeks["waiting"][:, -1],
            "longest_wait": lambda: weeks["longest_wait"][:, -1],
            "without": lambda: self.without.mean(axis=1),
            "without_high": lambda: self.without_high.mean(axis=1),
            "moved": lambda: weeks["moved"].sum(axis=1),
            "placed": lambda: weeks["placed"].sum(axis=1),
            "mean_share": lambda: self.share_of_capacity.mean(axis=1),
            "fte_gap": lambda: self.fte_gap[:, -1],
        }
        return np.asarray(by_run[name](), np.float64)

    @property
    def share_of_capacity(self) -> Floats:
        """Load over capacity [1] of all whose capacity is known together, by run and week."""
        known = ~np.isnan(self.future.capacity)
        load = np.where(known, self.courses.load, 0.0).sum(axis=2)
        capacity = np.where(known, self.future.capacity, 0.0).sum(axis=1)
        return np.asarray(load / np.maximum(capacity, 1e-9), np.float64)

    @property
    def without(self) -> Floats:
        """Cases whose worker is away, or could not keep them and nobody has them since, by run and week."""
        return np.asarray(self.courses.weeks["uncovered"] + self.courses.weeks["left"], np.float64)

    @property
    def without_high(self) -> Floats:
        """Those of `without` that are of high risk."""
        return np.asarray(self.courses.weeks["uncovered_high"] + self.courses.weeks["left_high"], np.float64)

    @property
    def fte_gap(self) -> Floats:
        """Full-time posts short, by run and week: below zero where there is room.

        What all open cases come to if they are held for long, waiting ones and the incidents to be expected included, less
        the capacity of those at work who hold cases.
        """
        full_time = self.future.policy.load.full_time_capacity.value
        return np.asarray((self.courses.weeks["demand"] - self.future.present) / full_time, np.float64)

    def band_of(self, name: str) -> Band:
        """Give one of `MEASURES` as a band over runs."""
        return band(self.measure(name))

    def waiting_by_week(self) -> tuple[Band, ...]:
        """Give the cases that wait after each week's allocation."""
        return bands(self.courses.weeks["waiting"].astype(float))

    def people_over_by_week(self) -> tuple[Band, ...]:
        """Give how many people are over capacity at the end of each week."""
        return bands(self.over.sum(axis=2).astype(float))

    def fte_gap_by_week(self) -> tuple[Band, ...]:
        """Give the full-time posts short in each week."""
        return bands(self.fte_gap)

    def load_of(self, worker: WorkerId) -> tuple[Band, ...]:
        """Give a worker's load at the end of each week [lp]."""
        return bands(self.courses.load[:, :, self.future.workers.index(worker)])

    def weeks_over_of(self, worker: WorkerId) -> Band:
        """Give in how many weeks a worker is over capacity."""
        return band(self.over[:, :, self.future.workers.index(worker)].sum(axis=1).astype(float))

    def team_share(self, team: TeamId) -> tuple[Band | None, ...]:
        """Give the load of a team as a share of its capacity [1], week by week; None where too few have one to be told of."""
        place = self.future.teams.index(team)
        theirs = (self.future.team_of == place) & np.isfinite(self.future.capacity)
        load = np.where(theirs, self.courses.load, 0.0).sum(axis=2)
        capacity = np.where(theirs, self.future.capacity, 0.0).sum(axis=1)
        enough = theirs.sum(axis=1) >= self.future.policy.practice.smallest_group.value
        return tuple(band(load[:, week] / capacity[week]) if enough[week] else None for week in range(len(capacity)))


@dataclass(frozen=True)
class Outcome:
    """The answer to a what-if: the baseline and each scenario, over the same chances.

    Attributes
    ----------
    runs, stopped
        How many runs there are, and whether they are fewer than asked for because somebody stopped them.
    """

    asked: WhatIf
    record: ServiceRecord
    baseline: Told
    scenarios: tuple[Told, ...]
    runs: int
    stopped: bool

    @property
    def begins(self) -> datetime:
        """The moment at which the first week begins."""
        return self.record.begins

    def monday(self, week: int) -> datetime:
        """Give the beginning of a week counted from 0."""
        return self.begins + timedelta(weeks=week)

    def difference(self, scenario: Told, name: str) -> Band:
        """Give what a scenario changes in one of `MEASURES`, run against run with the same chances."""
        return band(scenario.measure(name) - self.baseline.measure(name))

    def difference_of(self, scenario: Told, worker: WorkerId) -> Band | None:
        """Give what a scenario changes in a worker's weeks over capacity; None for one whom the baseline has not."""
        if worker not in self.baseline.future.workers:
            return None
        there, here = (
            one.over[:, :, one.future.workers.index(worker)].sum(axis=1).astype(float)
            for one in (scenario, self.baseline)
        )
        return band(there - here)
