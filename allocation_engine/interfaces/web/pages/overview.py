"""The service for its leaders, against the six points: counts and not names, beside earlier days."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.interfaces.overview_measures import MEASURES, Measure
from allocation_engine.interfaces.report_documents import NO_RANKING
from allocation_engine.interfaces.report_words import FOUNDATIONS_ARE_NOT, period_name
from allocation_engine.interfaces.web.charts import Chart, Line, every
from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.report_filter import ReportFilter, read_filter
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Visit, visitor
from allocation_engine.interfaces.words import day, words
from allocation_engine.reporting.foundations import FoundationsReport, report_foundations
from allocation_engine.reporting.load_over_time import WeekTogether, weeks_together
from allocation_engine.reporting.overview import Figures, Snapshot, report_overview
from allocation_engine.reporting.posts import read_posts
from allocation_engine.reporting.supervision import SupervisionReport, report_supervision
from allocation_engine.reporting.weekly_loads import weekly_loads
from domain.alerts import RULES
from domain.vocabulary import Foundation

router = APIRouter()

WEEKS_SHOWN = 26
NOT_SHOWN = "not shown"
FULL = 100.0
"""Capacity, as a share of itself [%]."""

BEHIND = {
    "Over capacity": ("team", "/team"),
    "Mean load of capacity": ("team", "/team"),
    "Hours not recorded": ("team", "/team"),
    "People in post": ("team", "/team"),
    "Away that day": ("team", "/team"),
    "Cases held": ("supervision", "/supervision/exposure"),
    "High risk, of known risk": ("supervision", "/supervision/exposure"),
    "Risk not known": ("supervision", "/supervision/exposure"),
    "Supervision held of agreed": ("supervision", "/supervision"),
    "No supervision agreement": ("supervision", "/supervision"),
    "Follow-ups overdue": ("supervision", "/supervision/follow-ups"),
    "Took part in learning": ("learning", "/learning"),
}
"""The page behind each measure, for whoever it is open to."""


CAPTIONS = {
    1: "People, load and cases",
    2: "Supervision",
    3: "Hours and people away",
    4: "Follow-ups after serious incidents",
    5: "Access to learning and support",
}


def sub_pages(visit: Visit) -> list[tuple[str, str]]:
    """Give the pages of the overview."""
    return [
        ("Six points", visit.to("/overview")),
        ("Five foundations", visit.to("/overview/foundations")),
        ("Equity of heavy cases", visit.to("/overview/equity")),
        ("Evaluation", visit.to("/overview/evaluation")),
    ]


@router.get("/overview")
def overview(
    visit: Annotated[Visit, Depends(visitor("overview"))],
    team: Annotated[str, Query(max_length=60)] = "",
    weeks: Annotated[str, Query(max_length=4)] = "",
) -> Response:
    """Show the service, or a team that is not too small, under each of the six points."""
    store, policy, known_at = visit.engine.store, visit.policy, visit.known_at
    posts = read_posts(store, visit.as_at, known_at)
    asked = read_filter(visit, posts, team, weeks, default_weeks=WEEKS_SHOWN)
    snapshots = report_overview(store, policy, visit.as_at, known_at)
    is_shown = _figures(snapshots[0], asked.team) is not None
    since = asked.since or visit.as_at
    loads = weekly_loads(store, policy, since, visit.as_at, known_at, asked.team) if is_shown else None
    together = [] if loads is None else list(weeks_together(loads))
    period = policy.practice.reporting_period
    report = report_supervision(
        store, policy, read_filter(visit, posts, team, "", period).since or since, visit.as_at, known_at, asked.team
    )
    foundations = report_foundations(store, policy, visit.as_at, known_at)
    in_force = visit.engine.policy(visit.as_at, known_at)
    return page(
        visit,
        "overview.html",
        "The service against the six points" if asked.team is None else f"Team {asked.team} against the six points",
        [
            *(_point(visit, asked, snapshots, number) for number in (1, 2, 3, 4, 5)),
            _weeks_table(together),
            _teams(visit, asked, snapshots[0]),
            _waiting(visit, snapshots),
            _alerts(visit, snapshots),
            _foundations(foundations),
            _quality(report),
        ],
        asked=asked,
        pages=sub_pages(visit),
        is_shown=is_shown,
        chart=_chart(together, asked) if any(one.share is not None for one in together) else None,
        smallest=policy.practice.smallest_group.value,
        in_force=in_force,
        no_ranking=NO_RANKING,
        foundations_are_not=FOUNDATIONS_ARE_NOT,
    )


def _figures(one: Snapshot, team: str | None) -> Figures | None:
    if team is None:
        return one.service
    return next((each.figures for each in one.teams if each.name == team), None)


def _over_time(
    key: str, caption: str, snapshots: Sequence[Snapshot], rows: Sequence[tuple[str, Callable[[Snapshot], Cell]]]
) -> Table:
    columns = [Column("Figure"), *(Column(day(one.as_at), figures=True) for one in snapshots)]
    table = TableOf(key, caption, columns, dense=True)
    for name, cell in rows:
        table.row(Cell(text=name), *(cell(one) for one in snapshots))
    return table.done


def _point(visit: Visit, asked: ReportFilter, snapshots: Sequence[Snapshot], number: int) -> Table:
    rows = [(one.name, _reader(visit, asked, one)) for one in MEASURES if one.point == number]
    return _over_time(f"point-{number}", f"{CAPTIONS[number]}, {asked.whose}", snapshots, rows)


def _reader(visit: Visit, asked: ReportFilter, measure: Measure) -> Callable[[Snapshot], Cell]:
    """Give what reads a measure, with the page behind it as at the same day."""
    behind = BEHIND.get(measure.name)

    def read(one: Snapshot) -> Cell:
        figures = _figures(one, asked.team)
        if figures is None:
            return Cell(text=NOT_SHOWN)
        link = None
        if behind is not None and visit.may(behind[0]):
            link = _as_at(visit, one, behind[1], team=asked.team)
        return Cell(measure.of(figures), text=measure.told(figures, "none to tell of"), link=link)

    return read


def _as_at(visit: Visit, one: Snapshot, path: str, **query: object) -> str:
    """Give an address as at a snapshot's moment; as at the present one the address stays about now."""
    if one.as_at == visit.as_at:
        return visit.to(path, **query)
    return visit.to(path, **query, as_at=one.as_at.isoformat())


def _waiting(visit: Visit, snapshots: Sequence[Snapshot]) -> Table:
    def link(one: Snapshot) -> str | None:
        return _as_at(visit, one, "/waiting") if visit.may("waiting") else None

    return _over_time(
        "waiting",
        "Waiting for a worker, the whole service",
        snapshots,
        (
            ("Cases waiting", lambda one: Cell(one.waiting.cases, link=link(one))),
            ("Of these urgent", lambda one: Cell(one.waiting.urgent, link=link(one))),
            (
                "Longest wait, days",
                lambda one: Cell(
                    one.waiting.longest_days, text="none waits" if one.waiting.longest_days is None else None
                ),
            ),
        ),
    )


def _alerts(visit: Visit, snapshots: Sequence[Snapshot]) -> Table:
    def counted(code: str) -> Callable[[Snapshot], Cell]:
        return lambda one: Cell(
            one.open_alerts[code],
            link=_as_at(visit, one, "/alerts", rule=code) if one.open_alerts[code] else None,
        )

    rows = [(rule.title[:1].upper() + rule.title[1:], counted(rule.code)) for rule in RULES]
    rows.append(("Together", lambda one: Cell(one.alerts, link=_as_at(visit, one, "/alerts"))))
    return _over_time("alerts", "Alerts that nobody had answered, the whole service", snapshots, rows)


def _chart(weeks: Sequence[WeekTogether], asked: ReportFilter) -> Chart:
    at = tuple(float(one.monday.toordinal()) for one in weeks)
    return Chart(
        title=f"Load of {asked.whose} by week",
        unit="% of capacity",
        at=at,
        labels=every([(place, f"{one.monday:%d %b}") for place, one in zip(at, weeks, strict=True)], 5),
        lines=(Line("load", tuple(None if one.share is None else FULL * one.share for one in weeks)),),
        level=(FULL, "capacity"),
    )


def _weeks_table(weeks: Sequence[WeekTogether]) -> Table:
    names = ("Load, lp", "Capacity, lp", "Share of capacity")
    table = TableOf(
        "weeks",
        "Load by week",
        ("Week of", *(Column(name, figures=True) for name in names)),
        note="Of those whose hours are recorded. Where a service is shown by team, teams that are too small are left out.",
        dense=True,
    )
    for one in weeks:
        if one.share is None:
            table.row(one.monday, *(Cell(text=NOT_SHOWN) for _ in names))
        else:
            table.row(one.monday, one.load, one.capacity, Cell(one.share, text=f"{one.share:.0%}"))
    return table.done


TEAM_COLUMNS = (
    "People in post",
    "Full-time equivalents",
    "Away that day",
    "Over capacity",
    "Mean load of capacity",
    "High risk, of known risk",
    "Supervision held of agreed",
    "Follow-ups overdue",
    "Took part in learning",
)


def _teams(visit: Visit, asked: ReportFilter, now: Snapshot) -> Table:
    measures = [one for one in MEASURES if one.name in TEAM_COLUMNS]
    table = TableOf(
        "teams",
        "Teams now, by id",
        ("Team", *(Column(one.name, figures=True) for one in measures)),
        empty="Nobody is registered yet. Send events from your own system, or import a file.",
        dense=True,
    )
    for team in now.teams:
        link = visit.to("/overview", team=team.name, weeks=asked.weeks) if team.name in asked.teams else None
        figures = team.figures
        if figures is None:
            table.row(Cell(team.name), *(Cell(text=NOT_SHOWN) for _ in measures))
        else:
            cells = [Cell(one.of(figures), text=one.told(figures, "none to tell of")) for one in measures]
            table.row(Cell(team.name, link=link), *cells)
    return table.done


def _foundations(report: FoundationsReport) -> Table:
    table = TableOf(
        "foundations",
        f"How the service is rated on the five foundations, {period_name(report)}",
        ("Foundation", Column("Mean, 1 to 5", figures=True, places=1), Column("Change", figures=True, places=1)),
        dense=True,
    )
    for foundation in Foundation:
        rating, change = report.service.ratings.get(foundation), report.service.change.get(foundation)
        if rating is None:
            table.row(words(foundation.value), Cell(text=NOT_SHOWN), Cell(text=NOT_SHOWN))
        else:
            moved = Cell(change, text="not known" if change is None else f"{change:+z.1f}")
            table.row(words(foundation.value), rating.mean, moved)
    return table.done


def _quality(report: SupervisionReport) -> Table:
    table = TableOf(
        "quality",
        f"Quality of supervision since {day(report.since)}, as those supervised rate it",
        (
            "Kind",
            Column("Sessions", figures=True),
            Column("Rated", figures=True),
            Column("Reflective quality, 1 to 5", figures=True, places=1),
        ),
        empty="No session was held in this time, or none is on record.",
        dense=True,
    )
    for one in report.kinds:
        quality = Cell(one.quality, text="too few" if one.quality is None else None)
        table.row(words(one.kind), one.sessions, one.rated, quality)
    return table.done
