"""The page of a what-if: differences first, then week by week, then by team and by worker. Nobody is ranked: rows go by id."""

from rich.console import Console

from allocation_engine.interfaces.cli.pages import say
from allocation_engine.interfaces.cli.terminal import table
from allocation_engine.interfaces.what_if_words import LETTERS, assumptions_told, difference, runs_told
from allocation_engine.interfaces.words import day
from allocation_engine.planning.what_if import MEASURES, Band, Outcome, Told
from domain.identifiers import TeamId
from domain.load.explain import WHAT_IT_IS

EVERY = 4
"""Weeks between two lines of the table by week, so that half a year fits a page."""


def what_if_page(console: Console, outcome: Outcome, *, by_worker: bool) -> None:
    """Print what the scenarios change, then how each runs."""
    asked, last = outcome.asked, outcome.monday(outcome.asked.weeks)
    console.print(f"[bold]What if: [/bold]{asked.title}", highlight=False)
    say(console, f"{day(outcome.begins)} to {day(last)}, {asked.weeks} weeks, {runs_told(outcome)}, seed {asked.seed}.")
    console.print()
    for letter, told in zip(LETTERS, outcome.scenarios, strict=False):
        console.print(f"{letter}: {told.title}", markup=False, highlight=False)
    if outcome.scenarios:
        console.print()
        _differences(console, outcome)
    console.print()
    _weeks(console, outcome)
    _teams(console, outcome)
    if by_worker:
        _workers(console, outcome)
    console.print()
    for sentence in assumptions_told(outcome):
        say(console, sentence)
    console.print()
    say(
        console,
        f"{WHAT_IT_IS} A look ahead stores nothing; a case changes hands only by a proposal that a person approves.",
    )


def _differences(console: Console, outcome: Outcome) -> None:
    letters = LETTERS[: len(outcome.scenarios)]
    rows = [
        (
            words,
            f"{outcome.baseline.band_of(name).mean:.1f}"
            if name != "mean_share"
            else f"{outcome.baseline.band_of(name).mean:.0%}",
            *(difference(outcome.difference(one, name), percent=name == "mean_share") for one in outcome.scenarios),
        )
        for name, words in MEASURES.items()
    ]
    title = "What each changes against the baseline: mean, ± its standard error"
    console.print(table(title, ("", "Now", *letters), rows, numbers=range(1, 2 + len(letters))))
    say(console, "A difference in brackets is within two errors: chance alone could make it.")


def _span(found: Band) -> str:
    return f"{found.low:.0f} - {found.high:.0f}"


def _weeks(console: Console, outcome: Outcome) -> None:
    everybody = (outcome.baseline, *outcome.scenarios)
    names = ("Now", *LETTERS[: len(outcome.scenarios)])
    for title, of in (
        ("Cases waiting after the week's allocation: eight runs in ten lie in between", Told.waiting_by_week),
        ("People over capacity at the end of the week: eight runs in ten", Told.people_over_by_week),
    ):
        courses = [of(one) for one in everybody]
        rows = [
            (day(outcome.monday(week)), *(_span(course[week]) for course in courses))
            for week in _weeks_shown(outcome.asked.weeks)
        ]
        console.print(table(title, ("Week of", *names), rows, numbers=range(1, 1 + len(names))))
        console.print()


def _weeks_shown(weeks: int) -> list[int]:
    return sorted({*range(0, weeks, EVERY), weeks - 1})


def _teams(console: Console, outcome: Outcome) -> None:
    everybody = (outcome.baseline, *outcome.scenarios)
    names = ("Now", *LETTERS[: len(outcome.scenarios)])
    teams = sorted({team for one in everybody for team in one.future.teams})
    if not teams:
        return
    rows = [(team, *(_team_share(one, team) for one in everybody)) for team in teams]
    title = "Load of each team as a share of its capacity, last week: eight runs in ten"
    console.print(table(title, ("Team", *names), rows, numbers=range(1, 1 + len(names))))
    if any("few" in row for row in rows):
        smallest = outcome.baseline.future.policy.practice.smallest_group.value
        say(console, f"few: fewer than {smallest:g} with known hours are not spoken of together.")


def _team_share(one: Told, team: str) -> str:
    if team not in one.future.teams:
        return "no such team"
    last = one.team_share(TeamId(team))[-1]
    return "few" if last is None else f"{last.low:.0%} - {last.high:.0%}"


def _workers(console: Console, outcome: Outcome) -> None:
    everybody = (outcome.baseline, *outcome.scenarios)
    names = ("Now", *LETTERS[: len(outcome.scenarios)])
    workers = sorted({worker for one in everybody for worker in one.future.workers})
    rows = [
        (
            worker,
            *(
                "not there"
                if worker not in one.future.workers
                else "not known"
                if worker in one.hours_not_known
                else _span(one.weeks_over_of(worker))
                for one in everybody
            ),
        )
        for worker in workers
    ]
    console.print()
    title = f"Weeks over capacity of {outcome.asked.weeks}, by worker: eight runs in ten"
    console.print(table(title, ("Worker", *names), rows, numbers=range(1, 1 + len(names))))
