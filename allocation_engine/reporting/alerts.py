"""Blind-spot alerts: every one that was raised, with its evidence and who answered; and answering one."""

from dataclasses import replace
from datetime import datetime

from allocation_engine.engine import Engine
from allocation_engine.errors import DecisionRefused
from allocation_engine.persistence.store import Store
from allocation_engine.reporting.load_courses import read_courses
from allocation_engine.reporting.posts import Posts
from domain.alerts import RULES, Alerts, alerts_of
from domain.events import EventRecord
from domain.events.service import AlertAnswered
from domain.identifiers import AlertId, PersonId
from domain.policy.policy_set import PolicySet
from domain.rejection import Rejection
from projections import ALERTS
from projections.alert_record import record_of
from projections.alerts import answers

MUST_NOT = (
    "An alert asks a named leader to look and to answer. It finds no fault with anybody, is no measure of performance, "
    "and its loads are an accounting index, not a measure of stress."
)


def blind_spots(store: Store, policy: PolicySet, as_at: datetime, known_at: datetime | None = None) -> Alerts:
    """Give every alert raised up to a moment, open ones and answered ones, by the policy of that moment.

    A new policy may move the days on which somebody was over capacity, and with them the onset of an alert on overload;
    the alerts that begin with an event of their own stay as they are.
    """
    courses = read_courses(store, policy.load, known_at)
    store.read_models.catch_up(ALERTS)
    rows = store.read_models.rows(ALERTS)
    record = record_of(rows, courses, as_at, known_at)
    return alerts_of(record, policy.practice, answers(rows, as_at, known_at), RULES)


def of_team(found: Alerts, posts: Posts, team: str) -> Alerts:
    """Keep the alerts about a team and about those who were last in it; a case that nobody holds is of no team."""
    members = {worker_id for worker_id, post in posts.items() if post.team_id == team}
    kept = tuple(
        one for one in found.alerts if one.finding.subject == f"team:{team}" or one.finding.worker_id in members
    )
    return replace(found, alerts=kept, no_longer_shown=())


def answer_alert(engine: Engine, alert_id: str, by: str) -> EventRecord:
    """Record that a named leader answered an alert that is open now.

    Raises
    ------
    DecisionRefused
        No alert has this id as far as the record goes, or somebody has answered it already.
    """
    now = engine.clock()
    found = blind_spots(engine.store, engine.policy(now).policy, now)
    known = {alert.alert_id for alert in found.alerts} | {one for one, _ in found.no_longer_shown}
    if alert_id not in known:
        raise DecisionRefused(
            Rejection(
                "no_alert",
                f"there is no alert {alert_id}; `report alerts` lists those there are",
                "Alerts are answered one by one, by a named leader",
                f"alert:{alert_id}",
            )
        )
    return engine.record(AlertAnswered(alert_id=AlertId(alert_id), answered_by=PersonId(by)), by)
