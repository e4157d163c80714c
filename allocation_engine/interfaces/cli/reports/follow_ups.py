"""The report `follow-ups`: its page and its JSON document."""

from datetime import timedelta

from pydantic import JsonValue
from rich.console import Console

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
from allocation_engine.interfaces.report_words import FOLLOW_UPS_ARE_NOT, FOLLOW_UPS_COUNTED
from allocation_engine.interfaces.words import day, figure, share, words
from allocation_engine.reporting.follow_ups import FollowUpReport, report_follow_ups
from domain.vocabulary import FollowUpDue
from projections.follow_ups import Debrief, FollowUp, Outcome, SeriousIncident

WITHIN = {FollowUpDue.HOURS_72: "72 h", FollowUpDue.DAYS_28: "28 d"}


def follow_ups(
    team: TeamOption = None,
    since: SinceOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which follow-ups after serious incidents are open or overdue, and how many were done in time."""
    terminal = Terminal(as_json)
    with asked(store, as_at, known_at) as question:
        start = beginning_of(question, since, question.policy.practice.reporting_period)
        report = report_follow_ups(question.store, start, question.as_at, question.known_at, team)
    require_team(team, report.posts)
    terminal.answer(_document(question, report), lambda console: _page(console, question, report))


def _document(question: Asked, report: FollowUpReport) -> JsonValue:
    return {
        **question.document(),
        "since": report.since.isoformat(),
        "team": report.team,
        "note": f"{FOLLOW_UPS_COUNTED} {FOLLOW_UPS_ARE_NOT}",
        "open": [_follow_up_document(report, one) for one in report.open],
        "fell_due": [
            {
                "due": one.due.value,
                "in_time": one.in_time,
                "late": one.late,
                "overdue": one.overdue,
                "told_too_late": one.told_too_late,
            }
            for one in report.outcomes
        ],
        "debriefed": report.debriefed,
        "no_debrief_on_record": [
            {"worker_id": one.worker_id, **_incident_document(one.incident)} for one in report.no_debrief
        ],
    }


def _follow_up_document(report: FollowUpReport, one: FollowUp) -> dict[str, JsonValue]:
    return {
        "worker_id": one.worker_id,
        "has_left": report.has_left(one.worker_id),
        **_incident_document(one.incident),
        "due": one.due.value,
        "due_at": one.due_at.isoformat(),
        "outcome": one.outcome.value,
        "days_over": one.days_over,
    }


def _incident_document(one: SeriousIncident) -> dict[str, JsonValue]:
    return {
        "incident_id": one.incident_id,
        "kind": one.kind.value,
        "severity": one.severity.value,
        "case_id": one.case_id,
        "happened_at": one.happened_at.isoformat(),
        "known_since": one.known_since.isoformat(),
    }


def _page(console: Console, question: Asked, report: FollowUpReport) -> None:
    whose = "everybody" if report.team is None else f"team {report.team}"
    heading(console, f"Follow-ups after serious incidents, {whose}, on {question.when}")
    say(console, FOLLOW_UPS_COUNTED)
    console.print()
    _open_page(console, report)
    rows = [
        (
            words(one.due),
            *map(str, (one.fell_due, one.in_time, one.late, one.overdue)),
            share(one.in_time, one.fell_due),
        )
        for one in report.outcomes
    ]
    columns = ("Within", "Fell due", "In time", "Late", "Still open", "Share in time")
    console.print(table(f"Fell due since {day(report.since)}", columns, rows, numbers=range(1, 6)))
    if told_too_late := sum(one.told_too_late for one in report.outcomes):
        say(console, f"Of {told_too_late} of them the incident was recorded only after they were due.")
    console.print()
    _debrief_page(console, report)
    say(console, FOLLOW_UPS_ARE_NOT)


def _open_page(console: Console, report: FollowUpReport) -> None:
    say(console, f"{len(report.open)} open, of which {len(report.overdue)} overdue.")
    console.print()
    rows = [
        (
            one.worker_id,
            one.incident.incident_id,
            words(one.incident.severity),
            WITHIN[one.due],
            day(one.due_at),
            figure(one.days_over, 1) if one.outcome is Outcome.OVERDUE else "not yet",
            _note(report, one),
        )
        for one in report.open
    ]
    if rows:
        columns = ("Worker", "Incident", "Severity", "Within", "Due", "Days over", "Note")
        console.print(table("Open, by worker", columns, rows, numbers=(5,)))
        console.print()


def _note(report: FollowUpReport, one: FollowUp) -> str:
    """Say that the worker has left, or how late the incident was known."""
    if report.has_left(one.worker_id):
        return "has left"
    days = (one.incident.known_since - one.incident.happened_at) / timedelta(days=1)
    return f"told {days:.0f} d late" if days >= 1 else ""


def _debrief_page(console: Console, report: FollowUpReport) -> None:
    owed = report.debriefed + len(report.no_debrief)
    say(
        console,
        f"Debrief: of {owed} workers' exposures to serious incidents since {day(report.since)}, {report.debriefed} have "
        f"one on record{_without(report.no_debrief)}.",
    )
    console.print()


def _without(left: tuple[Debrief, ...]) -> str:
    if not left:
        return ""
    listed = ", ".join(f"{one.worker_id} after {one.incident.incident_id}" for one in left)
    return f"; none on record for {listed}"
