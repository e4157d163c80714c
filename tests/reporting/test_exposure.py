"""Exposure in the small service: whose is the one high-risk case, and whom did the one incident reach."""

import pytest

from allocation_engine.engine import Engine
from allocation_engine.reporting.exposure import ExposureReport, report_exposure
from domain.vocabulary import ExposureRoute, HarmType, RiskLevel
from tests.projections.practice_histories import day
from tests.reporting.practice_service import END, FIELD, NURSE


def report(engine: Engine, at: float = END, since: float = 0, team: str | None = None) -> ExposureReport:
    return report_exposure(engine.store, engine.situation(day(at)), day(since), team)


def test_cases_harms_and_incidents_stand_with_each_worker_by_id(practice: Engine) -> None:
    found = {one.worker_id: one for one in report(practice).workers}
    assert list(found) == sorted(found)
    now = found[FIELD[1]]
    assert (now.cases, now.high_trauma, now.by_harm[HarmType.GANGS], now.by_risk[RiskLevel.HIGH]) == (1, 1, 1, 1)
    assert found[FIELD[0]].cases == 0
    assert found[FIELD[0]].incidents[ExposureRoute.DIRECT] == 1
    assert found[FIELD[2]].incidents[ExposureRoute.TEAM_HEARD] == 1
    assert sum(found[NURSE].incidents.values()) == 0


def test_the_load_by_harm_adds_up_to_the_account(practice: Engine) -> None:
    accounts = practice.situation(day(END)).accounts
    for one in report(practice).workers:
        assert sum(one.load_by_harm.values()) == pytest.approx(accounts[one.worker_id].load.total)


def test_a_team_counts_its_cases_once_and_adds_up_its_people(practice: Engine) -> None:
    first, second = report(practice).teams
    assert (first.team, first.people, first.cases, first.high_trauma) == ("t-1", 9, 1, 1)
    assert (second.team, second.people, second.cases) == ("t-2", 1, 0)
    assert first.incidents[ExposureRoute.CO_WORKER] == 1
    workers = report(practice, team="t-1").workers
    assert sum(first.load_by_harm.values()) == pytest.approx(sum(sum(one.load_by_harm.values()) for one in workers))


def test_incidents_before_the_period_count_for_cases_and_not_for_people(practice: Engine) -> None:
    found = {one.worker_id: one for one in report(practice, since=30).workers}
    assert sum(found[FIELD[0]].incidents.values()) == 0
    assert found[FIELD[1]].high_trauma == 1
