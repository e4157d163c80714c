"""What is owed after serious incidents, and concerns that wait for an answer; of check-ins, only how many."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.interfaces.report_words import CHECK_INS_ARE_VOLUNTARY, FOLLOW_UPS_ARE_NOT, FOLLOW_UPS_COUNTED
from allocation_engine.interfaces.web.pages.supervision import sub_pages
from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.report_filter import read_filter, worker_cell
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Visit, visitor
from allocation_engine.interfaces.words import day, words
from allocation_engine.reporting.check_ins import CheckInReport, report_check_ins
from allocation_engine.reporting.follow_ups import FollowUpReport, report_follow_ups
from allocation_engine.reporting.posts import NOT_RECORDED, Posts, read_posts
from projections.check_ins import Concern
from projections.follow_ups import FollowUp, Outcome, SeriousIncident

router = APIRouter()


@router.get("/supervision/follow-ups")
def follow_ups(
    visit: Annotated[Visit, Depends(visitor("supervision"))],
    team: Annotated[str, Query(max_length=60)] = "",
    weeks: Annotated[str, Query(max_length=4)] = "",
) -> Response:
    """Show what is owed to whom after an incident, and which concerns are open."""
    store, as_at, known_at = visit.engine.store, visit.as_at, visit.known_at
    posts = read_posts(store, as_at, known_at)
    asked = read_filter(visit, posts, team, weeks, visit.policy.practice.reporting_period)
    since = asked.since or as_at
    report = report_follow_ups(store, since, as_at, known_at, asked.team)
    checked = report_check_ins(store, visit.policy, since, as_at, known_at, asked.team)
    owed = {one.worker_id for one in report.open} | {one.worker_id for one in report.no_debrief}
    visit.log_reading(sorted(owed | {one.worker_id for one in (*checked.open_concerns, *checked.answered_concerns)}))
    in_time = sum(one.in_time for one in report.outcomes)
    fell_due = sum(one.fell_due for one in report.outcomes)
    return page(
        visit,
        "follow_ups.html",
        "Follow-ups and concerns" if asked.team is None else f"Follow-ups and concerns of team {asked.team}",
        [
            _open(visit, report),
            _outcomes(report),
            _no_debrief(visit, report),
            _concerns(visit, posts, "concerns", "Capacity concerns that nobody has answered", checked.open_concerns),
            _concerns(visit, posts, "answered", f"Concerns answered since {day(since)}", checked.answered_concerns),
            _checked_in(checked),
        ],
        asked=asked,
        since=since,
        pages=sub_pages(visit, asked),
        open=len(report.open),
        overdue=len(report.overdue),
        in_time=in_time,
        fell_due=fell_due,
        told_too_late=sum(one.told_too_late for one in report.outcomes),
        debriefed=report.debriefed,
        owed_debrief=report.debriefed + len(report.no_debrief),
        concerns=len(checked.open_concerns),
        smallest=visit.policy.practice.smallest_group.value,
        how_counted=FOLLOW_UPS_COUNTED,
        not_this=FOLLOW_UPS_ARE_NOT,
        voluntary=CHECK_INS_ARE_VOLUNTARY,
    )


def _incident(visit: Visit, one: SeriousIncident) -> Cell:
    link = visit.to("/events", about=f"incident:{one.incident_id}") if visit.may("events") else None
    return Cell(one.incident_id, link=link)


def _case(visit: Visit, one: SeriousIncident) -> Cell:
    if one.case_id is None:
        return Cell(text="none")
    return Cell(one.case_id, link=visit.to("/events", about=f"case:{one.case_id}") if visit.may("events") else None)


def _open(visit: Visit, report: FollowUpReport) -> Table:
    table = TableOf(
        "open",
        "Open follow-ups, by worker",
        (
            "Worker",
            "Incident",
            "Case",
            "Severity",
            "Happened",
            "Within",
            "Due",
            Column("Days over", figures=True, places=1),
            "Note",
        ),
        empty=(
            "No follow-up is owed. One opens by itself when a serious or severe incident is recorded, for each worker who was "
            "there or worked the case, and closes when your own system says that somebody has done it."
        ),
        dense=True,
    )
    for one in report.open:
        incident = one.incident
        table.row(
            worker_cell(visit, report.posts, one.worker_id),
            _incident(visit, incident),
            _case(visit, incident),
            words(incident.severity),
            incident.happened_at,
            words(one.due),
            one.due_at,
            Cell(one.days_over, text=None if one.outcome is Outcome.OVERDUE else "not yet due"),
            Cell(text=_note(report, one)),
        )
    return table.done


def _note(report: FollowUpReport, one: FollowUp) -> str:
    """Say that the worker has left, or how late the incident was known."""
    if report.has_left(one.worker_id):
        return "has left"
    days = (one.incident.known_since - one.incident.happened_at) / timedelta(days=1)
    return f"told {days:.0f} days late" if days >= 1 else ""


def _outcomes(report: FollowUpReport) -> Table:
    table = TableOf(
        "outcomes",
        f"What fell due since {day(report.since)}",
        (
            "Within",
            *(Column(name, figures=True) for name in ("Fell due", "Done in time", "Done late", "Still open")),
            Column("Share in time", figures=True),
        ),
        dense=True,
    )
    for one in report.outcomes:
        share = one.in_time / one.fell_due if one.fell_due else None
        told = "none fell due" if share is None else f"{share:.0%}"
        counts = (one.fell_due, one.in_time, one.late, one.overdue)
        table.row(words(one.due), *counts, Cell(share, text=told))
    return table.done


def _no_debrief(visit: Visit, report: FollowUpReport) -> Table:
    table = TableOf(
        "no-debrief",
        "No debrief on record",
        ("Worker", "Incident", "Severity", "Happened"),
        empty="After every serious incident of this time each worker who was close to it has a debrief on record, or there was none.",
        dense=True,
    )
    for one in report.no_debrief:
        incident = one.incident
        cells = (_incident(visit, incident), words(incident.severity), incident.happened_at)
        table.row(worker_cell(visit, report.posts, one.worker_id), *cells)
    return table.done


def _concerns(visit: Visit, posts: Posts, key: str, caption: str, listed: Iterable[Concern]) -> Table:
    is_open = key == "concerns"
    table = TableOf(
        key,
        caption,
        ("Worker", "Raised", *(() if is_open else ("Answered by",)), Column("Days open", figures=True)),
        empty=(
            "No concern is open. A worker raises one from their own page, or in your own system, when they carry too much; it "
            "stays open until somebody answers them."
            if is_open
            else "None was answered in this time."
        ),
        dense=True,
    )
    for one in listed:
        worker = worker_cell(visit, posts, one.worker_id)
        entries = visit.to(f"/workers/{one.worker_id}/entries") if worker.link else None
        by = () if is_open else (one.answered_by or NOT_RECORDED,)
        table.row(worker, Cell(one.raised_at, link=entries), *by, one.days)
    return table.done


def _checked_in(report: CheckInReport) -> Table:
    table = TableOf(
        "checked-in",
        f"People who checked in at least once since {day(report.since)}",
        ("Team", Column("In post", figures=True), Column("Checked in", figures=True)),
        empty="Nobody is in post here.",
        dense=True,
    )
    for one in report.teams:
        told = "not shown" if one.checked_in is None else None
        table.row(Cell(text=one.team or "the whole service"), one.people, Cell(one.checked_in, text=told))
    return table.done
