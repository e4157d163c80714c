"""Alerts read from a store, and answered in somebody's name."""

from datetime import datetime, timedelta

import pytest

from allocation_engine.engine import Engine
from allocation_engine.errors import DecisionRefused
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.reporting.alerts import answer_alert, blind_spots, of_team
from allocation_engine.reporting.posts import read_posts
from domain.alerts import Alerts
from domain.events.case import CaseAssigned, CaseReferred, CaseRiskReassessed
from domain.identifiers import AlertId, CaseId, WorkerId
from domain.vocabulary import Priority, RiskLevel
from tests.planning.conftest import any_engine, engine
from tests.planning.given import MANAGER, START, case, given, worker

__all__ = ["any_engine", "engine"]


def now(engine: Engine) -> Alerts:
    moment = engine.clock()
    return blind_spots(engine.store, engine.policy(moment).policy, moment)


def overloaded(engine: Engine) -> None:
    """Give one worker far too much for ten weeks, and lower the risk of one case."""
    cases = [CaseId(f"c-{number:02}") for number in range(24)]
    held = [CaseAssigned(case_id=one, worker_id=WorkerId("w-1")) for one in cases]
    weeks_ago = START - timedelta(weeks=10)
    given(engine, worker("w-1", team="t-1"), *(case(one, RiskLevel.HIGH) for one in cases), *held, at=weeks_ago)
    given(engine, CaseRiskReassessed(case_id=cases[0], risk=RiskLevel.LOW), at=START - timedelta(days=3))


def test_the_load_that_rules_read_is_the_load_of_the_account(engine: Engine) -> None:
    overloaded(engine)
    found = now(engine)
    assert sorted(alert.rule.code for alert in found.open) == [
        "no_supervision_agreement",
        "overload_without_supervision",
        "risk_lowered_over_capacity",
    ]
    (lowered,) = [alert for alert in found.open if alert.rule.code == "risk_lowered_over_capacity"]
    told = {part.what: part.value for part in lowered.finding.evidence}
    account = engine.situation(lowered.finding.since).accounts[WorkerId("w-1")]
    assert told["load of w-1"] == pytest.approx(account.load.total, abs=1e-9)
    assert told["capacity of w-1"] == account.capacity


def test_an_alert_is_answered_once_by_a_named_leader(any_engine: Engine) -> None:
    overloaded(any_engine)
    first, *others = now(any_engine).open
    answer_alert(any_engine, first.alert_id, MANAGER)
    after = now(any_engine)
    assert [one.alert_id for one in after.open] == [one.alert_id for one in others]
    assert [one.answer.answered_by for one in after.alerts if one.answer] == [MANAGER]
    with pytest.raises(DecisionRefused, match=f"alert {first.alert_id} is answered already"):
        answer_alert(any_engine, first.alert_id, "manager-2")


def test_an_alert_is_of_the_team_of_whom_it_is_about(engine: Engine) -> None:
    overloaded(engine)
    given(engine, worker("w-2", team="t-2"), at=START - timedelta(weeks=9))
    given(engine, CaseReferred(case_id=CaseId("c-u"), priority=Priority.URGENT), at=START - timedelta(weeks=1))
    found, posts = now(engine), read_posts(engine.store, START)
    told = {team: sorted(one.rule.code for one in of_team(found, posts, team).open) for team in ("t-1", "t-2")}
    assert told == {
        "t-1": ["no_supervision_agreement", "overload_without_supervision", "risk_lowered_over_capacity"],
        "t-2": ["no_supervision_agreement"],
    }
    assert len(found.open) == 5


def test_an_alert_once_raised_stays_with_its_id_as_time_goes_on(engine: Engine) -> None:
    shape = ServiceShape(ends_at=START, workers=8, waiting=2, weeks=20)
    engine.ingest(generate(shape, seed=5))
    policy = engine.policy(START).policy
    seen: dict[AlertId, tuple[str, datetime]] = {}
    for weeks_ago in (8, 5, 2, 0):
        found = blind_spots(engine.store, policy, START - timedelta(weeks=weeks_ago))
        told = {one.alert_id: (one.finding.subject, one.finding.since) for one in found.alerts}
        assert seen.items() <= told.items()
        seen.update(told)
    assert len(seen) > 5


def test_an_alert_that_nobody_raised_cannot_be_answered(engine: Engine) -> None:
    overloaded(engine)
    head = engine.store.log.head()
    with pytest.raises(DecisionRefused, match="there is no alert al-000000000000"):
        answer_alert(engine, "al-000000000000", MANAGER)
    assert engine.store.log.head() == head
