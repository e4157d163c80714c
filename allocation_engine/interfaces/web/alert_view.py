"""An alert as the desk shows it: its evidence with the events behind it, what may be done about it, and for whose eyes it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from allocation_engine.interfaces.alert_words import evidence_told, when
from allocation_engine.interfaces.web.visit import Visit
from allocation_engine.persistence.event_log import Criterion
from allocation_engine.reporting.posts import Posts
from domain.alerts import (
    Alert,
    Evidence,
    follow_up_overdue,
    no_supervision_agreement,
    overload_without_supervision,
    urgent_case_unassigned,
)
from projections.alerts import OF_CASES, OF_WORKERS

SUPPORTERS = "worker"
"""Whoever may open a worker's page supports them, or decides for them: what a worker told is shown to these."""

NOT_FOR_YOU = (
    "A worker chose to tell how loaded they feel, and it is far from what is computed. What they told is shown to who "
    "supports them and to nobody else, so it is for their manager to answer."
)
LOAD = "lp"

ABOUT_SUPERVISION = frozenset({overload_without_supervision.code, no_supervision_agreement.code})
ABOUT_FOLLOW_UPS = frozenset({follow_up_overdue.code})
ABOUT_WAITING = frozenset({urgent_case_unassigned.code})


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """One alert.

    Attributes
    ----------
    evidence
        What it rests on, each with where that can be seen.
    subject, ways
        The page of whom it is about, and where something can be done about it.
    is_told
        Whether sentence and evidence may be shown to whoever is here.
    """

    alert: Alert
    when: str
    subject: tuple[str, str | None]
    evidence: tuple[tuple[str, str | None], ...]
    ways: tuple[tuple[str, str], ...]
    is_told: bool


def is_told(visit: Visit, alert: Alert) -> bool:
    """Tell whether an alert's evidence may be shown to whoever is here: what a worker told is not shown widely."""
    return not alert.rule.personal or visit.may(SUPPORTERS)


def shown(visit: Visit, alerts: Iterable[Alert], posts: Posts) -> list[ShownAlert]:
    """Give alerts with the events behind them; whoever may not read the record is led to no event."""
    listed = list(alerts)
    positions = _positions(visit, listed) if visit.may("events") else {}
    return [_shown(visit, one, posts, positions) for one in listed]


def _shown(visit: Visit, alert: Alert, posts: Posts, positions: Mapping[UUID, int]) -> ShownAlert:
    told, page = is_told(visit, alert), page_of(visit, alert, posts)
    return ShownAlert(
        alert=alert,
        when=when(alert),
        subject=(subject_told(visit, alert), subject_link(visit, alert, posts)),
        evidence=tuple(
            (evidence_told(part), _behind(visit, part, page, positions)) for part in alert.finding.evidence if told
        ),
        ways=tuple(_ways(visit, alert)) if visit.is_now else (),
        is_told=told,
    )


def subject_told(visit: Visit, alert: Alert) -> str:
    """Write whom or what an alert is about; who told something in confidence is not named to others either."""
    return alert.finding.subject.replace(":", " ") if is_told(visit, alert) else "a worker"


def page_of(visit: Visit, alert: Alert, posts: Posts) -> str | None:
    """Give the path of the worker's page; None where there is none, or none that they may see."""
    worker = alert.finding.worker_id
    post = None if worker is None else posts.get(worker)
    if worker is None or post is None or not visit.sees(worker, post.team_id):
        return None
    return f"/workers/{worker}"


def subject_link(visit: Visit, alert: Alert, posts: Posts) -> str | None:
    """Give the address of what an alert is about."""
    kind, _, subject = alert.finding.subject.partition(":")
    page = page_of(visit, alert, posts)
    if kind == "worker":
        return None if page is None else visit.to(page)
    if kind == "team":
        return visit.to("/team", team=subject) if visit.may("team") else None
    return visit.to("/events", about=alert.finding.subject) if visit.may("events") else None


def _behind(visit: Visit, part: Evidence, page: str | None, positions: Mapping[UUID, int]) -> str | None:
    """Say where a piece of evidence can be seen: its event, or the account whose figure it is, as at its moment."""
    if part.event_id is not None:
        position = positions.get(part.event_id)
        return None if position is None else visit.to(f"/events/{position}")
    if part.unit == LOAD and page is not None:
        return visit.to(page, as_at=part.at.isoformat()) + "#why"
    return None


def _ways(visit: Visit, alert: Alert) -> Iterable[tuple[str, str]]:
    code, subject = alert.rule.code, alert.finding.subject.partition(":")[2]
    if code in ABOUT_SUPERVISION and visit.may("supervision"):
        yield "Supervision", visit.to("/supervision")
    if code in ABOUT_FOLLOW_UPS and visit.may("supervision"):
        yield "Follow-ups", visit.to("/supervision/follow-ups")
    if code in ABOUT_WAITING and alert.lasts and visit.may("proposals"):
        yield f"Who can take {subject}?", visit.to(f"/waiting/{subject}")


def _positions(visit: Visit, alerts: Iterable[Alert]) -> dict[UUID, int]:
    """Find where the events that alerts rest on stand in the log: by the tags of whom they are about."""
    wanted, tags = set(), set()
    for one in alerts:
        events = {part.event_id for part in one.finding.evidence if part.event_id is not None}
        if events:
            wanted |= events
            worker = one.finding.worker_id
            tags |= {one.finding.subject, *([] if worker is None else [f"worker:{worker}"])}
    if not tags:
        return {}
    query = tuple(Criterion(frozenset({tag}), OF_WORKERS | OF_CASES) for tag in sorted(tags))
    found = visit.engine.store.log.read(query).events
    return {
        stored.record.envelope.event_id: stored.position
        for stored in found
        if stored.record.envelope.event_id in wanted
    }
