"""How many posts would do: the chance that somebody is over capacity for too long, for each number of new starters.

Every number meets the same referrals and incidents, so the curve is smooth where the chances of each point alone would
not be; each point still has the error of its runs, and that is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from allocation_engine.errors import SettingsError
from allocation_engine.planning.what_if.ask import available_cores, dice_of
from allocation_engine.planning.what_if.bands import Band, Chance, band, chance
from allocation_engine.planning.what_if.changes import Change, Starters
from allocation_engine.planning.what_if.outcome import Told
from allocation_engine.planning.what_if.prepare import Future, prepare
from allocation_engine.planning.what_if.record import ServiceRecord
from allocation_engine.planning.what_if.run import Courses, run_all
from allocation_engine.planning.what_if.scenario import WhatIf
from domain.vocabulary import CareerStage


@dataclass(frozen=True)
class Recruitment:
    """What a recruitment plan is to reach.

    Attributes
    ----------
    weeks_over
        Somebody counts as over capacity for too long if it is in more weeks than this.
    at_most
        The chance of that, for anybody at all, is to stay below this [1].
    stages
        Career stages of the new starters, each tried by itself.
    most, fte, ramp_weeks
        Up to how many starters, with which hours, who take so long until they carry a whole caseload.
    skills
        Of the starters; unset, those that at least half of those who hold cases have.
    """

    weeks_over: int = 4
    at_most: float = 0.1
    stages: tuple[CareerStage, ...] = tuple(CareerStage)
    most: int = 10
    fte: float = 1.0
    ramp_weeks: int = 8
    skills: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Point:
    """What so many starters come to.

    `somebody` is the chance that anybody is over capacity for too long, `others` the same without those who are so in every
    run whoever starts; `people` how many are on average; `waiting` the cases waiting in the last week, `fewer_waiting` how many
    fewer that is than with one starter less, run against run.
    """

    starters: int
    fte: float
    somebody: Chance
    others: Chance
    people: Band
    waiting: Band
    fewer_waiting: Band | None


@dataclass(frozen=True)
class Curve:
    """The points for one career stage, and the first of them that does: None where none tried does.

    `surely_enough` is the first of which the whole interval lies below; `enough_for_others` the first for all but those who are
    over for too long whoever starts.
    """

    stage: CareerStage
    points: tuple[Point, ...]
    enough: Point | None
    surely_enough: Point | None
    enough_for_others: Point | None


@dataclass(frozen=True)
class RecruitmentPlan:
    """The curves for each career stage, over the same chances."""

    asked: WhatIf
    wanted: Recruitment
    record: ServiceRecord
    curves: tuple[Curve, ...]
    runs: int
    stopped: bool
    hopeless: tuple[str, ...]


def plan_recruitment(
    record: ServiceRecord,
    asked: WhatIf,
    wanted: Recruitment,
    *,
    processes: int | None = None,
    keep_going: Callable[[int, int], bool] | None = None,
) -> RecruitmentPlan:
    """Work out the curve for each stage. The scenarios of the what-if are not looked at, but for its first: its changes hold throughout."""
    futures = lay_out_recruitment(record, asked, wanted)
    many = min(processes or available_cores(), asked.runs)
    courses, done = run_all(futures, dice_of(record, asked), asked.runs, many, keep_going or (lambda _done, _of: True))
    return recruitment_told(record, asked, wanted, futures, courses, done)


def lay_out_recruitment(record: ServiceRecord, asked: WhatIf, wanted: Recruitment) -> tuple[Future, ...]:
    """Lay out the service with no new starters, then for each stage with each number of them."""
    base: tuple[Change, ...] = asked.scenarios[0].changes if asked.scenarios else ()
    futures = [prepare(record, asked, "none", "No new starters", base)]
    for stage in wanted.stages:
        futures += [_with(record, asked, base, wanted, stage, number) for number in range(1, wanted.most + 1)]
    return tuple(futures)


def recruitment_told(
    record: ServiceRecord,
    asked: WhatIf,
    wanted: Recruitment,
    futures: Sequence[Future],
    courses: Sequence[Courses],
    done: int,
) -> RecruitmentPlan:
    """Read the curves off the runs that were done."""
    if done == 0:
        raise SettingsError("runs", "stopped before the first run was done: there is nothing to show")
    told = [Told(future, course) for future, course in zip(futures, courses, strict=True)]
    always = _always_over(told[0], wanted)
    curves = []
    for place, stage in enumerate(wanted.stages):
        first = 1 + place * wanted.most
        curves.append(_curve(stage, (told[0], *told[first : first + wanted.most]), wanted, frozenset(always)))
    return RecruitmentPlan(asked, wanted, record, tuple(curves), done, done < asked.runs, always)


def _with(
    record: ServiceRecord, asked: WhatIf, base: tuple[Change, ...], wanted: Recruitment, stage: CareerStage, number: int
) -> Future:
    skills = _usual_skills(record) if wanted.skills is None else wanted.skills
    starters = Starters(number=number, fte=wanted.fte, stage=stage, ramp_weeks=wanted.ramp_weeks, skills=skills)
    return prepare(record, asked, f"{stage.value}-{number}", f"{number} starters", (*base, starters))


def _usual_skills(record: ServiceRecord) -> tuple[str, ...]:
    """Give the skills that at least half of those who hold cases have: whoever is recruited can be expected to."""
    roles = record.situation.policy.limits.primary_roles
    holders = [one for one in record.situation.workers.values() if one.role in roles]
    skills = sorted({skill for one in holders for skill in one.skills})
    return tuple(skill for skill in skills if 2 * sum(skill in one.skills for one in holders) >= len(holders))


def _too_long(told: Told, wanted: Recruitment) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.asarray(told.over.sum(axis=1) > wanted.weeks_over)


def _curve(stage: CareerStage, told: Sequence[Told], wanted: Recruitment, always: frozenset[str]) -> Curve:
    points = []
    for number, one in enumerate(told):
        too_long, waiting = _too_long(one, wanted), one.measure("waiting_at_end")
        before = told[number - 1].measure("waiting_at_end") if number else None
        points.append(
            Point(
                starters=number,
                fte=number * wanted.fte,
                somebody=chance(np.asarray(too_long.any(axis=1))),
                others=chance(np.asarray(too_long[:, [who not in always for who in one.future.workers]].any(axis=1))),
                people=band(too_long.sum(axis=1).astype(float)),
                waiting=band(waiting),
                fewer_waiting=None if before is None else band(before - waiting),
            )
        )
    enough = next((one for one in points if one.somebody.share < wanted.at_most), None)
    surely = next((one for one in points if one.somebody.high < wanted.at_most), None)
    others = next((one for one in points if one.others.share < wanted.at_most), None)
    return Curve(stage, tuple(points), enough, surely, others)


def _always_over(told: Told, wanted: Recruitment) -> tuple[str, ...]:
    """Name, by id, who is over for too long in every run whoever starts: held cases stay, so new starters cannot help them."""
    too_long = _too_long(told, wanted)
    return tuple(one for place, one in enumerate(told.future.workers) if too_long[:, place].all())
