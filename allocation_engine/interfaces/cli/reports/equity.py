"""The report `equity`: its page and its JSON document."""

from typing import Annotated

import typer
from pydantic import JsonValue
from rich.console import Console

from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.cli.options import AsAtOption, JsonOption, KnownAtOption, StoreOption
from allocation_engine.interfaces.cli.reports.answering import SinceOption, asked, beginning_of, heading, say
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.report_words import EQUITY_IS, EQUITY_IS_NOT, PER_WEEKS
from allocation_engine.interfaces.words import day, words
from allocation_engine.reporting.equity import A_FIFTH, Breakdown, EquityReport, report_equity
from allocation_engine.reporting.intervals import Ratio


def equity(
    since: SinceOption = None,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap; the same seed gives the same intervals.")] = 0,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Audit who receives the heavy cases, group by group, for the hours they work; and who holds them now."""
    terminal = Terminal(as_json)
    with asked(store, as_at, known_at) as question:
        start = beginning_of(question, since, question.policy.practice.learning_period)
        report = report_equity(question.store, question.policy, start, question.as_at, question.known_at, seed=seed)
    terminal.answer(_document(question, report, seed), lambda console: _page(console, question, report))


def _page(console: Console, question: Asked, report: EquityReport) -> None:
    heading(console, f"Equity of heavy cases, {day(report.since)} to {question.when}")
    say(console, EQUITY_IS)
    left_out = "" if not report.without_hours else f" {report.without_hours} without recorded hours are left out."
    heavy = "new high-risk cases: not shown" if report.heavy is None else f"{report.heavy} new high-risk cases"
    say(console, f"{report.people} people; {heavy}.{left_out}")
    for one in report.breakdowns:
        console.print()
        _breakdown(console, question, one)
    console.print()
    _concentration(console, question, report)
    console.print()
    say(console, EQUITY_IS_NOT)


def _breakdown(console: Console, question: Asked, one: Breakdown) -> None:
    rows = []
    for group in one.shown:
        rate = f"{PER_WEEKS * group.heavy / group.fte_weeks:.2f}"
        rows.append(
            (
                words(group.name),
                str(group.people),
                str(group.heavy),
                rate,
                _ratio(group.heavy_ratio),
                _ratio(group.points_ratio),
            )
        )
    if rows:
        columns = ("Group", "People", "Heavy", "Rate", "Ratio, heavy", "Ratio, points")
        title = f"By {words(one.dimension)}"
        console.print(table(title, columns, rows, numbers=range(1, 6)))
    if one.hidden:
        smallest = question.policy.practice.smallest_group.value
        what = "" if rows else f"By {words(one.dimension)}: "
        say(
            console,
            f"{what}Not shown: {', '.join(words(name) for name in one.hidden)}. Fewer than {smallest:g} people, or such a "
            "group would follow from it.",
        )


def _ratio(ratio: Ratio | None) -> str:
    if ratio is None:
        return "-"
    estimate = "-" if ratio.ratio is None else f"{ratio.ratio:.2f}"
    high = "" if ratio.high is None else f"{ratio.high:.2f}"
    return f"{estimate} ({ratio.low:.2f}-{high})"


def _concentration(console: Console, question: Asked, report: EquityReport) -> None:
    console.print("[bold]Who holds high-risk cases now[/bold]")
    found = report.concentration
    if found is None:
        smallest = question.policy.practice.smallest_group.value
        say(console, f"Not shown: no high-risk case is held, or fewer than {smallest:g} people may hold one.")
        return
    say(
        console,
        f"{found.people} people hold {found.cases} high-risk cases as primary worker. The fifth of the hours that holds "
        f"most holds {found.top_fifth:.0%} of them; if all held alike it would be {A_FIFTH:.0%}. Gini coefficient "
        f"{found.gini:.2f} (0 all alike, near 1 all with one); if every case had fallen at random it would be about "
        f"{found.by_chance:.2f}.",
    )


def _document(question: Asked, report: EquityReport, seed: int) -> JsonValue:
    found = report.concentration
    return {
        **question.document(),
        "since": report.since.isoformat(),
        "seed": seed,
        "note": f"{EQUITY_IS} {EQUITY_IS_NOT}",
        "people": report.people,
        "heavy": report.heavy,
        "without_hours": report.without_hours,
        "breakdowns": {
            one.dimension.value: {
                "groups": [
                    {
                        "name": group.name,
                        "people": group.people,
                        "fte_weeks": group.fte_weeks,
                        "heavy": group.heavy,
                        "points": group.points,
                        "heavy_ratio": _ratio_document(group.heavy_ratio),
                        "points_ratio": _ratio_document(group.points_ratio),
                    }
                    for group in one.shown
                ],
                "not_shown": list(one.hidden),
            }
            for one in report.breakdowns
        },
        "concentration": None
        if found is None
        else {
            "people": found.people,
            "cases": found.cases,
            "gini": found.gini,
            "gini_by_chance": found.by_chance,
            "top_fifth": found.top_fifth,
        },
    }


def _ratio_document(ratio: Ratio | None) -> JsonValue:
    return None if ratio is None else {"ratio": ratio.ratio, "low": ratio.low, "high": ratio.high}
