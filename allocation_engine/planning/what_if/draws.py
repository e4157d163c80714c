"""What one run meets: referrals, how long cases are worked, and incidents. The same for every scenario, wherever they agree.

Chances are drawn for cases, never for workers, and each kind of chance has a stream of its own: so a scenario that moves a
case, or brings further ones, changes nothing in what else happens (common random numbers). Referrals are points in a
strip of time by rate: a scenario takes those that lie below its own rate, so more referrals are the same ones and others.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from allocation_engine.optimiser.forward import CASES, NO_ONE, Chances
from allocation_engine.optimiser.forward.arrays import Floats, Ints, Records
from allocation_engine.planning.what_if.prepare import Future
from domain.load import LoadParameters

EXISTING, GIVEN, ARRIVING = 0, 1, 2
"""Streams: cases that are there, cases that a scenario brings, and a strip of referrals each from `ARRIVING` on."""


@dataclass(frozen=True)
class Dice:
    """How the chances of a run are thrown.

    Attributes
    ----------
    seed
        Of the whole what-if.
    strip
        Referrals a week in one strip: the baseline's own rate, so that most scenarios need one or two.
    days_worked
        How long a case is worked on average [day]; infinite where none closes.
    incidents
        Whether incidents happen.
    """

    seed: int
    strip: float
    days_worked: float
    incidents: bool


@dataclass(frozen=True)
class _Happening:
    """Incidents of some cases: of which, when, how heavy, and the marks that say whom they reach."""

    case: Ints
    at: Floats
    points: Floats
    marks: Floats


def draw(future: Future, dice: Dice, run: int) -> Chances:
    """Draw what a run meets under a scenario."""
    there, days = future.cases, 7.0 * len(future.rate)
    parts: list[Records] = []
    happenings: list[_Happening] = []
    number = 0
    for cases, frequency, chance in (
        (there.cases.copy(), there.incidents, _stream(dice, run, EXISTING)),
        (future.given.copy(), future.given_incidents, _stream(dice, run, GIVEN)),
    ):
        _work(cases, dice, chance)
        happenings.append(_incidents(frequency, number, days, dice, future.policy.load, chance))
        parts.append(cases)
        number += len(cases)
    for strip in range(_strips(future, dice)):
        chance = _stream(dice, run, ARRIVING + strip)
        cases, frequency, below = _referred(future, dice, strip, days, chance)
        _work(cases, dice, chance)
        happened = _incidents(frequency, 0, days, dice, future.policy.load, chance)
        happenings.append(_only(happened, below, number))
        parts.append(cases[below])
        number += int(below.sum())
    return _chances(future, parts, happenings, dice.seed * 1_000_003 + run)


def _stream(dice: Dice, run: int, stream: int) -> np.random.Generator:
    return np.random.default_rng([dice.seed, run, stream])


def _strips(future: Future, dice: Dice) -> int:
    highest = float(future.rate.max(initial=0.0))
    return ceil(highest / dice.strip - 1e-9) if highest > 0 and len(future.cases.kinds) else 0


def _referred(
    future: Future, dice: Dice, strip: int, days: float, chance: np.random.Generator
) -> tuple[Records, Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Draw a strip of referrals, how often each has an incident, and which lie below the scenario's rate at their time."""
    number = int(chance.poisson(dice.strip * days / 7.0))
    at = np.sort(chance.uniform(0.0, days, number))
    height = dice.strip * (strip + chance.uniform(size=number))
    kind = chance.integers(0, len(future.cases.kinds), number)
    cases = future.cases.kinds[kind]
    cases["arrives"] = cases["waits_since"] = at
    below = height < future.rate[np.minimum((at // 7.0).astype(np.int64), len(future.rate) - 1)]
    return cases, future.cases.kind_incidents[kind], below


def _work(cases: Records, dice: Dice, chance: np.random.Generator) -> None:
    """Draw for how long each case is still worked: a constant rate of closing does not ask how long it was worked before."""
    drawn = chance.exponential(size=len(cases))
    cases["work"] = drawn * dice.days_worked if np.isfinite(dice.days_worked) else np.inf


def _incidents(
    frequency: Floats, first: int, days: float, dice: Dice, load: LoadParameters, chance: np.random.Generator
) -> _Happening:
    """Draw the incidents of cases: a Poisson process for each, with marks of the mean and spread that the forecast takes."""
    counts = chance.poisson(frequency * days) if dice.incidents else np.zeros(len(frequency), np.int64)
    number = int(counts.sum())
    mean, spread = load.expected_incident_points.value, load.expected_incident_points_sd.value
    shape = (mean / spread) ** 2 if spread > 0 else np.inf
    at = chance.uniform(0.0, days, number)
    points = chance.gamma(shape, mean / shape, number) if np.isfinite(shape) and mean > 0 else np.full(number, mean)
    case = first + np.repeat(np.arange(len(frequency)), counts)
    return _Happening(case.astype(np.int64), at, points, chance.uniform(size=(number, 2)))


def _only(happened: _Happening, taken: np.ndarray[tuple[int], np.dtype[np.bool_]], first: int) -> _Happening:
    """Keep the incidents of the cases that are taken, which stand from a place on."""
    place = first + np.cumsum(taken) - 1
    kept = taken[happened.case]
    return _Happening(
        place[happened.case[kept]].astype(np.int64), happened.at[kept], happened.points[kept], happened.marks[kept]
    )


def _chances(future: Future, parts: list[Records], happenings: list[_Happening], seed: int) -> Chances:
    there, workers = future.cases, len(future.workers)
    cases = np.concatenate(parts).astype(CASES, copy=False)
    co_workers = np.full((len(cases), there.co_workers.shape[1]), NO_ONE, np.int64)
    co_workers[: len(there.cases)] = there.co_workers
    barred = np.zeros((len(cases), workers), np.uint8)
    barred[: len(there.cases)] = there.barred
    at = np.concatenate([one.at for one in happenings])
    order = np.argsort(at, kind="stable")
    return Chances(
        cases=cases,
        co_workers=co_workers,
        barred=barred,
        incident_case=np.concatenate([one.case for one in happenings])[order],
        incident_at=at[order],
        incident_points=np.concatenate([one.points for one in happenings])[order],
        incident_marks=np.concatenate([one.marks for one in happenings])[order],
        seed=seed,
    )
