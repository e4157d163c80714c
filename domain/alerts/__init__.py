"""Blind-spot alerts: what a named leader should look at, each with the rule and the evidence that it rests on.

`record` what the rules read · `finding` what a rule finds, and the stable id of the alert it becomes · `rule` what a
rule is · the rules themselves: `workload`, `supervision`, `telling`, `casework` · `open_until_answered` alerts with
the answers given to them.
"""

from domain.alerts.casework import high_risk_on_one_person, risk_lowered_over_capacity, urgent_case_unassigned
from domain.alerts.finding import Evidence, Finding, alert_id, in_week_of
from domain.alerts.open_until_answered import Alert, Alerts, Answer, alerts_of
from domain.alerts.record import Record
from domain.alerts.rule import AlertRule
from domain.alerts.supervision import follow_up_overdue, no_supervision_agreement
from domain.alerts.telling import check_in_far_from_load, concern_unanswered
from domain.alerts.workload import overload_without_supervision

RULES: tuple[AlertRule, ...] = (
    overload_without_supervision,
    follow_up_overdue,
    high_risk_on_one_person,
    check_in_far_from_load,
    risk_lowered_over_capacity,
    concern_unanswered,
    no_supervision_agreement,
    urgent_case_unassigned,
)
"""Every rule there is, in the order in which it is told."""

__all__ = [
    "RULES",
    "Alert",
    "AlertRule",
    "Alerts",
    "Answer",
    "Evidence",
    "Finding",
    "Record",
    "alert_id",
    "alerts_of",
    "check_in_far_from_load",
    "concern_unanswered",
    "follow_up_overdue",
    "high_risk_on_one_person",
    "in_week_of",
    "no_supervision_agreement",
    "overload_without_supervision",
    "risk_lowered_over_capacity",
    "urgent_case_unassigned",
]
