"""Supervision in stretches of time: whole ones, counted back from the end, that add up."""

from datetime import timedelta
from itertools import pairwise

import pytest

from allocation_engine.engine import Engine
from allocation_engine.reporting.supervision import report_supervision
from allocation_engine.reporting.supervision_over_time import attendance, attendance_over_time
from tests.projections.practice_histories import day
from tests.reporting.practice_service import END


def test_a_period_counts_what_the_report_counts_of_everybody(practice: Engine) -> None:
    report = report_supervision(practice.store, practice.example_policy, day(0), day(END))
    found, whole = attendance(report.records.values(), report.since, report.as_at), report.whole
    assert (found.held, found.beside, found.missed, found.cancelled) == (
        whole.held,
        whole.beside,
        whole.missed,
        whole.cancelled,
    )
    assert found.agreed == pytest.approx(whole.agreed)


def test_stretches_lie_side_by_side_up_to_the_end_and_add_up(practice: Engine) -> None:
    report = report_supervision(practice.store, practice.example_policy, day(0), day(END))
    records = report.records.values()
    stretches = attendance_over_time(records, report.since, report.as_at)
    assert stretches[-1].until == report.as_at
    assert all(before.until == after.since for before, after in pairwise(stretches))
    together = attendance(records, stretches[0].since, report.as_at)
    assert sum(one.held for one in stretches) == together.held
    assert sum(one.agreed for one in stretches) == pytest.approx(together.agreed)


@pytest.mark.parametrize(("weeks", "long"), [(4, 1), (8, 1), (9, 2), (26, 2), (27, 4), (52, 4)])
def test_the_longer_the_time_the_longer_its_stretches(weeks: int, long: int) -> None:
    since = day(END) - timedelta(weeks=weeks)
    stretches = attendance_over_time((), since, day(END))
    assert {one.until - one.since for one in stretches} == {timedelta(weeks=long)}
    assert stretches[0].since - since < timedelta(weeks=long)


def test_a_time_of_less_than_a_week_has_no_stretches() -> None:
    assert attendance_over_time((), day(0), day(3)) == ()
