"""The report `foundations`: its page and its JSON document."""

from pydantic import JsonValue
from rich.console import Console

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.cli.options import AsAtOption, JsonOption, KnownAtOption, StoreOption
from allocation_engine.interfaces.cli.reports.answering import TeamOption, asked, heading, say
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.report_words import FOUNDATIONS_ARE, FOUNDATIONS_ARE_NOT, period_name
from allocation_engine.interfaces.words import words
from allocation_engine.reporting.foundations import FoundationsReport, Rated, report_foundations
from domain.vocabulary import Foundation


def foundations(
    team: TeamOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how teams and the service rate the five foundations, in the last half-year that is over.

    Teams of few people or with few answers are not shown, nor what they could be worked out from. The half-year under
    way is shown once it is over: day by day, the difference would tell one person's answer.
    """
    terminal = Terminal(as_json)
    with asked(store, as_at, known_at) as question:
        report = report_foundations(question.store, question.policy, question.as_at, question.known_at)
    shown = tuple(one for one in report.teams if team in {None, one.team_id})
    if team is not None and not shown:
        raise SettingsError("--team", f"no answer of a team {team} is on record for {period_name(report)}")
    terminal.answer(
        _document(question, report, shown), lambda console: _page(console, question, report, shown, alone=bool(team))
    )


def _page(
    console: Console, question: Asked, report: FoundationsReport, teams: tuple[Rated, ...], *, alone: bool
) -> None:
    heading(console, f"Five foundations, {period_name(report)}, asked on {question.when}")
    say(console, FOUNDATIONS_ARE)
    for one in teams if alone else (report.service, *teams):
        if one.answers is not None:
            console.print()
            _rated(console, one, one.answers)
    hidden = [_title(one) for one in (teams if alone else (report.service, *teams)) if one.answers is None]
    if hidden:
        practice = question.policy.practice
        people, answers = practice.smallest_group.value, practice.survey_minimum.value
        console.print()
        say(
            console,
            f"Not shown: {', '.join(hidden)}. Fewer than {people:g} in the team or {answers:g} answers, or what is not "
            "shown elsewhere would follow from it.",
        )
    if not report.teams:
        console.print()
        say(console, "No answer is on record for this half-year.")
    console.print()
    say(console, FOUNDATIONS_ARE_NOT)


def _title(one: Rated) -> str:
    return "the service" if one.team_id is None else f"team {one.team_id}"


def _rated(console: Console, one: Rated, answers: int) -> None:
    response = "" if one.response is None else f" ({one.response:.0%})"
    answered = f"{answers} answers of {one.people} people in post{response}"
    if answers > one.people:
        answered += ", so more than one round"
    title = _title(one)
    rows = []
    for foundation in Foundation:
        rating, change = one.ratings.get(foundation), one.change.get(foundation)
        if rating is None:
            rows.append((words(foundation), "not shown", "", "", ""))
        else:
            moved = "-" if change is None else f"{change:+z.1f}"
            rows.append((words(foundation), f"{rating.mean:.1f}", f"{rating.spread:.1f}", str(rating.answers), moved))
    columns = ("Foundation", "Mean", "Spread", "Scores", "Change")
    console.print(table(f"{title[0].upper()}{title[1:]}: {answered}", columns, rows, numbers=range(1, 5)))


def _document(question: Asked, report: FoundationsReport, teams: tuple[Rated, ...]) -> JsonValue:
    return {
        **question.document(),
        "since": report.period.since.isoformat(),
        "until": report.period.until.isoformat(),
        "note": f"{FOUNDATIONS_ARE} {FOUNDATIONS_ARE_NOT}",
        "service": _rated_document(report.service),
        "teams": [_rated_document(one) for one in teams],
    }


def _rated_document(one: Rated) -> JsonValue:
    return {
        "team_id": one.team_id,
        "shown": one.answers is not None,
        "people": one.people,
        "answers": one.answers,
        "response": one.response,
        "ratings": {
            foundation.value: {
                "mean": rating.mean,
                "spread": rating.spread,
                "answers": rating.answers,
                "change": one.change.get(foundation),
            }
            for foundation, rating in one.ratings.items()
        },
    }
