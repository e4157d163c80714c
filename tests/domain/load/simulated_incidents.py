"""Incidents to come, drawn one by one: the forecast a second time, with no closed form and no code of `domain.load`.

One path draws the incidents of every held case, keeps those that reach the worker, and runs the load from one moment
at which something changes to the next, adding up its area.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from random import Random

MIX = ((4.0, 0.75), (10.0, 0.20), (20.0, 0.05))
"""Points of an incident [lp] and how often it is so: what `expected_incident_points` and its spread rest on."""


@dataclass(frozen=True)
class Setting:
    """What a path starts from: load now [lp], held points, incidents a day, and a stretch of leave [day from now]."""

    acute: float
    cumulative: float
    held_points: float
    incidents_a_day: float
    horizon: float
    leave: tuple[float, float]
    leave_multiplier: float
    share_when_absent: float
    held_acute_share: float
    incident_acute_share: float
    taus: tuple[float, float]


@dataclass(frozen=True)
class Path:
    """Mean load over the horizon and load at its end [lp] in one future."""

    mean: float
    end: float


def draw_path(setting: Setting, random: Random) -> Path:
    incidents = _incidents(setting, random)
    turns = sorted({*setting.leave, setting.horizon, *(at for at, _ in incidents)})
    coming = dict(incidents)
    load, area, now = [setting.acute, setting.cumulative], 0.0, 0.0
    for turn in turns:
        away = setting.leave[0] <= now < setting.leave[1]
        speed = setting.leave_multiplier if away else 1.0
        reaching = setting.held_points * (setting.share_when_absent if away else 1.0)
        for k, part in enumerate((setting.held_acute_share, 1 - setting.held_acute_share)):
            rest = reaching * part / speed  # where the load would come to rest
            fades = exp(-speed * (turn - now) / setting.taus[k])
            area += rest * (turn - now) + (load[k] - rest) * (1 - fades) * setting.taus[k] / speed
            load[k] = rest + (load[k] - rest) * fades
        points = coming.get(turn, 0.0)
        load[0] += points * setting.incident_acute_share
        load[1] += points * (1 - setting.incident_acute_share)
        now = turn
    return Path(area / setting.horizon, load[0] + load[1])


def _incidents(setting: Setting, random: Random) -> list[tuple[float, float]]:
    found, at = [], random.expovariate(setting.incidents_a_day)
    while at < setting.horizon:
        away = setting.leave[0] <= at < setting.leave[1]
        points = random.choices([points for points, _ in MIX], [often for _, often in MIX])[0]
        if not away or random.random() < setting.share_when_absent:
            found.append((at, points))
        at += random.expovariate(setting.incidents_a_day)
    return found


@dataclass(frozen=True)
class Sample:
    """Mean and variance of a sample, each with its standard error."""

    mean: float
    mean_error: float
    variance: float
    variance_error: float


def sample_of(values: Sequence[float]) -> Sample:
    number = len(values)
    mean = sum(values) / number
    second = sum((value - mean) ** 2 for value in values) / number
    fourth = sum((value - mean) ** 4 for value in values) / number
    return Sample(mean, (second / number) ** 0.5, second, ((fourth - second**2) / number) ** 0.5)
