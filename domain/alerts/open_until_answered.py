"""Alerts with the answers given to them: open until a named leader answers, and listed ever after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.alerts.finding import Finding, alert_id
from domain.alerts.record import Record
from domain.alerts.rule import AlertRule
from domain.identifiers import AlertId, PersonId
from domain.policy.practice import PracticePolicy


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answered an alert, and when."""

    answered_by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """A finding under its stable id, with the rule that found it and the answer (None: open)."""

    alert_id: AlertId
    rule: AlertRule
    finding: Finding
    answer: Answer | None

    @property
    def is_open(self) -> bool:
        """Whether a named leader still owes an answer, be the condition over or not."""
        return self.answer is None

    @property
    def lasts(self) -> bool:
        """Whether what was found still is so."""
        return self.finding.over_at is None


@dataclass(frozen=True, slots=True)
class Alerts:
    """Every alert raised up to a moment, oldest first, and answers to alerts that the record no longer shows.

    `no_longer_shown`: what was corrected or learned since took away what those alerts rested on; the answer stays.
    """

    as_at: datetime
    alerts: tuple[Alert, ...]
    no_longer_shown: tuple[tuple[AlertId, Answer], ...]

    @property
    def open(self) -> tuple[Alert, ...]:
        """Those that nobody has answered."""
        return tuple(alert for alert in self.alerts if alert.is_open)


def alerts_of(
    record: Record, policy: PracticePolicy, answers: Mapping[AlertId, Answer], rules: Iterable[AlertRule]
) -> Alerts:
    """Apply every rule and put the answers beside what it finds."""
    found: dict[AlertId, Alert] = {}
    for rule in rules:
        for finding in rule(record, policy):
            key = alert_id(rule.code, finding)
            before = found.get(key)
            if before is not None:  # twice within one week is one and the same alert
                finding = replace(finding, since=before.finding.since, raised_at=before.finding.raised_at)  # noqa: PLW2901
            found[key] = Alert(key, rule, finding, answers.get(key))
    alerts = sorted(found.values(), key=lambda one: (one.finding.raised_at, one.rule.code, one.finding.subject))
    unmatched = tuple(sorted((key, answer) for key, answer in answers.items() if key not in found))
    return Alerts(record.as_at, tuple(alerts), unmatched)
