"""Team now: who carries what, who has room, what is due. Nobody is ranked: rows go by id."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.interfaces.web.heat import heat_table
from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Visit, visitor
from allocation_engine.interfaces.words import words
from allocation_engine.reporting.alerts import blind_spots
from allocation_engine.reporting.supervision import report_supervision
from allocation_engine.reporting.weekly_loads import weekly_loads
from domain.evolve.worker import WorkerState
from domain.identifiers import WorkerId
from domain.load import PointInTime
from domain.vocabulary import AssignmentRole, Priority
from projections.caseload import HeldCase
from projections.supervision import NextSession, Standing

router = APIRouter()

WEEKS_SHOWN = 12
MOST_HARMS = 3


@router.get("/team")
def team_now(
    visit: Annotated[Visit, Depends(visitor("team"))], team: Annotated[str | None, Query(max_length=60)] = None
) -> Response:
    """Show a team, or the whole service, as at a moment."""
    team = visit.team(team)
    situation = visit.situation
    chosen = {
        worker_id: post
        for worker_id, post in sorted(situation.workers.items())
        if team in {None, post.team_id} and visit.sees(worker_id, post.team_id)
    }
    visit.log_reading(list(chosen))
    teams = sorted({post.team_id for post in situation.workers.values() if post.team_id is not None})
    loads = {worker_id: situation.loads[worker_id] for worker_id in chosen}
    held = situation.caseloads
    weeks = weekly_loads(
        visit.engine.store, visit.policy, visit.as_at - timedelta(weeks=WEEKS_SHOWN), visit.as_at, visit.known_at, team
    )
    due = _due(visit, team)
    alerts = Counter(
        one.finding.worker_id
        for one in blind_spots(visit.engine.store, visit.policy, visit.as_at, visit.known_at).open
        if one.finding.worker_id in chosen
    )
    rows = [
        _row(visit, post, loads[worker_id], held.get(worker_id, ()), due.get(worker_id, ()), alerts[worker_id])
        for worker_id, post in chosen.items()
    ]
    heat = heat_table(weeks, lambda row_id: visit.to(f"/workers/{row_id}") if row_id in chosen else None)
    return page(
        visit,
        "team.html",
        f"Team {team}" if team else "Team now",
        [_table(team, rows), heat],
        team=team,
        teams=teams if len(teams) > 1 else [],
        people=len(chosen),
        away=sum(post.is_away(visit.as_at) for post in chosen.values()),
        over=sum(one.headroom is not None and one.headroom < 0 for one in loads.values()),
        unknown=sum(one.capacity is None for one in loads.values()),
        waiting=len(situation.waiting),
        urgent=sum(one.case.priority is Priority.URGENT for one in situation.waiting),
        overdue=sum(one.standing is Standing.OVERDUE for several in due.values() for one in several),
        alerts=sum(alerts.values()),
    )


def _due(visit: Visit, team: str | None) -> dict[WorkerId, list[NextSession]]:
    start = visit.as_at - timedelta(days=visit.policy.practice.reporting_period.value)
    report = report_supervision(visit.engine.store, visit.policy, start, visit.as_at, visit.known_at, team)
    due: dict[WorkerId, list[NextSession]] = {}
    for one in report.next_sessions:
        due.setdefault(one.agreement.worker_id, []).append(one)
    return due


def _table(team: str | None, rows: Sequence[Sequence[Cell]]) -> Table:
    return (
        TableOf(
            "team",
            "Who carries what, by id",
            (
                "Worker",
                *(() if team else ("Team",)),
                Column("Cases", figures=True),
                Column("Load", figures=True, places=0),
                Column("Acute", figures=True, places=0),
                Column("Cumulative", figures=True, places=0),
                Column("Capacity", figures=True, places=0),
                Column("Headroom", figures=True, places=0),
                "Harm in their cases",
                "Supervision",
                Column("Alerts", figures=True),
                "Note",
            ),
            empty="Nobody is registered here yet. Import your own list of workers and cases, or send events over the API.",
            note="Loads are in load points (lp): 100 lp is what one full-time experienced worker can carry for long.",
            dense=True,
        )
        .rows([[one for place, one in enumerate(row) if place != 1 or not team] for row in rows])
        .done
    )


def _row(
    visit: Visit,
    post: WorkerState,
    now: PointInTime,
    held: Sequence[HeldCase],
    due: Sequence[NextSession],
    alerts: int,
) -> list[Cell]:
    own = visit.to(f"/workers/{post.worker_id}")
    primary = sum(one.role is AssignmentRole.PRIMARY for one in held)
    co = len(held) - primary
    away = post.away
    until = "" if away is None or away.expected_until is None else f" until {away.expected_until:%d %b}"
    return [
        Cell(post.worker_id, link=own),
        Cell(post.team_id, text=post.team_id or "not recorded"),
        Cell(primary, text=f"{primary} + {co} co-working" if co else None, link=f"{own}#caseload"),
        Cell(now.load.total, link=f"{own}#why"),
        Cell(now.load.acute),
        Cell(now.load.cumulative),
        Cell(now.capacity),
        Cell(now.headroom, css="govuk-!-font-weight-bold" if (now.headroom or 0) < 0 else ""),
        Cell(text=_harms(held)),
        _supervision(visit, due),
        Cell(alerts, link=visit.to("/alerts", team=post.team_id) if alerts else None),
        Cell(text=f"away{until}" if post.is_away(visit.as_at) else ""),
    ]


def _harms(held: Sequence[HeldCase]) -> str:
    """Say which harms a caseload is about, the most frequent first; a case may count for several."""
    counted = Counter(harm for one in held for harm in one.case.harm_types or ())
    unknown = sum(one.case.harm_types is None for one in held)
    told = [f"{words(harm.value)} {number}" for harm, number in counted.most_common(MOST_HARMS)]
    if len(counted) > MOST_HARMS:
        told.append(f"{len(counted) - MOST_HARMS} more kinds")
    return ", ".join([*told, *([f"not known {unknown}"] if unknown else [])]) or "none"


def _supervision(visit: Visit, due: Sequence[NextSession]) -> Cell:
    if not due:
        return Cell(text="no agreement", link=visit.to("/supervision"))
    late = [one for one in due if one.standing is Standing.OVERDUE]
    if late:
        return Cell(text=f"overdue by {max(one.days_over for one in late):.0f} days", link=visit.to("/supervision"))
    coming = min((one.due_at for one in due if one.due_at is not None), default=None)
    return Cell(coming, text="on return" if coming is None else f"due {coming:%d %b}", link=visit.to("/supervision"))
