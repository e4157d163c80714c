"""The page of a what-if: differences first, then week by week, then by team and by worker. Nobody is ranked: rows go by id."""

from collections.abc import Iterator
from math import isnan

from rich.console import Console

from allocation_engine.interfaces.cli.pages import say
from allocation_engine.interfaces.cli.terminal import table
from allocation_engine.interfaces.words import day
from allocation_engine.planning.what_if import MEASURES, Band, Outcome, Told
from domain.identifiers import TeamId
from domain.load.explain import WHAT_IT_IS

LETTERS = "ABCD"
EVERY = 4
"""Weeks between two lines of the table by week, so that half a year fits a page."""

SURE = 2.0
"""Standard errors beyond which a difference is told as one."""


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


def runs_told(outcome: Outcome) -> str:
    """Say how many runs there are, and why they are fewer than asked for."""
    if outcome.stopped:
        return f"{outcome.runs} of {outcome.asked.runs} runs (stopped early, as you asked: these are all it rests on)"
    return f"{outcome.runs} {'run' if outcome.runs == 1 else 'runs'}"


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


def difference(found: Band, *, percent: bool = False) -> str:
    """Write a difference with its error; in brackets where chance alone could make it."""
    scale, places = (100.0, 1) if percent else (1.0, 1)
    mean, error = found.mean * scale, found.error * scale
    if found.low == found.high == 0 and found.mean == 0:
        return "same"
    told = f"{mean:+.{places}f}" if isnan(error) else f"{mean:+.{places}f}±{error:.{places}f}"
    return told if not isnan(error) and abs(mean) > SURE * error else f"({told})"


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


def assumptions_told(outcome: Outcome) -> Iterator[str]:
    """Say what is taken of the weeks to come, and where it comes from."""
    record, assumed = outcome.record, outcome.asked.assumptions
    whence = (
        "as the what-if says"
        if record.referrals_counted is None
        else f"from {record.referrals_counted} in the last {assumed.look_back_weeks} weeks"
    )
    yield f"Taken of the weeks to come: {record.referrals_per_week:.1f} referrals a week ({whence}), of the kinds that came before;"
    if assumed.cases_close:
        how = (
            "as the what-if says" if record.closings_counted is None else f"from {record.closings_counted} that closed"
        )
        yield f"a case is worked for {record.days_worked:.0f} days on average ({how}), and goes on only while its worker is there;"
    else:
        yield "no case closes;"
    yield "incidents at the policy's rates;" if assumed.incidents else "no incidents but those of a scenario;"
    yield (
        "supervision as in the last 13 weeks;"
        if assumed.supervision_goes_on
        else "no supervision but what a scenario restores;"
    )
    if assumed.allocate:
        yield "waiting cases are allocated every Monday within the rules of the policy, held ones stay where they are."
    else:
        yield "nothing is allocated."
    yield "Nobody falls ill or leaves but who is on record or in a scenario."
    unknown = outcome.baseline.hours_not_known
    if unknown:
        yield f"Hours not known, so neither over capacity nor below it, and given nothing: {len(unknown)} of {len(outcome.baseline.future.workers)}."
    if outcome.baseline.future.cases.left_out:
        yield f"Left out: {outcome.baseline.future.cases.left_out} cases held by somebody who is no worker here."
