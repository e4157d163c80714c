"""Loads by week: the account at each week's end as a share of capacity, by id, with small teams left out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from allocation_engine.engine import Engine
from allocation_engine.planning import read_situation
from allocation_engine.reporting.posts import NOT_RECORDED
from allocation_engine.reporting.weekly_loads import (
    MOST_WORKERS,
    NotShown,
    RowsAre,
    WeeklyLoads,
    weekly_loads,
    weeks_between,
)
from domain.events.case import CaseAssigned
from domain.events.worker import WorkerAbsenceStarted, WorkerLeft, WorkerMovedTeam
from domain.identifiers import CaseId, TeamId, WorkerId
from domain.vocabulary import AbsenceKind, RiskLevel
from tests.planning.given import START, case, engine_on, given, worker

W1, W2, W3 = WorkerId("w-1"), WorkerId("w-2"), WorkerId("w-3")
LAST_MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def ago(days: float) -> datetime:
    return START - timedelta(days=days)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with engine_on("memory://") as opened:
        given(opened, worker("w-3", fte=None, team="t-1"), worker("w-1", team="t-1"), at=ago(60))
        given(opened, worker("w-2", fte=0.5, team="t-2"), at=ago(30))
        for number, holder in enumerate((W1, W2, W3)):
            given(opened, case(f"c-{number}", RiskLevel.HIGH), at=ago(29 - number))
            given(opened, CaseAssigned(case_id=CaseId(f"c-{number}"), worker_id=holder), at=ago(25 - number))
        given(opened, WorkerMovedTeam(worker_id=W2, team_id=TeamId("t-1")), at=ago(10))
        given(opened, WorkerAbsenceStarted(worker_id=W1, kind=AbsenceKind.TRAINING), at=ago(3))
        yield opened


def by_week(engine: Engine, team: str | None = None, since: float = 40) -> WeeklyLoads:
    return weekly_loads(engine.store, engine.example_policy, ago(since), START, team=team)


def test_every_share_is_the_account_at_the_end_of_the_week(engine: Engine) -> None:
    shown = by_week(engine)
    for place, week in enumerate(shown.weeks):
        accounts = read_situation(engine.store, engine.example_policy, week.at).accounts
        for row in shown.rows:
            cell, account = row.cells[place], accounts.get(WorkerId(row.row_id))
            if account is None:
                assert (cell.not_shown, cell.load, cell.share) == (NotShown.NOT_IN_POST, None, None)
                continue
            assert cell.load == pytest.approx(account.load.total, rel=1e-9, abs=1e-9)
            assert cell.capacity == account.capacity
            if account.capacity is None:
                assert (cell.share, cell.not_shown) == (None, NotShown.HOURS_NOT_KNOWN)
            else:
                assert cell.share == pytest.approx(account.load.total / account.capacity, rel=1e-9, abs=1e-9)


def test_rows_go_by_id_and_weeks_by_their_monday_up_to_the_day_asked_about(engine: Engine) -> None:
    shown = by_week(engine)
    assert [row.row_id for row in shown.rows] == ["w-1", "w-2", "w-3"]
    assert shown.weeks[-1].monday == LAST_MONDAY.date()
    assert shown.weeks[-1].at == START


def test_a_team_shows_its_own_and_only_while_they_are_in_it(engine: Engine) -> None:
    shown = by_week(engine, "t-2")
    (row,) = shown.rows
    assert row.row_id == "w-2"
    assert [cell.not_shown for cell in row.cells] == [
        NotShown.NOT_IN_POST,
        *[None] * 3,
        *[NotShown.IN_ANOTHER_TEAM] * 3,
    ]
    assert all(cell.load is None for cell in row.cells if cell.not_shown is NotShown.IN_ANOTHER_TEAM)


def test_who_is_away_at_the_end_of_a_week_is_marked(engine: Engine) -> None:
    (row,) = (row for row in by_week(engine).rows if row.row_id == "w-1")
    assert [cell.is_away for cell in row.cells[-3:]] == [False, True, True]


def test_who_left_before_the_first_week_is_not_shown_and_who_left_since_is(engine: Engine) -> None:
    given(engine, WorkerLeft(worker_id=W3), at=ago(9))
    assert [row.row_id for row in by_week(engine).rows] == ["w-1", "w-2", "w-3"]
    assert [row.row_id for row in by_week(engine, since=1).rows] == ["w-1", "w-2"]


def test_a_service_without_anybody_has_weeks_and_no_rows() -> None:
    with engine_on("memory://") as engine:
        shown = by_week(engine)
        assert (shown.rows, shown.rows_are, len(shown.weeks)) == ((), RowsAre.WORKERS, 7)


def large_service(engine: Engine, sizes: dict[str | None, int], without_hours: int = 0) -> WeeklyLoads:
    number = 0
    for team, size in sizes.items():
        for place in range(size):
            number += 1
            given(
                engine,
                worker(f"w-{number:03}", fte=None if place < without_hours else 1.0, team=team),
                at=ago(20 + number),
            )
    return by_week(engine, since=3)


def test_a_large_service_is_shown_by_team_and_no_team_of_fewer_than_six() -> None:
    with engine_on("memory://") as engine:
        shown = large_service(engine, {"t-3": MOST_WORKERS, "t-1": 5, "t-2": 6, None: 7})
    assert (shown.rows_are, shown.smallest_group) == (RowsAre.TEAMS, 6)
    assert [(row.row_id, row.cells[-1].not_shown) for row in shown.rows] == [
        ("t-1", NotShown.FEWER_THAN_SMALLEST_GROUP),
        ("t-2", None),
        ("t-3", None),
        (NOT_RECORDED, None),
    ]
    assert shown.rows[0].cells[-1].load is None
    assert shown.rows[1].cells[-1].capacity == 600


def test_workers_without_hours_are_counted_and_left_out_unless_too_few_remain() -> None:
    with engine_on("memory://") as engine:
        shown = large_service(engine, {"t-1": MOST_WORKERS, "t-2": 8, "t-3": 7}, without_hours=2)
    first, second, third = (row.cells[-1] for row in shown.rows)
    assert (first.without_hours, second.without_hours) == (2, 2)
    assert (first.capacity, second.capacity) == (100 * (MOST_WORKERS - 2), 600)
    assert (third.not_shown, third.without_hours) == (NotShown.FEWER_THAN_SMALLEST_GROUP, 0)


def test_a_team_of_whom_no_hours_are_known_has_no_share() -> None:
    with engine_on("memory://") as engine:
        shown = large_service(engine, {"t-1": MOST_WORKERS, "t-2": 6}, without_hours=MOST_WORKERS)
    assert {row.cells[-1].not_shown for row in shown.rows} == {NotShown.HOURS_NOT_KNOWN}


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis adds the zone


@for_all(MOMENTS, st.timedeltas(timedelta(seconds=1), timedelta(days=800)))
def test_weeks_are_whole_from_monday_on_and_the_last_ends_when_asked(since: datetime, length: timedelta) -> None:
    as_at = since + length
    weeks = list(weeks_between(since, as_at))
    assert all(week.monday.weekday() == 0 for week in weeks)
    assert all(after.monday - before.monday == timedelta(days=7) for before, after in pairwise(weeks))
    assert weeks[0].monday <= since.date() <= weeks[0].at.date()
    assert weeks[-1].at == as_at
    assert timedelta(0) <= as_at.date() - weeks[-1].monday < timedelta(days=7)


def test_the_last_week_there_is_can_be_asked_about() -> None:
    end = datetime.max.replace(tzinfo=UTC)
    assert [week.at for week in weeks_between(end - timedelta(days=1), end)] == [end]
