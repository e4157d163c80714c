"""The report `evaluation`: its page and its JSON document."""

from collections.abc import Iterable

from pydantic import JsonValue
from rich.console import Console

from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.cli.options import AsAtOption, JsonOption, KnownAtOption, StoreOption
from allocation_engine.interfaces.cli.reports.answering import SinceOption, asked, beginning_of, heading, say
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.report_words import (
    BY_CONSTRUCTION,
    EFFECT_TITLES,
    EFFECTS_ARE_NOT,
    TOO_FEW,
    activity_told,
    how_compared,
    slug_in_words,
)
from allocation_engine.interfaces.words import day
from allocation_engine.reporting.evaluation import Effect, EvaluationReport, Outcome, report_evaluation


def evaluation(
    since: SinceOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show whether supervision and learning go with change: each worker compared with themselves, before and after.

    Never a bare number: every change has a 95 % interval and says how many workers and sessions it rests on; of too few
    nothing is said.
    """
    terminal = Terminal(as_json)
    with asked(store, as_at, known_at) as question:
        start = beginning_of(question, since, question.policy.practice.learning_period)
        report = report_evaluation(question.store, question.policy, start, question.as_at, question.known_at)
    terminal.answer(_document(question, report), lambda console: _page(console, question, report))


def _page(console: Console, question: Asked, report: EvaluationReport) -> None:
    heading(console, f"Evaluation of supervision and learning, {day(report.since)} to {question.when}")
    say(console, how_compared(question.policy.practice))
    for outcome in Outcome:
        of_outcome = [one for one in report.effects if one.outcome is outcome]
        if of_outcome:
            console.print()
            _effects(console, EFFECT_TITLES[outcome], of_outcome)
    if report.quality_over_time:
        console.print()
        title = f"Reflective quality over time: since {day(report.middle)} less before"
        _effects(console, title, report.quality_over_time)
    if report.rated:
        console.print()
        rows = [
            (
                slug_in_words(one.activity),
                *(("not shown", "") if one.mean is None else (f"{one.mean:.1f}", str(one.ratings))),
            )
            for one in report.rated
        ]
        console.print(table("Ratings by activity (1 to 5)", ("Activity", "Mean", "Ratings"), rows, numbers=(1, 2)))
    if all(one.activity is None for one in report.effects):
        console.print()
        say(console, "No session is on record in this time.")
    console.print()
    say(console, EFFECTS_ARE_NOT)


def _effects(console: Console, title: str, effects: Iterable[Effect]) -> None:
    rows, by_construction = [], False
    for one in effects:
        mark = "*" if one.by_construction else ""
        by_construction = by_construction or one.by_construction
        scale = 100 if one.outcome is Outcome.LOAD_SHARE else 1
        told, interval = TOO_FEW, ""
        if one.change is not None and one.interval is not None:
            told = f"{one.change * scale:+z.2f}"
            interval = f"{one.interval.low * scale:+z.2f} to {one.interval.high * scale:+z.2f}"
        rows.append((f"{activity_told(one)}{mark}", told, interval, str(one.workers), str(one.sessions)))
    columns = ("Activity", "Change", "95 % interval", "Workers", "Sessions")
    console.print(table(title, columns, rows, numbers=(1, 2, 3, 4)))
    if by_construction:
        say(console, f"* {BY_CONSTRUCTION}.")


def _document(question: Asked, report: EvaluationReport) -> JsonValue:
    return {
        **question.document(),
        "since": report.since.isoformat(),
        "note": f"{how_compared(question.policy.practice)} {EFFECTS_ARE_NOT}",
        "effects": [_effect_document(one) for one in report.effects],
        "quality_over_time": {
            "middle": report.middle.isoformat(),
            "effects": [_effect_document(one) for one in report.quality_over_time],
        },
        "ratings": [{"activity": one.activity, "ratings": one.ratings, "mean": one.mean} for one in report.rated],
    }


def _effect_document(one: Effect) -> JsonValue:
    return {
        "family": None if one.activity is None else one.activity.family.value,
        "name": None if one.activity is None else one.activity.name,
        "outcome": one.outcome.value,
        "enough": one.change is not None,
        "change": one.change,
        "low": None if one.interval is None else one.interval.low,
        "high": None if one.interval is None else one.interval.high,
        "workers": one.workers,
        "sessions": one.sessions,
        "by_construction": one.by_construction,
    }
