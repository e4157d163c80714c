"""Somebody is going to be away: what could be done, and what each way costs. The choice is the manager's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from allocation_engine.errors import SettingsError
from allocation_engine.planning.situation import Situation
from allocation_engine.planning.what_if.bands import Band, band
from allocation_engine.planning.what_if.changes import Absence, Change, Starters, WhoseCases
from allocation_engine.planning.what_if.outcome import Outcome, Told
from allocation_engine.planning.what_if.scenario import Assumptions, Scenario, WhatIf
from domain.identifiers import WorkerId
from domain.vocabulary import AbsenceKind, AssignmentRole

AFTERWARDS = 6
"""Weeks looked at after the absence: what was put off comes back then."""

SMALL = 0.5
"""People more over capacity, on average, that a way of doing it may cost and still be called mild."""


@dataclass(frozen=True)
class AbsenceAsked:
    """A worker who is to be away from the first Monday, for so many weeks."""

    worker: WorkerId
    weeks: int
    absence: AbsenceKind = AbsenceKind.SICKNESS


def as_what_if(
    asked: AbsenceAsked, situation: Situation, runs: int, seed: int, assumptions: Assumptions | None = None
) -> WhatIf:
    """Give the what-if that lays out the ways: leave it, pass on the high risks, pass on all, bring in somebody for a time.

    Raises
    ------
    SettingsError
        There is no such worker, or they hold no case: there is nothing to be decided.
    """
    if asked.worker not in situation.workers:
        raise SettingsError("WORKER", f"{asked.worker} is not a worker here: `allocation-engine load` lists who is")
    post = situation.workers[asked.worker]

    def away(cases: WhoseCases) -> Change:
        return Absence(worker=asked.worker, weeks=asked.weeks, absence=asked.absence, cases=cases)

    cover = Starters(
        weeks=asked.weeks,
        ramp_weeks=1,
        ramp_from=0.75,
        team=post.team_id,
        area=post.area,
        skills=tuple(sorted(post.skills)),
        languages=tuple(sorted(post.languages)),
    )
    return WhatIf(
        title=f"{asked.worker} is away for {asked.weeks} weeks",
        weeks=asked.weeks + AFTERWARDS,
        runs=runs,
        seed=seed,
        assumptions=assumptions or Assumptions(),
        scenarios=(
            Scenario(id="leave-it", title="Their cases stay with them", changes=(away(WhoseCases.STAY),)),
            Scenario(
                id="high-risk",
                title="Cases of high risk are passed on",
                changes=(away(WhoseCases.HIGH_RISK_PASSED_ON),),
            ),
            Scenario(id="all", title="All cases are passed on", changes=(away(WhoseCases.ALL_PASSED_ON),)),
            Scenario(
                id="cover",
                title="All are passed on, and one full-time worker comes in for that time",
                changes=(away(WhoseCases.ALL_PASSED_ON), cover),
            ),
        ),
    )


@dataclass(frozen=True)
class Way:
    """One way of meeting an absence, in the weeks of it, against the service without it.

    Attributes
    ----------
    without, without_high
        Further cases, each week, that nobody who is there works, and those of high risk among them.
    moved
        Cases that change worker, in all weeks.
    people_over, waiting
        More others over capacity, and more cases waiting, each week.
    """

    told: Told
    without: Band
    without_high: Band
    moved: Band
    people_over: Band
    waiting: Band

    @property
    def is_safe(self) -> bool:
        """Whether on average less than half a case of high risk is without anybody who is there."""
        return self.without_high.mean < SMALL

    @property
    def is_mild(self) -> bool:
        """Whether it brings hardly anybody over capacity, as far as the runs tell."""
        return self.people_over.mean < SMALL


@dataclass(frozen=True)
class AbsenceAnswer:
    """What each way comes to, and what that suggests."""

    asked: AbsenceAsked
    outcome: Outcome
    held: int
    held_high: int
    ways: tuple[Way, ...]

    @property
    def suggested(self) -> Way | None:
        """The way with the fewest moves that leaves no case of high risk alone and brings hardly anybody over capacity."""
        fitting = [one for one in self.ways if one.is_safe and one.is_mild]
        return min(fitting, key=lambda one: (one.moved.mean, self.ways.index(one)), default=None)

    @property
    def safest(self) -> Way:
        """The way that leaves the fewest cases of high risk alone; of equals the one that changes least."""
        return min(self.ways, key=lambda one: (round(one.without_high.mean, 1), self.ways.index(one)))


def answer(asked: AbsenceAsked, outcome: Outcome) -> AbsenceAnswer:
    """Read the answer off the runs."""
    held = [
        one.case
        for one in outcome.record.situation.caseloads.get(asked.worker, ())
        if one.role is AssignmentRole.PRIMARY
    ]
    return AbsenceAnswer(
        asked=asked,
        outcome=outcome,
        held=len(held),
        held_high=sum(one.risk is not None and one.risk.is_high for one in held),
        ways=tuple(_way(asked, outcome, one) for one in outcome.scenarios),
    )


def _way(asked: AbsenceAsked, outcome: Outcome, told: Told) -> Way:
    while_away, base = slice(0, asked.weeks), outcome.baseline

    def more(of: str) -> Band:
        there, here = (_by_week(asked, one, of)[:, while_away].mean(axis=1) for one in (told, base))
        return band(there - here)

    return Way(
        told=told,
        without=more("without"),
        without_high=more("without_high"),
        moved=outcome.difference(told, "moved"),
        people_over=more("people_over"),
        waiting=more("waiting"),
    )


def _by_week(asked: AbsenceAsked, told: Told, of: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    values: dict[str, Callable[[], object]] = {
        "without": lambda: told.without,
        "without_high": lambda: told.without_high,
        "people_over": lambda: told.over.sum(axis=2) - told.over[:, :, told.future.workers.index(asked.worker)],
        "waiting": lambda: told.courses.weeks["waiting"],
    }
    return np.asarray(values[of](), np.float64)


def sentences(found: AbsenceAnswer) -> Iterator[str]:
    """Say in plain words what the figures suggest. They weigh load and cover; what they cannot see, a manager does."""
    who, high = found.asked.worker, found.held_high
    cases = f"{found.held} {'case' if found.held == 1 else 'cases'}"
    yield f"{who} holds {cases} as primary worker, {high or 'none'} of high risk."
    if found.held == 0:
        yield "There is nothing to hand over: record the absence, and the next allocation leaves them out."
        return
    letters = "ABCD"
    named = found.suggested
    if named is not None:
        letter = letters[found.ways.index(named)]
        yield (
            f"By these figures {letter} is the smallest step that leaves no case of high risk without somebody who is there and brings "
            f"hardly anybody more over capacity: {named.told.title.lower()}."
        )
    else:
        safest = found.safest
        letter = letters[found.ways.index(safest)]
        yield (
            f"No way here both covers the cases of high risk and keeps others within capacity. {letter} leaves the fewest of "
            f"them alone ({safest.without_high.mean:.1f} each week): {safest.told.title.lower()}. Look beyond the team too: cover "
            "from elsewhere, cases that could close, referrals that could wait."
        )
    stays = found.ways[0]
    if stays.without.mean > SMALL:
        yield (
            f"If nothing is done, about {stays.without.mean:.0f} cases, {stays.without_high.mean:.0f} of them of high risk, have for "
            f"{found.asked.weeks} weeks a worker who is not there: somebody should at least be named to look in on them."
        )
