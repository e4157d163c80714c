"""Alerts to answer: what a named leader should look at, on what evidence, and who has answered."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.errors import DecisionRefused
from allocation_engine.interfaces.alert_words import FOR_WHO_SUPPORTS_THEM, WHAT_AN_ANSWER_IS, evidence_told
from allocation_engine.interfaces.web.alert_view import NOT_FOR_YOU, is_told, shown, subject_link, subject_told
from allocation_engine.interfaces.web.errors import NotOpen, NotThere
from allocation_engine.interfaces.web.render import back_to, page
from allocation_engine.interfaces.web.report_filter import ReportFilter, read_filter
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from allocation_engine.reporting.alerts import MUST_NOT, answer_alert, blind_spots, of_team
from allocation_engine.reporting.posts import Posts, read_posts
from domain.alerts import RULES, Alert, Alerts

router = APIRouter()

A_PAGE = 12
"""So many alerts are shown in full at once; the files have all of them."""

LAST_PAGE = 10_000

Text = Annotated[str, Query(max_length=60)]


@router.get("/alerts")
def alerts(
    visit: Annotated[Visit, Depends(visitor("alerts"))],
    team: Text = "",
    rule: Text = "",
    weeks: Annotated[str, Query(max_length=4)] = "",
    from_: Annotated[int, Query(alias="from", ge=0, le=LAST_PAGE)] = 0,
) -> Response:
    """List the alerts that are open, each with its evidence and the form to answer it, and those that are answered."""
    return _alerts_page(visit, team, rule, weeks, from_)


def _alerts_page(
    visit: Visit, team: str, rule: str, weeks: str, start: int, errors: Sequence[tuple[str, str]] = ()
) -> Response:
    if rule and rule not in {one.code for one in RULES}:
        raise NotThere
    posts = read_posts(visit.engine.store, visit.as_at, visit.known_at)
    asked = read_filter(visit, posts, team, weeks)
    found = blind_spots(visit.engine.store, visit.policy, visit.as_at, visit.known_at)
    if asked.team is not None:
        found = of_team(found, posts, asked.team)
    within = [one for one in found.alerts if asked.since is None or one.finding.raised_at >= asked.since]
    listed = [one for one in within if rule in {"", one.rule.code}]
    to_answer = sorted((one for one in listed if one.is_open), key=lambda one: not one.lasts)
    on_page = to_answer[start : start + A_PAGE]
    answered = [one for one in listed if not one.is_open]
    named = {one.finding.worker_id for one in listed if is_told(visit, one)}
    visit.log_reading(sorted(one for one in named if one is not None))
    query = {**asked.query, "rule": rule}
    return page(
        visit,
        "alerts.html",
        "Alerts to answer",
        [
            _by_rule(visit, within, asked),
            _open_table(visit, to_answer, posts),
            _answered(visit, answered, found, posts, whole=asked.team is None and not rule and asked.since is None),
        ],
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        rule=rule,
        rules=RULES,
        shown_=shown(visit, on_page, posts),
        counts=(len(to_answer), sum(one.lasts for one in to_answer), len(answered)),
        start=start,
        before=visit.to("/alerts", **query, **{"from": max(start - A_PAGE, 0)}) if start else None,
        after=visit.to("/alerts", **query, **{"from": start + A_PAGE}) if start + A_PAGE < len(to_answer) else None,
        must_not=MUST_NOT,
        what_it_is=WHAT_AN_ANSWER_IS,
        for_whom=FOR_WHO_SUPPORTS_THEM,
        not_for_you=NOT_FOR_YOU,
        may_answer=visit.is_now and visit.may("answer_alert"),
    )


@router.post("/alerts/{alert_id}/answer")
def answer(visit: Annotated[Posted, Depends(poster("answer_alert"))], alert_id: str) -> Response:
    """Answer an alert in the name of whoever is here."""
    chosen = {"team": visit.text("team"), "rule": visit.text("rule"), "weeks": visit.text("weeks")}
    if not _may_know(visit, alert_id):
        raise NotOpen
    try:
        answer_alert(visit.engine, alert_id, visit.who.actor)
    except DecisionRefused as refused:
        if refused.rejection.code == "no_alert":
            raise NotThere from refused
        told = refused.rejection.reason
        return _alerts_page(visit, **chosen, start=0, errors=[("alerts", told[:1].upper() + told[1:])])
    return back_to(visit, "/alerts", "answered", **chosen)


def _may_know(visit: Visit, alert_id: str) -> bool:
    """Tell whether they may be told what an alert rests on: nobody answers what they were not shown."""
    found = blind_spots(visit.engine.store, visit.policy, visit.as_at).alerts if not visit.may("worker") else ()
    return all(is_told(visit, one) for one in found if one.alert_id == alert_id)


def _by_rule(visit: Visit, listed: Sequence[Alert], asked: ReportFilter) -> Table:
    table = TableOf(
        "rules",
        "What is asked, and how often it was so",
        (
            "Alert",
            "The question",
            Column("Open", figures=True),
            Column("Of these still so", figures=True),
            Column("Answered", figures=True),
        ),
        dense=True,
    )
    for rule in RULES:
        own = [one for one in listed if one.rule.code == rule.code]
        still_open = [one for one in own if one.is_open]
        table.row(
            Cell(rule.title, link=visit.to("/alerts", **asked.query, rule=rule.code)),
            rule.question,
            len(still_open),
            sum(one.lasts for one in still_open),
            len(own) - len(still_open),
        )
    return table.done


def _open_table(visit: Visit, listed: Sequence[Alert], posts: Posts) -> Table:
    """Give all open alerts as rows: for a file; the page itself shows them in full."""
    table = TableOf(
        "open-alerts",
        "Open alerts",
        ("Alert", "About", "What is so", "Since", "Until", "Raised", "Rests on", "Id"),
    )
    for one in listed:
        told, finding = is_told(visit, one), one.finding
        table.row(
            one.rule.title,
            Cell(subject_told(visit, one), link=subject_link(visit, one, posts)),
            finding.sentence if told else NOT_FOR_YOU,
            finding.since,
            Cell(text="still so") if finding.over_at is None else Cell(finding.over_at),
            finding.raised_at,
            Cell(text="; ".join(evidence_told(part) for part in finding.evidence) if told else ""),
            one.alert_id,
        )
    return table.done


def _answered(visit: Visit, listed: Sequence[Alert], found: Alerts, posts: Posts, *, whole: bool) -> Table:
    table = TableOf(
        "answered",
        "Answered",
        ("Alert", "About", "What was so", "Answered by", "Answered on"),
        empty=(
            "No alert has been answered yet. Once a named leader has looked and answered, the alert stays here with their "
            "name and the day."
        ),
    )
    for one in sorted(listed, key=lambda one: one.answer.at if one.answer else one.finding.raised_at, reverse=True):
        if one.answer is not None:
            told = one.finding.sentence if is_told(visit, one) else NOT_FOR_YOU
            about = Cell(subject_told(visit, one), link=subject_link(visit, one, posts))
            link = visit.to("/events", about=f"alert:{one.alert_id}") if visit.may("events") else None
            table.row(one.rule.title, about, told, one.answer.answered_by, Cell(one.answer.at, link=link))
    for alert_id, given in found.no_longer_shown if whole else ():
        link = visit.to("/events", about=f"alert:{alert_id}") if visit.may("events") else None
        gone = "The record no longer shows what it was about."
        table.row(Cell(alert_id), Cell(text=""), gone, given.answered_by, Cell(given.at, link=link))
    return table.done
