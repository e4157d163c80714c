"""One worker: the course of both compartments, why this number, what is due to them, their caseload, and contesting an entry."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.interfaces.web.charts import Chart, Line, Mark, every
from allocation_engine.interfaces.web.contesting import entries
from allocation_engine.interfaces.web.errors import NotOpen, NotThere
from allocation_engine.interfaces.web.render import back_to, page
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from allocation_engine.interfaces.words import day, words
from allocation_engine.reporting.explanation import explain_load
from allocation_engine.reporting.follow_ups import report_follow_ups
from allocation_engine.reporting.timeline import WorkerTimeline, worker_timeline
from domain.events.worker import CapacityConcernAnswered, CapacityConcernRaised
from domain.identifiers import PersonId
from domain.load import Group, Grouping, LoadAccount
from domain.load.explain import forecast_sentence, reasons, reasons_for_change, sessions_sentence
from domain.vocabulary import RetractionReason
from projections.caseload import HeldCase
from projections.follow_ups import WorkerFollowUps

router = APIRouter()

WEEKS_SHOWN = 26
MOST_REASONS = 10
FIGURES = tuple(Column(name, figures=True, places=1) for name in ("Acute", "Cumulative", "Load"))


@router.get("/workers/{worker_id}")
def worker(
    visit: Annotated[Visit, Depends(visitor("worker"))],
    worker_id: str,
    weeks: Annotated[int, Query(ge=2, le=260)] = WEEKS_SHOWN,
) -> Response:
    """Show one account with everything behind it. Each reading is logged."""
    who, situation = visit.worker(worker_id), visit.situation
    visit.log_reading([who])
    since = visit.as_at - timedelta(weeks=weeks)
    course = worker_timeline(visit.engine.store, visit.policy, who, since, visit.as_at, visit.known_at)
    explained = explain_load(visit.engine.store, situation, who, visit.as_at - timedelta(weeks=1))
    account = explained.account
    changed = explained.since
    return page(
        visit,
        "worker.html",
        f"Worker {who}",
        [
            _parts(visit, account),
            _by_kind(explained.groups[Grouping.SOURCE], account),
            _caseload(visit, situation.caseloads.get(who, ())),
            _course_table(course),
            _happened(visit, course),
            _follow_ups(report_follow_ups(visit.engine.store, since, visit.as_at, visit.known_at).people.get(who)),
        ],
        who=who,
        post=situation.workers[who],
        account=account,
        reasons=reasons(account, most=MOST_REASONS),
        ahead=forecast_sentence(explained.forecast, f"over the next {explained.horizon_days:g} days"),
        changes=[]
        if changed is None
        else [
            *reasons_for_change(changed.changes, most=MOST_REASONS),
            sessions_sentence(changed.changes.before.as_at, changed.sessions),
        ],
        chart=_chart(course),
        weeks=weeks,
        is_own=visit.who.worker_id == who,
    )


@router.get("/workers/{worker_id}/entries")
def their_entries(visit: Annotated[Visit, Depends(visitor("contest"))], worker_id: str) -> Response:
    """List what is on record of a worker, to look at, contest or take back an entry."""
    who = visit.worker(worker_id)
    visit.log_reading([who])
    return page(
        visit,
        "entries.html",
        f"What is on record of {who}",
        [],
        who=who,
        listed=entries(visit, who),
        reasons=[(one.value, words(one.value)) for one in RetractionReason],
        is_own=visit.who.worker_id == who,
        concern=visit.situation.workers[who].concern_open,
    )


@router.post("/workers/{worker_id}/entries/{position}/retract")
def retract_entry(visit: Annotated[Posted, Depends(poster("contest"))], worker_id: str, position: int) -> Response:
    """Take an entry back: a manager's act, in their name. The record keeps both."""
    if not visit.may("decide"):
        raise NotOpen
    who = visit.worker(worker_id)
    if position not in {one.position for one in entries(visit, who)}:
        raise NotThere
    reason = visit.text("reason")
    if reason not in set(RetractionReason):
        return page(
            visit,
            "entries.html",
            f"What is on record of {who}",
            status=422,
            errors=[(f"reason-{position}", "Choose why the entry is taken back")],
            who=who,
            listed=entries(visit, who),
            reasons=[(one.value, words(one.value)) for one in RetractionReason],
            is_own=False,
            concern=visit.situation.workers[who].concern_open,
        )
    visit.engine.retract(position, visit.who.actor, RetractionReason(reason))
    return back_to(visit, f"/workers/{who}/entries", "retracted")


@router.post("/workers/{worker_id}/concern")
def concern(visit: Annotated[Posted, Depends(poster("contest"))], worker_id: str) -> Response:
    """Raise a concern about one's own account or capacity, or answer one as a manager."""
    who = visit.worker(worker_id)
    if visit.who.worker_id == who:
        visit.engine.record(CapacityConcernRaised(worker_id=who), visit.who.actor)
        return back_to(visit, f"/workers/{who}/entries", "contested")
    if not visit.may("decide"):
        raise NotOpen
    visit.engine.record(CapacityConcernAnswered(worker_id=who, answered_by=PersonId(visit.who.actor)), visit.who.actor)
    return back_to(visit, f"/workers/{who}/entries", "answered")


def _chart(course: WorkerTimeline) -> Chart:
    at = tuple(point.at.timestamp() for point in course.points)
    mondays = _mondays(course.since, course.as_at)
    return Chart(
        title=f"Load of {course.worker_id}",
        unit="lp",
        at=at,
        labels=every([(monday.timestamp(), f"{monday:%d %b}") for monday in mondays], 5),
        lines=(
            Line("acute", tuple(point.acute for point in course.points)),
            Line("cumulative", tuple(point.cumulative for point in course.points)),
            Line("both together", tuple(point.total for point in course.points)),
            Line("capacity", tuple(point.capacity for point in course.points), steps=True),
        ),
        marks=tuple(Mark(one.at.timestamp(), f"{day(one.at)}: {words(one.kind)}") for one in course.markers),
    )


def _mondays(since: datetime, until: datetime) -> list[datetime]:
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + timedelta(days=-midnight.weekday() % 7)
    return [first + timedelta(weeks=week) for week in range(int((until - first) / timedelta(weeks=1)) + 1)]


def _course_table(course: WorkerTimeline) -> Table:
    """Give the last point of each week: the same as the chart in figures."""
    table = TableOf(
        "course",
        "The same in figures, at the end of each week",
        (
            "Week of",
            *(Column(name, figures=True, places=1) for name in ("Acute", "Cumulative", "Load", "Capacity")),
            Column("Cases", figures=True),
            "Note",
        ),
        dense=True,
    )
    for monday in _mondays(course.since, course.as_at):
        within = [one for one in course.points if one.at < monday + timedelta(weeks=1)]
        if within and (last := within[-1]).at >= monday:
            table.row(
                monday,
                last.acute,
                last.cumulative,
                last.total,
                last.capacity,
                last.held,
                Cell(text="away" if last.is_away else "over capacity" if last.is_over else ""),
            )
    return table.done


def _happened(visit: Visit, course: WorkerTimeline) -> Table:
    table = TableOf(
        "happened",
        "What happened",
        ("Day", "What", "About", "More"),
        empty="Nothing in this time.",
        dense=True,
    )
    for one in reversed(course.markers):
        about = Cell(text="") if one.subject is None else Cell(one.subject, link=_of_case(visit, one.subject))
        table.row(one.at, words(one.kind), about, Cell(text=words(one.detail)))
    return table.done


def _of_case(visit: Visit, subject: str) -> str | None:
    return visit.to("/events", about=f"case:{subject}") if visit.may("events") and subject.startswith("c-") else None


def _parts(visit: Visit, account: LoadAccount) -> Table:
    table = TableOf(
        "parts",
        "What the load is made of; the parts add up to it",
        (
            "From",
            "Subject",
            "Since",
            *FIGURES,
        ),
        empty="Nothing on record adds to this account.",
        dense=True,
    )
    for one in account.contributions:
        table.row(
            Cell(text=words(one.source.value) + ("" if one.still_held or one.role is None else ", given up")),
            Cell(one.subject, link=_of_case(visit, one.subject)),
            one.since,
            one.load.acute,
            one.load.cumulative,
            one.load.total,
        )
    if account.contributions:
        table.row(
            "together", Cell(text=""), Cell(text=""), account.load.acute, account.load.cumulative, account.load.total
        )
    return table.done


def _by_kind(groups: Iterable[Group], account: LoadAccount) -> Table:
    table = TableOf(
        "kinds",
        "By where it comes from",
        ("From", Column("Parts", figures=True), *FIGURES),
        empty="Nothing adds to this account.",
    )
    for one in groups:
        table.row(words(one.name), one.contributions, one.load.acute, one.load.cumulative, one.load.total)
    if account.contributions:
        load = account.load
        table.row("together", len(account.contributions), load.acute, load.cumulative, load.total)
    return table.done


def _follow_ups(told: WorkerFollowUps | None) -> Table:
    table = TableOf(
        "follow-ups",
        "Follow-ups after serious incidents",
        ("Incident", "What is owed", "Due", "What became of it"),
        empty="Nothing is owed: they were in no serious incident on record, or only heard of it.",
    )
    for one in () if told is None else told.follow_ups:
        became = f"{words(one.outcome.value)}" + ("" if one.done_by is None else f", by {one.done_by}")
        table.row(one.incident.incident_id, words(one.due.value), one.due_at, Cell(text=became))
    return table.done


def _caseload(visit: Visit, held: Iterable[HeldCase]) -> Table:
    table = TableOf(
        "caseload",
        "Caseload",
        ("Case", "Role", "Since", "Risk", "Kinds of harm"),
        empty="No case is held.",
    )
    for one in held:
        harms = one.case.harm_types
        table.row(
            Cell(one.case.case_id, link=_of_case(visit, one.case.case_id)),
            words(one.role.value),
            one.since,
            Cell(text="not known" if one.case.risk is None else words(one.case.risk.value)),
            Cell(text="not known" if harms is None else ", ".join(words(harm.value) for harm in harms) or "none"),
        )
    return table.done
