"""Supervision: what is overdue, who has no agreement, what was held against what was agreed, and by whom."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.interfaces.report_documents import HOW_COUNTED, NO_BLAME
from allocation_engine.interfaces.web.charts import Chart, Line, every
from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.report_filter import ReportFilter, read_filter, worker_cell
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Visit, visitor
from allocation_engine.interfaces.words import day, words
from allocation_engine.reporting.posts import NOT_RECORDED, Breakdown, Posts, read_posts
from allocation_engine.reporting.supervision import HeldAgainstAgreed, SupervisionReport, Supervisor, report_supervision
from allocation_engine.reporting.supervision_over_time import Attendance, attendance, attendance_over_time
from domain.events.practice import SupervisionCancelled, SupervisionHeld, SupervisionMissed
from domain.policy.practice import PracticePolicy
from projections.supervision import NextSession, Standing

router = APIRouter()

MOST_WORKERS = 40
"""With more workers than this their sessions are listed once a team is chosen: more rows cannot be taken in."""

FIGURES = tuple(Column(name, figures=True) for name in ("Held", "Beside agreements", "Missed", "Cancelled"))
FEWEST_FOR_A_LINE = 2


def sub_pages(visit: Visit, asked: ReportFilter) -> list[tuple[str, str]]:
    """Give the pages on what is owed to workers, for the same team and time."""
    return [
        ("Supervision", visit.to("/supervision", **asked.query)),
        ("Follow-ups and concerns", visit.to("/supervision/follow-ups", **asked.query)),
        ("Who carries which harm", visit.to("/supervision/exposure", **asked.query)),
    ]


@router.get("/supervision")
def supervision(
    visit: Annotated[Visit, Depends(visitor("supervision"))],
    team: Annotated[str, Query(max_length=60)] = "",
    weeks: Annotated[str, Query(max_length=4)] = "",
) -> Response:
    """Show what is due to whom, and what was held."""
    posts = read_posts(visit.engine.store, visit.as_at, visit.known_at)
    practice = visit.policy.practice
    asked = read_filter(visit, posts, team, weeks, practice.reporting_period)
    since = asked.since or visit.as_at
    report = report_supervision(visit.engine.store, visit.policy, since, visit.as_at, visit.known_at, asked.team)
    visit.log_reading(list(report.records))
    over_time = attendance_over_time(report.records.values(), since, visit.as_at)
    standing = [one.standing for one in report.next_sessions]
    return page(
        visit,
        "supervision.html",
        "Supervision" if asked.team is None else f"Supervision of team {asked.team}",
        [
            _due_table(visit, posts, "overdue", "Overdue", report.overdue),
            _due_table(visit, posts, "agreements", "All agreements", report.next_sessions),
            _without(visit, report),
            _groups(visit, asked, report),
            _over_time(over_time),
            _workers(visit, report),
            _kinds(report),
            _agencies(report),
            _supervisors(visit, report),
        ],
        asked=asked,
        since=since,
        pages=sub_pages(visit, asked),
        overdue=standing.count(Standing.OVERDUE),
        due=standing.count(Standing.DUE),
        on_return=standing.count(Standing.ON_RETURN),
        agreements=len(standing),
        without=len(report.without_agreement),
        not_on_record=report.not_on_record,
        whole=report.whole,
        lists_workers=len(report.records) <= MOST_WORKERS,
        chart=_chart(over_time, asked) if len(over_time) >= FEWEST_FOR_A_LINE else None,
        across=_across(report),
        how_counted=HOW_COUNTED,
        no_blame=NO_BLAME,
        quality_told=_quality_told(practice),
    )


def _due_table(visit: Visit, posts: Posts, key: str, caption: str, listed: Iterable[NextSession]) -> Table:
    table = TableOf(
        key,
        caption,
        (
            "Worker",
            "Kind",
            "Supervisor",
            "How often",
            "Last held",
            "Next due",
            "Standing",
            Column("Days over", figures=True),
        ),
        empty=(
            "Nothing is overdue. A session is overdue once it is past its due day by more than your policy allows, days "
            "away not counted."
            if key == "overdue"
            else "No agreement is on record. Agreements come from your own system: who supervises whom, of which kind, how often."
        ),
        note="Days over are days at work since the day on which it was due.",
        dense=True,
    )
    for one in listed:
        agreement = one.agreement
        table.row(
            worker_cell(visit, posts, agreement.worker_id),
            words(agreement.kind),
            worker_cell(visit, posts, agreement.supervisor_id),
            Cell(agreement.every_days, text=f"every {agreement.every_days} days"),
            Cell(one.last_held, text=None if one.last_held else "never", link=_held_link(visit, agreement.worker_id)),
            Cell(one.due_at, text=_due(one)),
            words(one.standing),
            Cell(one.days_over, text=f"{one.days_over:.0f}" if one.days_over else ""),
        )
    return table.done


def _due(one: NextSession) -> str:
    if one.due_at is None:
        return "on return"
    return f"{day(one.due_at)} (away)" if one.standing is Standing.ON_RETURN else day(one.due_at)


def _events_link(visit: Visit, worker_id: str, kind: str, since: datetime | None = None) -> str | None:
    """Lead to the sessions of a worker in the record, for whoever may read it."""
    if not visit.may("events"):
        return None
    return visit.to("/events", about=f"worker:{worker_id}", type=kind, since=since and f"{since:%Y-%m-%d}")


def _held_link(visit: Visit, worker_id: str) -> str | None:
    return _events_link(visit, worker_id, SupervisionHeld.wire_name)


def _without(visit: Visit, report: SupervisionReport) -> Table:
    table = TableOf(
        "without",
        "No agreement on record",
        ("Worker", "Team", "Role", "In post since"),
        empty="Everybody in post has an agreement on record.",
        dense=True,
    )
    for worker_id in report.without_agreement:
        post = report.posts[worker_id]
        table.row(
            worker_cell(visit, report.posts, worker_id),
            Cell(post.team_id, text=post.team_id or NOT_RECORDED),
            Cell(text=NOT_RECORDED if post.role is None else words(post.role.value)),
            post.registered_at,
        )
    return table.done


def _groups(visit: Visit, asked: ReportFilter, report: SupervisionReport) -> Table:
    table = TableOf(
        "held",
        f"Held against agreed since {day(report.since)}",
        (
            "Group",
            Column("People", figures=True),
            Column("Agreed", figures=True, places=1),
            *FIGURES,
            Column("Share held", figures=True),
            Column("Agreements", figures=True),
            Column("Overdue", figures=True),
            Column("Without", figures=True),
        ),
        note="Agreed: days at work by the agreed interval. Beside agreements: sessions of a kind that was not agreed with the worker.",
        dense=True,
    )
    for one in report.held:
        table.row(
            _group(visit, asked, one),
            one.people,
            one.agreed,
            one.held,
            one.beside,
            one.missed,
            one.cancelled,
            _share(one.held, one.agreed),
            one.agreements,
            one.overdue,
            one.without,
        )
    return table.done


def _group(visit: Visit, asked: ReportFilter, one: HeldAgainstAgreed) -> Cell:
    if one.group is None:
        return Cell(text="everybody")
    is_team = one.group.by is Breakdown.TEAM and one.group.name in asked.teams
    link = visit.to("/supervision", team=one.group.name, weeks=asked.weeks) if is_team else None
    return Cell(text=f"{one.group.by.value}: {words(one.group.name)}", link=link)


def _share(held: float, agreed: float) -> Cell:
    """Give a share; of nothing agreed there is none."""
    return Cell(held / agreed, text=f"{held / agreed:.0%}") if agreed else Cell(text="none agreed")


def _over_time(stretches: Iterable[Attendance]) -> Table:
    table = TableOf(
        "over-time",
        "Held against agreed over time",
        ("From", "To", Column("Agreed", figures=True, places=1), *FIGURES, Column("Share held", figures=True)),
        empty="The time is too short to be divided. Choose a longer one.",
        note="Of those who are in post now, all through.",
        dense=True,
    )
    for one in stretches:
        counts = (one.held, one.beside, one.missed, one.cancelled)
        table.row(one.since, one.until, one.agreed, *counts, _share(one.held, one.agreed))
    return table.done


def _chart(stretches: tuple[Attendance, ...], asked: ReportFilter) -> Chart:
    at = tuple(one.until.timestamp() for one in stretches)
    return Chart(
        title=f"Supervision of {asked.whose}, by stretches up to each day",
        unit="sessions",
        at=at,
        labels=every([(moment, f"{one.until:%d %b}") for moment, one in zip(at, stretches, strict=True)], 5),
        lines=(
            Line("agreed", tuple(one.agreed for one in stretches)),
            Line("held", tuple(float(one.held) for one in stretches)),
            Line("missed or cancelled", tuple(float(one.missed + one.cancelled) for one in stretches)),
        ),
    )


def _workers(visit: Visit, report: SupervisionReport) -> Table:
    table = TableOf(
        "workers",
        f"By worker, by id, since {day(report.since)}",
        ("Worker", Column("Agreed", figures=True, places=1), *FIGURES),
        empty="Nobody is in post here.",
        dense=True,
    )
    if len(report.records) > MOST_WORKERS:
        return table.done
    lost = (SupervisionMissed.wire_name, SupervisionCancelled.wire_name)
    for worker_id, record in report.records.items():
        one = attendance([record], report.since, report.as_at)
        links: Mapping[str, str | None] = {
            kind: _events_link(visit, worker_id, kind, report.since) for kind in (SupervisionHeld.wire_name, *lost)
        }
        missed, cancelled = (
            Cell(number, link=links[kind] if number else None)
            for number, kind in zip((one.missed, one.cancelled), lost, strict=True)
        )
        held, beside = (
            Cell(number, link=links[SupervisionHeld.wire_name] if number else None) for number in (one.held, one.beside)
        )
        table.row(worker_cell(visit, report.posts, worker_id), one.agreed, held, beside, missed, cancelled)
    return table.done


def _kinds(report: SupervisionReport) -> Table:
    table = TableOf(
        "kinds",
        "Sessions by kind, and their quality",
        (
            "Kind",
            Column("Sessions", figures=True),
            Column("People", figures=True),
            Column("Hours", figures=True),
            Column("Rated", figures=True),
            Column("Reflective quality, 1 to 5", figures=True, places=1),
        ),
        empty="No session was held in this time, or none is on record.",
        dense=True,
    )
    for one in report.kinds:
        table.row(
            words(one.kind),
            one.sessions,
            one.people,
            one.hours,
            Cell(one.rated, text=f"{one.rated} of {one.sessions}"),
            Cell(one.quality, text="too few" if one.quality is None else None),
        )
    return table.done


def _quality_told(practice: PracticePolicy) -> str:
    return (
        f"Quality is the supervisees' own rating, shown of {practice.ratings_minimum.value:g} ratings and "
        f"{practice.smallest_group.value:g} people or more. Sessions that nobody rated are left out, not counted as nought."
    )


def _agencies(report: SupervisionReport) -> Table:
    table = TableOf(
        "agencies",
        "Supervision across agencies",
        ("Worker's agency", "Supervisor's agency", "Across agencies", Column("Attendances", figures=True)),
        empty="No session was held in this time, or none is on record.",
        dense=True,
    )
    for one in report.between_agencies:
        is_across = {None: "not known", True: "yes", False: "no"}[one.is_across]
        agencies = (
            NOT_RECORDED if agency is None else words(agency) for agency in (one.worker_agency, one.supervisor_agency)
        )
        table.row(*(Cell(text=agency) for agency in agencies), is_across, one.attended)
    return table.done


def _across(report: SupervisionReport) -> tuple[int, int]:
    """Count attendances at a supervisor's of another agency, and all of which both agencies are known."""
    known = [one for one in report.between_agencies if one.is_across is not None]
    return sum(one.attended for one in known if one.is_across), sum(one.attended for one in known)


def _supervisors(visit: Visit, report: SupervisionReport) -> Table:
    table = TableOf(
        "supervisors",
        "Who supervises the supervisors",
        (
            "Supervisor",
            "Their own supervision",
            Column("People they supervise", figures=True),
            Column("Sessions given", figures=True),
        ),
        empty="Nobody is on record as a supervisor.",
        note="Supervisors carry load from what they hear, and need supervision themselves.",
        dense=True,
    )
    for one in report.supervisors:
        cell = worker_cell(visit, report.posts, one.worker_id)
        table.row(cell, Cell(text=_own(one)), one.supervisees, one.given)
    return table.done


def _own(one: Supervisor) -> str:
    if not one.on_record:
        return "not on record as a worker here"
    told = [
        f"{words(own.agreement.kind)} by {own.agreement.supervisor_id}, {words(own.standing)}"
        + (f" by {own.days_over:.0f} days" if own.standing is Standing.OVERDUE else "")
        for own in one.own
    ]
    return "; ".join(told) or "no agreement on record"
