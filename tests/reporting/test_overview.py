"""The service at a glance: counts and shares, now and on earlier days, and nothing of small teams."""

from datetime import timedelta

import pytest

from allocation_engine.engine import Engine
from allocation_engine.reporting.alerts import answer_alert, blind_spots
from allocation_engine.reporting.overview import Snapshot, report_overview
from domain.events.case import CaseAssigned, CaseReferred
from domain.events.practice import (
    CriticalIncidentRecorded,
    Exposure,
    LearningAttended,
    SupervisionAgreed,
    SupervisionHeld,
)
from domain.events.worker import CapacityConcernRaised, WorkerAbsenceStarted, WorkerRegistered
from domain.identifiers import CaseId, IncidentId, TeamId, WorkerId
from domain.vocabulary import (
    AbsenceKind,
    ExposureRoute,
    IncidentKind,
    Priority,
    RiskLevel,
    Role,
    Severity,
    SupervisionKind,
)
from tests.planning.conftest import engine
from tests.planning.given import MANAGER, START, case, given, worker

__all__ = ["engine"]

BEGAN = START - timedelta(weeks=20)


def overview(engine: Engine) -> tuple[Snapshot, ...]:
    return report_overview(engine.store, engine.policy(START).policy, START)


def staff(engine: Engine, **sizes: int) -> None:
    given(engine, *(worker(f"w-{team}-{n}", team=team) for team, size in sizes.items() for n in range(size)), at=BEGAN)


def test_people_hours_absence_and_load_are_those_of_the_day(engine: Engine) -> None:
    staff(engine, t1=7)
    given(
        engine,
        WorkerRegistered(worker_id=WorkerId("w-u"), team_id=TeamId("t1"), role=Role.SOCIAL_WORKER),
        WorkerAbsenceStarted(worker_id=WorkerId("w-t1-0"), kind=AbsenceKind.SICKNESS),
        at=START - timedelta(weeks=2),
    )
    now, month_ago, _ = overview(engine)
    assert now.service is not None
    assert month_ago.service is not None
    assert (now.service.people, now.service.away, now.service.without_hours, now.service.fte) == (8, 1, 1, 7.0)
    assert (month_ago.service.people, month_ago.service.away, month_ago.service.without_hours) == (7, 0, 0)
    shares = [
        account.load.total / account.capacity
        for account in engine.situation(START).accounts.values()
        if account.capacity is not None
    ]
    assert now.service.mean_share == pytest.approx(sum(shares) / 7)


def test_over_capacity_is_a_count_and_high_risk_a_share_of_what_is_known(engine: Engine) -> None:
    staff(engine, t1=6)
    cases = [CaseId(f"c-{number:02}") for number in range(20)]
    given(engine, *(case(one, RiskLevel.HIGH) for one in cases), at=START - timedelta(weeks=8))
    taken = [CaseAssigned(case_id=one, worker_id=WorkerId("w-t1-0")) for one in cases]
    given(engine, *taken, at=START - timedelta(weeks=8, days=-1))
    others = [case("c-low", RiskLevel.LOW), CaseReferred(case_id=CaseId("c-unknown"))]
    given(engine, *others, at=START - timedelta(weeks=7))
    last = [CaseAssigned(case_id=CaseId(one), worker_id=WorkerId("w-t1-1")) for one in ("c-low", "c-unknown")]
    given(engine, *last, at=START - timedelta(weeks=6))
    figures = overview(engine)[0].service
    assert figures is not None
    assert (figures.over_capacity, figures.cases, figures.high_risk, figures.risk_unknown) == (1, 22, 20, 1)
    assert figures.high_risk_share == pytest.approx(20 / 21)


def test_waiting_cases_are_counted_with_the_urgent_and_the_longest(engine: Engine) -> None:
    staff(engine, t1=6)
    assert overview(engine)[0].waiting.longest_days is None
    given(engine, case("c-1"), at=START - timedelta(days=30))
    given(engine, CaseReferred(case_id=CaseId("c-2"), priority=Priority.URGENT), at=START - timedelta(days=3))
    now, month_ago, _ = overview(engine)
    assert (now.waiting.cases, now.waiting.urgent) == (2, 1)
    assert now.waiting.longest_days == pytest.approx(30)
    assert (month_ago.waiting.cases, month_ago.waiting.urgent) == (1, 0)


def test_supervision_follow_ups_and_learning_are_told_for_the_service_and_its_teams(engine: Engine) -> None:
    staff(engine, t1=6, t2=6)
    one, other, long_ago = WorkerId("w-t1-0"), WorkerId("w-t2-0"), START - timedelta(weeks=12)
    kind = SupervisionKind.ONE_TO_ONE
    given(engine, SupervisionAgreed(worker_id=one, supervisor_id=other, kind=kind, every_days=28), at=long_ago)
    given(
        engine,
        SupervisionHeld(supervisor_id=other, worker_ids=(one,), kind=kind, minutes=60),
        CriticalIncidentRecorded(
            incident_id=IncidentId("i-1"),
            kind=IncidentKind.DEATH,
            severity=Severity.SEVERE,
            exposures=(Exposure(worker_id=one, route=ExposureRoute.DIRECT),),
        ),
        LearningAttended(worker_id=other, topic="loss", hours=2),
        at=START - timedelta(weeks=5),
    )
    service, (first, second) = overview(engine)[0].service, overview(engine)[0].teams
    assert service is not None
    assert first.figures is not None
    assert second.figures is not None
    assert [one.sessions_held for one in (service, first.figures, second.figures)] == [1, 1, 0]
    assert [one.follow_ups_overdue for one in (service, first.figures, second.figures)] == [2, 2, 0]
    assert [one.learned for one in (service, first.figures, second.figures)] == [1, 0, 1]
    assert [one.without_agreement for one in (service, first.figures, second.figures)] == [11, 5, 6]
    assert first.figures.held_share == pytest.approx(1 / 3, abs=0.02)
    assert second.figures.held_share is None


def test_a_small_team_is_hidden_and_so_is_the_one_it_would_follow_from(engine: Engine) -> None:
    staff(engine, t1=9, t2=7, t3=3)
    now = overview(engine)[0]
    assert now.service is not None
    assert {one.name: one.figures is not None for one in now.teams} == {"t1": True, "t2": False, "t3": False}


def test_a_service_of_fewer_than_six_is_not_told_of(engine: Engine) -> None:
    staff(engine, t1=5)
    now = overview(engine)[0]
    assert (now.service, [one.figures for one in now.teams]) == (None, [None])


def test_a_mean_load_of_few_known_capacities_is_not_told(engine: Engine) -> None:
    given(engine, *(worker(f"w-{n}", fte=1.0 if n < 5 else None) for n in range(9)), at=BEGAN)
    figures = overview(engine)[0].service
    assert figures is not None
    assert (figures.without_hours, figures.mean_share) == (4, None)


def test_open_alerts_are_counted_as_of_each_day(engine: Engine) -> None:
    staff(engine, t1=6)
    given(engine, CapacityConcernRaised(worker_id=WorkerId("w-t1-0")), at=START - timedelta(weeks=8))
    now, month_ago, three_months_ago = (one.open_alerts for one in overview(engine))
    assert [one["concern_unanswered"] for one in (now, month_ago, three_months_ago)] == [1, 1, 0]
    assert now["no_supervision_agreement"] == 6
    found = blind_spots(engine.store, engine.policy(START).policy, START).open
    (concern,) = [one.alert_id for one in found if one.rule.code == "concern_unanswered"]
    answer_alert(engine, concern, MANAGER)
    later = report_overview(engine.store, engine.policy(START).policy, START + timedelta(days=1))
    assert [one.open_alerts["concern_unanswered"] for one in later] == [0, 1, 0]
