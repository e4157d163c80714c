"""The report `check-ins`: its page and its JSON document, of one worker and of teams."""

from collections.abc import Iterable

from pydantic import JsonValue
from rich.console import Console

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.cli.options import AsAtOption, JsonOption, KnownAtOption, StoreOption
from allocation_engine.interfaces.cli.reports.answering import (
    SinceOption,
    TeamOption,
    WorkerOption,
    asked,
    beginning_of,
    heading,
    require_team,
    require_worker,
    say,
)
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.report_words import CHECK_INS_ARE_VOLUNTARY
from allocation_engine.interfaces.words import day, figure
from allocation_engine.reporting.check_ins import CheckInReport, own_check_ins, report_check_ins
from allocation_engine.reporting.posts import read_posts
from domain.load.explain import WHAT_IT_IS
from projections.check_ins import Apart, CheckInBeside, Concern

BOTH_WAYS = (
    "Where felt and computed load are far apart, that says as much about the account, which may miss something, as about "
    "the worker. It is a reason to talk."
)
IN_WORDS = {
    Apart.FELT_HEAVIER: "felt heavier",
    Apart.FELT_LIGHTER: "felt lighter",
    None: "",
}


def check_ins(
    worker: WorkerOption = None,
    team: TeamOption = None,
    since: SinceOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how many checked in, by team, and which concerns are open; with --worker, their own check-ins.

    What a worker said is shown to that worker, beside their load account. Of a team only the number of people is shown.
    """
    terminal = Terminal(as_json)
    if worker is not None and team is not None:
        raise SettingsError("--worker", "give either --worker or --team")
    with asked(store, as_at, known_at) as question:
        start = beginning_of(question, since, question.policy.practice.reporting_period)
        if worker is not None:
            who = require_worker(worker, read_posts(question.store, question.as_at, question.known_at))
            own = own_check_ins(question.store, question.policy, who, start, question.as_at, question.known_at)
            terminal.answer(
                _own_document(question, worker, own), lambda console: _own_page(console, question, worker, own)
            )
            return
        report = report_check_ins(question.store, question.policy, start, question.as_at, question.known_at, team)
    require_team(team, report.posts)
    terminal.answer(_document(question, report), lambda console: _page(console, question, report))


def _own_document(question: Asked, worker: str, own: Iterable[CheckInBeside]) -> JsonValue:
    return {
        **question.document(),
        "worker_id": worker,
        "note": f"{WHAT_IT_IS} {BOTH_WAYS} {CHECK_INS_ARE_VOLUNTARY}",
        "check_ins": [
            {
                "at": one.check_in.at.isoformat(),
                "felt_load": one.check_in.felt_load,
                "acute": one.acute,
                "cumulative": one.cumulative,
                "capacity": one.capacity,
                "far_apart": one.apart,
            }
            for one in own
        ],
    }


def _document(question: Asked, report: CheckInReport) -> JsonValue:
    return {
        **question.document(),
        "since": report.since.isoformat(),
        "note": CHECK_INS_ARE_VOLUNTARY,
        "teams": [{"team_id": one.team, "people": one.people, "checked_in": one.checked_in} for one in report.teams],
        "open_concerns": [_concern_document(one) for one in report.open_concerns],
        "answered_concerns": [_concern_document(one) for one in report.answered_concerns],
    }


def _concern_document(one: Concern) -> dict[str, JsonValue]:
    return {
        "worker_id": one.worker_id,
        "raised_at": one.raised_at.isoformat(),
        "answered_at": None if one.answered_at is None else one.answered_at.isoformat(),
        "answered_by": one.answered_by,
        "days": one.days,
    }


def _own_page(console: Console, question: Asked, worker: str, own: tuple[CheckInBeside, ...]) -> None:
    heading(console, f"Check-ins of {worker} up to {question.when}, beside the load account of each moment")
    say(console, WHAT_IT_IS)
    console.print()
    rows = [
        (
            day(one.check_in.at),
            str(one.check_in.felt_load),
            figure(one.acute, 1),
            figure(one.cumulative, 1),
            figure(one.acute + one.cumulative, 1),
            figure(one.capacity),
            IN_WORDS[one.apart],
        )
        for one in own
    ]
    if rows:
        columns = ("Day", "Felt, 1 to 5", "Acute", "Cumul.", "Load", "Capacity", "Far apart")
        console.print(table("Felt load beside the computed load in lp", columns, rows, numbers=range(1, 6)))
    else:
        say(console, "No check-in on record in this period.")
    console.print()
    say(console, f"{BOTH_WAYS} {CHECK_INS_ARE_VOLUNTARY}")


def _page(console: Console, question: Asked, report: CheckInReport) -> None:
    heading(console, f"Check-ins since {day(report.since)} and concerns, on {question.when}")
    smallest = question.policy.practice.smallest_group.value
    say(
        console, f"What anybody said is theirs: of a team only the number is shown, and not of fewer than {smallest:g}."
    )
    console.print()
    rows = [
        (one.team or "service", str(one.people), "not shown" if one.checked_in is None else str(one.checked_in))
        for one in report.teams
    ]
    console.print(table("People who checked in at least once", ("Team", "In post", "Checked in"), rows, numbers=(1, 2)))
    console.print()
    _concerns_page(console, report)
    say(console, CHECK_INS_ARE_VOLUNTARY)


def _concerns_page(console: Console, report: CheckInReport) -> None:
    if report.open_concerns:
        waiting = [(one.worker_id, day(one.raised_at), figure(one.days)) for one in report.open_concerns]
        title = "Capacity concerns that nobody has answered"
        console.print(table(title, ("Worker", "Raised", "Days open"), waiting, numbers=(2,)))
    else:
        say(console, "No capacity concern is open.")
    console.print()
    if report.answered_concerns:
        answered = [
            (one.worker_id, day(one.raised_at), one.answered_by or "", figure(one.days))
            for one in report.answered_concerns
        ]
        columns = ("Worker", "Raised", "Answered by", "After days")
        console.print(table(f"Answered since {day(report.since)}", columns, answered, numbers=(3,)))
        console.print()
