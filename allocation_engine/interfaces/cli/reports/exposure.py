"""The report `exposure`: its page and its JSON document."""

from collections.abc import Iterable
from math import fsum

from pydantic import JsonValue
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
from allocation_engine.interfaces.report_words import EXPOSURE_COUNTED, EXPOSURE_IS_NOT, high_trauma
from allocation_engine.interfaces.words import day, figure, share
from allocation_engine.reporting.exposure import ExposureReport, TeamExposure, report_exposure
from domain.load.parameters import KnownOr
from domain.vocabulary import ExposureRoute, HarmType, RiskLevel
from projections.exposure import WorkerExposure

SHORT: dict[HarmType | KnownOr, str] = {
    HarmType.MISSING: "Missing",
    HarmType.SEXUAL_EXPLOITATION: "CSE",
    HarmType.TRAFFICKING: "Traff.",
    HarmType.GANGS: "Gangs",
    HarmType.CRIMINAL_EXPLOITATION: "CCE",
    HarmType.COUNTY_LINES: "County lines",
    HarmType.SERIOUS_YOUTH_VIOLENCE: "Youth viol.",
    KnownOr.UNKNOWN: "Not known",
}


def exposure(
    team: TeamOption = None,
    since: SinceOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who carries which harm: cases by harm type and risk, high-trauma cases, incidents by route, load by harm."""
    terminal = Terminal(as_json)
    with asked(store, as_at, known_at) as question:
        start = beginning_of(question, since, question.policy.practice.reporting_period)
        situation = question.engine.situation(question.as_at, question.known_at)
        report = report_exposure(question.store, situation, start, team)
    require_team(team, report.posts)
    terminal.answer(_document(question, report), lambda console: _page(console, question, report))


def _document(question: Asked, report: ExposureReport) -> JsonValue:
    return {
        **question.document(),
        "since": report.since.isoformat(),
        "team": report.team,
        "unit": "lp",
        "note": f"{high_trauma(question.policy.practice)} {EXPOSURE_IS_NOT}",
        "workers": [
            {"worker_id": one.worker_id, "team_id": report.posts[one.worker_id].team_id, **_exposure_document(one)}
            for one in report.workers
        ],
        "teams": [{"team_id": one.team, "people": one.people, **_exposure_document(one)} for one in report.teams],
    }


def _exposure_document(one: WorkerExposure | TeamExposure) -> dict[str, JsonValue]:
    return {
        "cases": one.cases,
        "by_harm_type": {harm.value: number for harm, number in one.by_harm.items()},
        "by_risk": {risk.value: number for risk, number in one.by_risk.items()},
        "high_trauma": one.high_trauma,
        "incidents_by_route": {route.value: number for route, number in one.incidents.items()},
        "load_by_harm_type": dict(one.load_by_harm),
    }


def _page(console: Console, question: Asked, report: ExposureReport) -> None:
    whose = "everybody in post" if report.team is None else f"team {report.team}"
    heading(console, f"Exposure of {whose} on {question.when}; incidents since {day(report.since)}")
    say(
        console,
        f"{high_trauma(question.policy.practice)} {EXPOSURE_COUNTED}",
    )
    console.print()
    people = [(one.worker_id, one) for one in report.workers]
    teams = [(one.team, one) for one in report.teams]
    console.print(_carried("Carried by each worker", "Worker", people))
    console.print()
    console.print(_harms("Cases by harm type; a case of two harms counts under both", "Worker", people))
    console.print()
    console.print(_carried("Carried by each team", "Team", teams))
    console.print()
    console.print(_harms("Cases by harm type", "Team", teams))
    console.print()
    _loads_page(console, report)
    say(console, EXPOSURE_IS_NOT)


def _carried(title: str, who: str, listed: Iterable[tuple[str, WorkerExposure | TeamExposure]]) -> Table:
    rows = [
        (
            name,
            str(one.cases),
            str(one.by_risk[RiskLevel.HIGH] + one.by_risk[RiskLevel.VERY_HIGH]),
            str(one.by_risk[KnownOr.UNKNOWN]),
            str(one.high_trauma),
            share(one.high_trauma, one.cases),
            *(str(one.incidents[route]) for route in ExposureRoute),
        )
        for name, one in listed
    ]
    columns = (who, "Cases", "High risk", "Not known", "High trauma", "Share", "There", "Co-work", "Heard")
    return table(title, columns, rows, numbers=range(1, 9))


def _harms(title: str, who: str, listed: Iterable[tuple[str, WorkerExposure | TeamExposure]]) -> Table:
    rows = [(name, *(str(one.by_harm[harm]) for harm in SHORT)) for name, one in listed]
    return table(title, (who, *SHORT.values()), rows, numbers=range(1, 1 + len(SHORT)))


def _loads_page(console: Console, report: ExposureReport) -> None:
    rows = []
    for one in report.teams:
        by_harm = [one.load_by_harm.get(harm, 0.0) for harm in SHORT]
        other = fsum(one.load_by_harm.values()) - fsum(by_harm)
        rows.append((one.team, *(figure(load) for load in (*by_harm, other))))
    columns = ("Team", *SHORT.values(), "Other")
    console.print(table("Load of each team by harm type, in lp", columns, rows, numbers=range(1, len(columns))))
    say(console, "Other: incidents, supervision given, and cases assessed with no harm found.")
    console.print()
