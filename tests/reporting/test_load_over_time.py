"""Load of a service or a team by week: one figure of all whose hours are recorded, and none of too few."""

from datetime import date, datetime, timedelta

import pytest

from allocation_engine.reporting.load_over_time import weeks_together
from allocation_engine.reporting.weekly_loads import Cell, NotShown, Row, RowsAre, Week, WeeklyLoads
from tests.projections.practice_histories import day

MONDAY = date(2026, 11, 2)


def loads(*cells: Cell, rows_are: RowsAre = RowsAre.WORKERS, smallest: int = 2) -> WeeklyLoads:
    at: datetime = day(0) + timedelta(days=1)
    rows = tuple(Row(f"w-{place}", (cell,)) for place, cell in enumerate(cells))
    return WeeklyLoads(rows_are, None, (Week(MONDAY, at),), rows, at, None, "p-1", smallest)


KNOWN = Cell(50.0, 100.0, 0.5, None)
MORE = Cell(90.0, 50.0, 1.8, None)
WITHOUT_HOURS = Cell(10.0, None, None, NotShown.HOURS_NOT_KNOWN, without_hours=1)


def test_loads_and_capacities_of_those_whose_hours_are_recorded_add_up() -> None:
    (week,) = weeks_together(loads(KNOWN, MORE, WITHOUT_HOURS))
    assert (week.monday, week.load, week.capacity) == (MONDAY, 140.0, 150.0)
    assert week.share == pytest.approx(140 / 150)


def test_of_too_few_workers_nothing_is_told() -> None:
    (week,) = weeks_together(loads(KNOWN, WITHOUT_HOURS))
    assert (week.load, week.capacity, week.share) == (None, None, None)


def test_a_team_that_is_shown_is_enough() -> None:
    hidden = Cell(None, None, None, NotShown.FEWER_THAN_SMALLEST_GROUP)
    (week,) = weeks_together(loads(KNOWN, hidden, rows_are=RowsAre.TEAMS, smallest=6))
    assert week.share == pytest.approx(0.5)


def test_where_nothing_is_known_there_is_no_share() -> None:
    (week,) = weeks_together(loads())
    assert week.share is None
