"""The report `alerts`, and the command `answer-alert`."""

from textwrap import fill
from typing import Annotated

import typer
from pydantic import JsonValue
from rich.console import Console

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.alert_words import FOR_WHO_SUPPORTS_THEM, evidence_told, when
from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.cli.options import (
    AsAtOption,
    ByOption,
    JsonOption,
    KnownAtOption,
    StoreOption,
    existing_engine,
    person,
)
from allocation_engine.interfaces.cli.reports.answering import WIDTH, TeamOption, asked, heading, require_team, say
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.report_documents import alert_document, alerts_document
from allocation_engine.interfaces.words import day
from allocation_engine.reporting.alerts import MUST_NOT, answer_alert, blind_spots, of_team
from allocation_engine.reporting.posts import read_posts
from domain.alerts import RULES, Alert, Alerts

INDENT = "    "


def alerts(
    alert: Annotated[
        str | None,
        typer.Argument(metavar="[ALERT]", help="One alert's id, to see its evidence.", show_default=False),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List answered alerts too.")] = False,
    team: TeamOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the blind spots that a named leader has to answer, with the rule and the evidence of each.

    An alert stays open until somebody answers it with `answer-alert`, also when what it is about has passed.
    """
    terminal = Terminal(as_json)
    with asked(store, as_at, known_at) as about:
        found = blind_spots(about.store, about.policy, about.as_at, about.known_at)
        if team is not None:
            posts = read_posts(about.store, about.as_at, about.known_at)
            require_team(team, posts)
            found = of_team(found, posts, team)
    if alert is not None:
        one = _known(found, alert)
        terminal.answer(
            {**about.document(), "alert": alert_document(one)}, lambda console: _evidence_page(console, one)
        )
        return
    terminal.answer(alerts_document(about, found), lambda console: _page(console, about, found, everything=everything))


def answer(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="The alert's id.", show_default=False)],
    by: ByOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer an alert in your own name: you have looked and done, or decided, what it needs.

    It stays on record who answered, and when. Should the same begin again, it is another alert.
    """
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        recorded = answer_alert(engine, alert, person(by))
    document: JsonValue = {
        "alert_id": alert,
        "answered_by": by,
        "answered_at": recorded.envelope.occurred_at.isoformat(),
    }
    terminal.answer(document, lambda console: console.print(f"Alert {alert} is answered by {by}.", markup=False))


def _known(found: Alerts, alert: str) -> Alert:
    for one in found.alerts:
        if one.alert_id == alert:
            return one
    raise SettingsError("ALERT", f"there is no alert {alert} on that day; `report alerts --all` lists those there are")


def _page(console: Console, about: Asked, found: Alerts, *, everything: bool) -> None:
    heading(console, f"Blind-spot alerts on {about.when}")
    answered = len(found.alerts) - len(found.open) + len(found.no_longer_shown)
    say(console, f"What a named leader should look at. Open: {len(found.open)}; answered: {answered}.")
    console.print()
    rows = []
    for rule in RULES:
        of_rule = [one for one in found.alerts if one.rule.code == rule.code]
        still = [one for one in of_rule if one.is_open]
        lasting = sum(one.lasts for one in still)
        rows.append((rule.title, str(len(still)), str(lasting), str(len(of_rule) - len(still))))
    console.print(table("By rule", ("Rule", "Open", "Still so", "Answered"), rows, numbers=(1, 2, 3)))
    _listed(console, "Open, and still so", [one for one in found.open if one.lasts])
    _listed(console, "Open, and passed or done since", [one for one in found.open if not one.lasts])
    if everything:
        _listed(console, "Answered", [one for one in found.alerts if not one.is_open])
        for alert_id, answer_ in found.no_longer_shown:
            console.print()
            say(
                console,
                f"{alert_id}: answered by {answer_.answered_by} on {day(answer_.at)}; "
                "the record no longer shows what it was about.",
            )
    console.print()
    say(console, "Evidence: report alerts ALERT. To answer: answer-alert ALERT --by ID.")
    console.print()
    say(console, MUST_NOT)


def _listed(console: Console, title: str, alerts_: list[Alert]) -> None:
    if alerts_:
        console.print(f"\n[bold]{title}: {len(alerts_)}[/bold]")
    for one in alerts_:
        console.print()
        _alert(console, one)


def _alert(console: Console, one: Alert) -> None:
    console.print(f"[bold]{one.alert_id}[/bold]  {one.rule.title}, {when(one)}{_mark(one)}")
    sentence = fill(
        one.finding.sentence,
        WIDTH,
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    console.print(sentence, markup=False)


def _mark(one: Alert) -> str:
    if one.answer is not None:
        return f", answered by {one.answer.answered_by} on {day(one.answer.at)}"
    return ", personal" if one.rule.personal else ""


def _evidence_page(console: Console, one: Alert) -> None:
    heading(console, f"Alert {one.alert_id}: {one.rule.title}")
    say(console, one.rule.question)
    console.print()
    say(console, one.finding.sentence)
    console.print()
    state = "open" if one.answer is None else f"answered by {one.answer.answered_by} on {day(one.answer.at)}"
    told = when(one)
    say(console, f"{told[0].upper()}{told[1:]}; raised {day(one.finding.raised_at)}; {state}.")
    console.print("\n[bold]What it rests on[/bold]")
    for part in one.finding.evidence:
        console.print(f"  - {evidence_told(part)}", markup=False)
        if part.event_id is not None:
            console.print(f"    event {part.event_id}", markup=False)
    console.print()
    if one.rule.personal:
        say(console, FOR_WHO_SUPPORTS_THEM)
    say(console, MUST_NOT)
