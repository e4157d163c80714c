"""Who carries which harm: cases by harm and risk, high-trauma cases, incidents by route, load by harm."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import fsum
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.interfaces.report_words import EXPOSURE_COUNTED, NOT_BETTER_OR_WORSE, high_trauma
from allocation_engine.interfaces.web.pages.supervision import sub_pages
from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.report_filter import ReportFilter, read_filter, worker_cell
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Visit, visitor
from allocation_engine.interfaces.words import day, words
from allocation_engine.reporting.exposure import ExposureReport, TeamExposure, report_exposure
from domain.events.practice import CriticalIncidentRecorded
from domain.load.parameters import KnownOr
from domain.vocabulary import ExposureRoute, HarmType, RiskLevel
from projections.exposure import WorkerExposure

router = APIRouter()

HARMS: tuple[HarmType | KnownOr, ...] = (*HarmType, KnownOr.UNKNOWN)
ROUTES = {
    ExposureRoute.DIRECT: "Incidents: there",
    ExposureRoute.CO_WORKER: "As co-worker",
    ExposureRoute.TEAM_HEARD: "Heard of",
}
NOBODY = "Nobody is in post here."

Named = Iterable[tuple[Cell, WorkerExposure | TeamExposure]]


@router.get("/supervision/exposure")
def exposure(
    visit: Annotated[Visit, Depends(visitor("supervision"))],
    team: Annotated[str, Query(max_length=60)] = "",
    weeks: Annotated[str, Query(max_length=4)] = "",
) -> Response:
    """Show who carries which harm at the moment, and which incidents reached them."""
    situation, practice = visit.situation, visit.policy.practice
    asked = read_filter(visit, situation.workers, team, weeks, practice.reporting_period)
    since = asked.since or visit.as_at
    report = report_exposure(visit.engine.store, situation, since, asked.team)
    visit.log_reading([one.worker_id for one in report.workers])
    workers = [(worker_cell(visit, report.posts, one.worker_id), one) for one in report.workers]
    teams = [(_team_cell(visit, asked, one.team), one) for one in report.teams]
    return page(
        visit,
        "exposure.html",
        "Who carries which harm" if asked.team is None else f"Who carries which harm in team {asked.team}",
        [
            _carried("workers", "Carried by each worker, by id", "Worker", workers, _Behind(visit, since)),
            _harms("workers-harms", "Cases of each worker by harm", "Worker", workers),
            _carried("teams", "Carried by each team", "Team", teams),
            _harms("teams-harms", "Cases of each team by harm", "Team", teams),
            _loads(visit, asked, report),
        ],
        asked=asked,
        pages=sub_pages(visit, asked),
        told=f"{high_trauma(practice)} {EXPOSURE_COUNTED} Incidents are those since {day(since)}.",
        not_this=NOT_BETTER_OR_WORSE,
    )


def _team_cell(visit: Visit, asked: ReportFilter, team: str) -> Cell:
    is_one = team in asked.teams
    return Cell(team, link=visit.to("/supervision/exposure", team=team, weeks=asked.weeks) if is_one else None)


@dataclass(frozen=True, slots=True)
class _Behind:
    """Leads from a worker's figures to what is behind them."""

    visit: Visit
    since: datetime

    def caseload(self, worker: Cell) -> str | None:
        return None if worker.link is None else f"{worker.link}#caseload"

    def incidents(self, worker: Cell) -> str | None:
        if not self.visit.may("events"):
            return None
        kind = CriticalIncidentRecorded.wire_name
        return self.visit.to("/events", about=f"worker:{worker.value}", type=kind, since=f"{self.since:%Y-%m-%d}")


def _carried(key: str, caption: str, who: str, listed: Named, behind: _Behind | None = None) -> Table:
    table = TableOf(
        key,
        caption,
        (
            who,
            *(Column(name, figures=True) for name in ("Cases", "High risk", "Risk not known", "High-trauma")),
            Column("Share high-trauma", figures=True),
            *(Column(name, figures=True) for name in ROUTES.values()),
        ),
        empty=NOBODY,
        dense=True,
    )
    for cell, one in listed:
        share = one.high_trauma / one.cases if one.cases else None
        incidents = behind.incidents(cell) if behind else None
        table.row(
            cell,
            Cell(one.cases, link=behind.caseload(cell) if behind and one.cases else None),
            one.by_risk[RiskLevel.HIGH] + one.by_risk[RiskLevel.VERY_HIGH],
            one.by_risk[KnownOr.UNKNOWN],
            one.high_trauma,
            Cell(share, text="no case" if share is None else f"{share:.0%}"),
            *(Cell(one.incidents[route], link=incidents if one.incidents[route] else None) for route in ROUTES),
        )
    return table.done


def _harms(key: str, caption: str, who: str, listed: Named) -> Table:
    table = TableOf(
        key,
        caption,
        (who, *(Column(_harm(harm), figures=True) for harm in HARMS)),
        empty=NOBODY,
        note="A case of two harms counts under both.",
        dense=True,
    )
    for cell, one in listed:
        table.row(cell, *(one.by_harm[harm] for harm in HARMS))
    return table.done


def _harm(harm: HarmType | KnownOr) -> str:
    return "Not known" if harm is KnownOr.UNKNOWN else words(harm.value).capitalize()


def _loads(visit: Visit, asked: ReportFilter, report: ExposureReport) -> Table:
    table = TableOf(
        "loads",
        "Load of each team by harm, in load points",
        ("Team", *(Column(_harm(harm), figures=True) for harm in HARMS), Column("Other", figures=True)),
        empty=NOBODY,
        note="Other: incidents, supervision given, and cases assessed with no harm found. A case of several harms counts in equal parts.",
        dense=True,
    )
    for one in report.teams:
        by_harm = [one.load_by_harm.get(harm, 0.0) for harm in HARMS]
        other = fsum(one.load_by_harm.values()) - fsum(by_harm)
        table.row(_team_cell(visit, asked, one.team), *by_harm, other)
    return table.done
