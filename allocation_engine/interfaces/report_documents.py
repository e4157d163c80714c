"""JSON documents of the reports that commands and the service both give: figures unrounded, what is not known null."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from pydantic import JsonValue

from allocation_engine.interfaces.asked import Asked
from allocation_engine.reporting.alerts import MUST_NOT
from allocation_engine.reporting.overview import Figures, Snapshot
from allocation_engine.reporting.supervision import HeldAgainstAgreed, SupervisionReport
from domain.alerts import RULES, Alert, Alerts
from domain.load.explain import WHAT_IT_IS
from projections.supervision import NextSession

HOW_COUNTED = (
    "A session meets an agreement of its kind, whoever gave it; the next is due the agreed number of days later. A missed "
    "or cancelled session is still owed. What falls due while a worker is away is due on their return, and leave counts "
    "neither as overdue nor in what was agreed."
)
NO_BLAME = "Not a measure of anybody's work: what fell through says nothing of who is to blame for it."
NO_RANKING = "Not a ranking of teams or people, and no measure of performance: teams differ in what comes to them."


def supervision_document(question: Asked, report: SupervisionReport) -> dict[str, JsonValue]:
    """Give the report as a JSON document."""
    return {
        **question.document(),
        "since": report.since.isoformat(),
        "team": report.team,
        "note": f"{HOW_COUNTED} {NO_BLAME}",
        "agreements": [_next_document(one) for one in report.next_sessions],
        "without_agreement": list(report.without_agreement),
        "not_on_record": list(report.not_on_record),
        "held_against_agreed": [_held_document(one) for one in report.held],
        "kinds": [
            {
                "kind": one.kind.value,
                "sessions": one.sessions,
                "people": one.people,
                "hours": one.hours,
                "rated": one.rated,
                "quality": one.quality,
            }
            for one in report.kinds
        ],
        "between_agencies": [
            {
                "worker_agency": one.worker_agency,
                "supervisor_agency": one.supervisor_agency,
                "attended": one.attended,
                "across": one.is_across,
            }
            for one in report.between_agencies
        ],
        "supervisors": [
            {
                "worker_id": one.worker_id,
                "on_record": one.on_record,
                "supervisees": one.supervisees,
                "sessions_given": one.given,
                "own_supervision": [_next_document(own) for own in one.own],
            }
            for one in report.supervisors
        ],
    }


def _next_document(one: NextSession) -> dict[str, JsonValue]:
    return {
        "worker_id": one.agreement.worker_id,
        "supervisor_id": one.agreement.supervisor_id,
        "kind": one.agreement.kind.value,
        "every_days": one.agreement.every_days,
        "agreed_on": one.agreement.since.isoformat(),
        "last_held": None if one.last_held is None else one.last_held.isoformat(),
        "due_at": None if one.due_at is None else one.due_at.isoformat(),
        "standing": one.standing.value,
        "days_over": one.days_over,
    }


def _held_document(one: HeldAgainstAgreed) -> JsonValue:
    return {
        "by": None if one.group is None else one.group.by.value,
        "group": None if one.group is None else one.group.name,
        "people": one.people,
        "agreed": one.agreed,
        "held": one.held,
        "beside_agreements": one.beside,
        "missed": one.missed,
        "cancelled": one.cancelled,
        "agreements": one.agreements,
        "overdue": one.overdue,
        "without_agreement": one.without,
    }


def alerts_document(about: Asked, found: Alerts) -> dict[str, JsonValue]:
    """Give the alerts as a JSON document."""
    return {
        **about.document(),
        "note": MUST_NOT,
        "rules": [
            {"code": rule.code, "title": rule.title, "question": rule.question, "personal": rule.personal}
            for rule in RULES
        ],
        "alerts": [alert_document(one) for one in found.alerts],
        "answered_and_no_longer_shown": [
            {"alert_id": alert_id, "answered_by": answer_.answered_by, "answered_at": answer_.at.isoformat()}
            for alert_id, answer_ in found.no_longer_shown
        ],
    }


def alert_document(one: Alert) -> JsonValue:
    """Give one alert with its evidence."""
    finding = one.finding
    return {
        "alert_id": one.alert_id,
        "rule": one.rule.code,
        "personal": one.rule.personal,
        "subject": finding.subject,
        "since": finding.since.isoformat(),
        "raised_at": finding.raised_at.isoformat(),
        "over_at": _text(finding.over_at),
        "open": one.is_open,
        "answered_by": None if one.answer is None else one.answer.answered_by,
        "answered_at": None if one.answer is None else one.answer.at.isoformat(),
        "sentence": finding.sentence,
        "evidence": [
            {
                "what": part.what,
                "at": part.at.isoformat(),
                "event_id": None if part.event_id is None else str(part.event_id),
                "value": part.value,
                "unit": part.unit or None,
            }
            for part in finding.evidence
        ],
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def overview_document(question: Asked, snapshots: Sequence[Snapshot], team: str | None) -> dict[str, JsonValue]:
    """Give the report as a JSON document."""
    return {
        **question.document(),
        "team": team,
        "note": f"{WHAT_IT_IS} {NO_RANKING}",
        "moments": [
            {
                "as_at": one.as_at.isoformat(),
                "service": None if team else _figures_document(one.service),
                "teams": [
                    {"team_id": each.name, "people": each.people, "figures": _figures_document(each.figures)}
                    for each in one.teams
                    if team in {None, each.name}
                ],
                "waiting": {
                    "cases": one.waiting.cases,
                    "urgent": one.waiting.urgent,
                    "longest_days": one.waiting.longest_days,
                },
                "open_alerts": dict(one.open_alerts),
            }
            for one in snapshots
        ],
    }


def _figures_document(figures: Figures | None) -> JsonValue:
    if figures is None:
        return None
    return {
        **asdict(figures),
        "high_risk_share": figures.high_risk_share,
        "held_share": figures.held_share,
        "learned_share": figures.learned_share,
    }
