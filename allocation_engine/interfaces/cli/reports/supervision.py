"""The report `supervision`: its page and its JSON document."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.cli.options import AsAtOption, JsonOption, KnownAtOption, StoreOption
from allocation_engine.interfaces.cli.reports.answering import (
    SinceOption,
    TeamOption,
    asked,
    beginning_of,
    heading,
    require_team,
    say,
)
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.report_documents import HOW_COUNTED, NO_BLAME, supervision_document
from allocation_engine.interfaces.words import day, figure, share, words
from allocation_engine.reporting.supervision import (
    SupervisionReport,
    Supervisor,
    report_supervision,
)
from allocation_engine.reporting.supervision_sessions import BetweenAgencies
from projections.supervision import NextSession, Standing


def supervision(
    team: TeamOption = None,
    since: SinceOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every agreement with its next due day, not only the overdue ones.")
    ] = False,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what supervision is overdue, who has no agreement, what was held against what was agreed, and its quality."""
    terminal = Terminal(as_json)
    with asked(store, as_at, known_at) as question:
        start = beginning_of(question, since, question.policy.practice.reporting_period)
        report = report_supervision(question.store, question.policy, start, question.as_at, question.known_at, team)
    require_team(team, report.posts)
    terminal.answer(
        supervision_document(question, report), lambda console: _page(console, question, report, everything=everything)
    )


def _page(console: Console, question: Asked, report: SupervisionReport, *, everything: bool) -> None:
    whose = "everybody in post" if report.team is None else f"team {report.team}"
    heading(console, f"Supervision of {whose} on {question.when}; sessions since {day(report.since)}")
    say(console, HOW_COUNTED)
    console.print()
    _due_page(console, report, everything=everything)
    _held_page(console, report)
    _quality_page(console, question, report)
    _agencies_page(console, report.between_agencies)
    _supervisors_page(console, report.supervisors)
    say(console, NO_BLAME)


def _due_page(console: Console, report: SupervisionReport, *, everything: bool) -> None:
    standing = [one.standing for one in report.next_sessions]
    counts = ", ".join(f"{standing.count(one)} {words(one)}" for one in reversed(Standing))
    say(console, f"{len(standing)} {'agreement' if len(standing) == 1 else 'agreements'}: {counts}.")
    console.print()
    if everything and report.next_sessions:
        console.print(_due_table("All agreements; days over are days at work", report.next_sessions))
        console.print()
    elif report.overdue:
        console.print(_due_table("Overdue; days over are days at work", report.overdue))
        console.print()
    if report.without_agreement:
        say(
            console, f"No agreement on record ({len(report.without_agreement)}): {', '.join(report.without_agreement)}."
        )
    else:
        say(console, "Everybody has an agreement on record.")
    if report.not_on_record:
        listed = ", ".join(report.not_on_record)
        say(console, f"Have an agreement but are not on record as workers, and so in no figure below: {listed}.")
    console.print()


def _due_table(title: str, listed: Iterable[NextSession]) -> Table:
    columns = ("Worker", "Kind", "Supervisor", "Every", "Last held", "Next due", "Days over")
    rows = [
        (
            one.agreement.worker_id,
            words(one.agreement.kind),
            one.agreement.supervisor_id,
            str(one.agreement.every_days),
            "never" if one.last_held is None else day(one.last_held),
            _due(one),
            figure(one.days_over) if one.days_over else "",
        )
        for one in listed
    ]
    return table(title, columns, rows, numbers=(3, 6))


def _due(one: NextSession) -> str:
    if one.due_at is None:
        return "on return"
    return f"{day(one.due_at)} (away)" if one.standing is Standing.ON_RETURN else day(one.due_at)


def _held_page(console: Console, report: SupervisionReport) -> None:
    rows = []
    for one in report.held:
        name = "everybody" if one.group is None else f"{one.group.by.value}: {words(one.group.name)}"
        lost = (str(one.missed), str(one.cancelled))
        rows.append((name, str(one.people), figure(one.agreed, 1), str(one.held), share(one.held, one.agreed), *lost))
    columns = ("Group", "People", "Agreed", "Held", "Share", "Missed", "Cancelled")
    console.print(table("Held against agreed", columns, rows, numbers=range(1, 7)))
    if report.whole.beside:
        say(
            console,
            f"{report.whole.beside} more attendances at sessions of a kind that was not agreed with the worker.",
        )
    console.print()


def _quality_page(console: Console, question: Asked, report: SupervisionReport) -> None:
    rows = [
        (
            words(one.kind),
            str(one.sessions),
            str(one.people),
            figure(one.hours),
            share(one.rated, one.sessions),
            "too few" if one.quality is None else figure(one.quality, 1),
        )
        for one in report.kinds
    ]
    columns = ("Kind", "Sessions", "People", "Hours", "Rated", "Reflective quality, 1 to 5")
    console.print(table("Sessions by kind", columns, rows, numbers=range(1, 6)))
    practice = question.policy.practice
    say(
        console,
        f"Quality is the supervisees' own rating, shown of {practice.ratings_minimum.value:g} ratings and "
        f"{practice.smallest_group.value:g} people or more. Sessions that nobody rated are left out, not counted as nought.",
    )
    console.print()


def _agencies_page(console: Console, pairs: Iterable[BetweenAgencies]) -> None:
    listed = tuple(pairs)
    across = sum(one.attended for one in listed if one.is_across)
    known = sum(one.attended for one in listed if one.is_across is not None)
    unknown = sum(one.attended for one in listed) - known
    say(
        console,
        f"Across agencies: {across} of {known} attendances ({share(across, known)}) were with a supervisor of another "
        f"agency than the worker's{f'; of {unknown} an agency is not recorded' if unknown else ''}.",
    )
    console.print()


def _supervisors_page(console: Console, supervisors: Iterable[Supervisor]) -> None:
    rows = [(one.worker_id, str(one.supervisees), str(one.given), _own(one)) for one in supervisors]
    columns = ("Supervisor", "People", "Sessions given", "Own supervision")
    console.print(table("Who supervises the supervisors", columns, rows, numbers=(1, 2)))
    console.print()


def _own(one: Supervisor) -> str:
    if not one.on_record:
        return "not on record as a worker here"
    told = [
        f"{words(own.agreement.kind)} by {own.agreement.supervisor_id}, {words(own.standing)}"
        + (f" by {own.days_over:.0f} days" if own.standing is Standing.OVERDUE else "")
        for own in one.own
    ]
    return "; ".join(told) or "no agreement on record"
