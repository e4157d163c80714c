"""Who received the heavy cases: for the hours they worked, group by group, and nothing of small groups."""

from datetime import timedelta
from itertools import count

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from allocation_engine.engine import Engine
from allocation_engine.reporting.equity import Breakdown, Dimension, EquityReport, GroupShare, ginis, report_equity
from domain.concentration import gini
from domain.events import DomainEvent
from domain.events.case import CaseAssigned, CaseReassigned, CaseRiskReassessed
from domain.events.worker import WorkerHoursChanged, WorkerLeft, WorkerMovedTeam, WorkerRegistered
from domain.identifiers import CaseId, TeamId, WorkerId
from domain.vocabulary import AssignmentRole, RiskLevel, Role
from tests.planning.conftest import engine
from tests.planning.given import START, case, given, worker

__all__ = ["engine"]

MINUTES = count(1)
"""No two deliveries of a test share a moment, and so an id."""

BEGAN = START - timedelta(weeks=20)
SINCE = START - timedelta(weeks=10)


def report(engine: Engine) -> EquityReport:
    return report_equity(engine.store, engine.policy(START).policy, SINCE, START)


def by(told: EquityReport, dimension: Dimension) -> Breakdown:
    (found,) = [one for one in told.breakdowns if one.dimension is dimension]
    return found


def teams(told: EquityReport) -> dict[str, GroupShare]:
    return {one.name: one for one in by(told, Dimension.TEAM).shown}


def staff(engine: Engine, **sizes: int) -> None:
    given(engine, *(worker(f"w-{team}-{n}", team=team) for team, size in sizes.items() for n in range(size)), at=BEGAN)


def gave(engine: Engine, worker_id: str, number: int, risk: RiskLevel = RiskLevel.HIGH, weeks: float = 5) -> None:
    ids = [CaseId(f"c-{worker_id}-{weeks}-{risk.value}-{n}") for n in range(number)]
    referred: list[DomainEvent] = [case(one, risk) for one in ids]
    taken = [CaseAssigned(case_id=one, worker_id=WorkerId(worker_id)) for one in ids]
    given(engine, *referred, *taken, at=START - timedelta(weeks=weeks, minutes=next(MINUTES)))


def test_a_group_is_told_with_what_it_received_for_its_hours_against_everybody_else(engine: Engine) -> None:
    staff(engine, t1=6, t2=6)
    gave(engine, "w-t1-0", 4)
    gave(engine, "w-t2-0", 2)
    gave(engine, "w-t2-1", 3, RiskLevel.LOW)
    told = teams(report(engine))
    assert (told["t1"].people, told["t1"].heavy, told["t2"].heavy) == (6, 4, 2)
    assert told["t1"].fte_weeks == pytest.approx(60)
    policy = engine.policy(START).policy.load
    assert told["t1"].points == pytest.approx(4 * policy.held_points[RiskLevel.HIGH].value)
    assert told["t1"].heavy_ratio is not None
    assert told["t1"].heavy_ratio.ratio == pytest.approx(2)
    assert told["t1"].heavy_ratio.low < 1
    assert told["t1"].points_ratio is not None


def test_small_groups_are_hidden_and_so_is_what_they_would_follow_from(engine: Engine) -> None:
    staff(engine, t1=9, t2=7, t3=4)
    gave(engine, "w-t3-0", 4)
    found = by(report(engine), Dimension.TEAM)
    assert ([one.name for one in found.shown], found.hidden) == (["t1"], ("t2", "t3"))


def test_what_counts_is_what_came_in_the_period_as_it_was_assessed_then(engine: Engine) -> None:
    staff(engine, t1=6, t2=6)
    gave(engine, "w-t1-0", 1, weeks=12)
    gave(engine, "w-t1-1", 1, RiskLevel.LOW)
    low = CaseId("c-w-t1-1-5-low-0")
    given(engine, CaseRiskReassessed(case_id=low, risk=RiskLevel.VERY_HIGH), at=START - timedelta(weeks=4))
    assert {name: one.heavy for name, one in teams(report(engine)).items()} == {"t1": 0, "t2": 0}
    passed_on = CaseReassigned(case_id=low, from_worker_id=WorkerId("w-t1-1"), to_worker_id=WorkerId("w-t2-1"))
    beside = CaseAssigned(case_id=low, worker_id=WorkerId("w-t1-2"), role=AssignmentRole.CO_WORKER)
    given(engine, passed_on, beside, at=START - timedelta(weeks=3))
    assert {name: one.heavy for name, one in teams(report(engine)).items()} == {"t1": 0, "t2": 1}


def test_hours_count_as_they_were_and_who_moved_counts_in_both_groups_for_their_time(engine: Engine) -> None:
    staff(engine, t1=6, t2=6)
    moved = WorkerMovedTeam(worker_id=WorkerId("w-t1-0"), team_id=TeamId("t2"))
    fewer = WorkerHoursChanged(worker_id=WorkerId("w-t2-0"), fte=0.5)
    given(engine, moved, fewer, WorkerLeft(worker_id=WorkerId("w-t1-1")), at=START - timedelta(weeks=4))
    gave(engine, "w-t1-0", 2, weeks=6)
    gave(engine, "w-t1-0", 3, weeks=2)
    told = teams(report(engine))
    assert (told["t1"].people, told["t2"].people) == (6, 7)
    assert told["t1"].fte_weeks == pytest.approx(60 - 4 - 4, abs=1e-3)
    assert told["t2"].fte_weeks == pytest.approx(60 + 4 - 2, abs=1e-3)
    assert (told["t1"].heavy, told["t2"].heavy) == (2, 3)


def test_roles_that_hold_no_cases_do_not_thin_the_rate_and_unknown_hours_are_said(engine: Engine) -> None:
    staff(engine, t1=6)
    given(
        engine,
        WorkerRegistered(worker_id=WorkerId("w-s"), fte=1.0, role=Role.SUPERVISOR, team_id=TeamId("t1")),
        WorkerRegistered(worker_id=WorkerId("w-u"), team_id=TeamId("t1")),
        at=BEGAN + timedelta(hours=1),
    )
    told = report(engine)
    assert (told.people, told.without_hours) == (6, 1)
    assert teams(told)["t1"].heavy_ratio is None


def test_time_in_post_is_cut_where_a_worker_is_new_no_longer(engine: Engine) -> None:
    long_ago = SINCE - timedelta(days=365 - 35)
    given(engine, *(worker(f"w-{n}") for n in range(6)), at=long_ago)
    found = {one.name: one for one in by(report(engine), Dimension.TIME_IN_POST).shown}
    assert {name: one.fte_weeks for name, one in found.items()} == {
        "up to 365 days": pytest.approx(30, abs=1e-3),
        "365 to 1095 days": pytest.approx(30, abs=1e-3),
    }


def test_who_holds_high_risk_cases_now_is_told_without_anybodys_name(engine: Engine) -> None:
    staff(engine, t1=10)
    assert report(engine).concentration is None
    gave(engine, "w-t1-0", 8)
    gave(engine, "w-t1-1", 2)
    found = report(engine).concentration
    assert found is not None
    assert (found.people, found.cases) == (10, 10)
    assert found.top_fifth == pytest.approx(1)
    assert found.gini == pytest.approx(0.86)
    assert 0.2 < found.by_chance < 0.7
    assert report(engine).concentration == found


def test_of_fewer_than_six_people_nothing_is_told(engine: Engine) -> None:
    staff(engine, t1=5)
    gave(engine, "w-t1-0", 8)
    told = report(engine)
    assert (told.people, told.heavy, told.concentration) == (5, None, None)
    assert [one.shown for one in told.breakdowns] == [()] * 7


@for_all(
    st.lists(st.tuples(st.floats(0.1, 1.0), st.integers(0, 6)), min_size=1, max_size=12),
    st.integers(0, 3),
)
def test_all_draws_at_once_are_as_uneven_as_each_by_itself(held: list[tuple[float, int]], shift: int) -> None:
    weights = [weight for weight, _ in held]
    lines = [
        [number for _, number in held],
        [0] * len(held),
        [number * place % 5 + shift for place, (_, number) in enumerate(held)],
    ]
    found = ginis(np.array(weights), np.array(lines))
    for one, line in zip(found.tolist(), lines, strict=True):
        assert one == pytest.approx(gini(list(zip(weights, map(float, line), strict=True))) or 0.0, abs=1e-12)
