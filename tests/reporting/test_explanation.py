"""A load explained: every grouping adds up to it, and what changed since a day adds up to the difference."""

import pytest

from allocation_engine.engine import Engine
from allocation_engine.reporting.explanation import Explanation, explain_load
from domain.load import Grouping
from tests.projections.practice_histories import day
from tests.reporting.practice_service import END, FIELD


def explained(engine: Engine, since: float | None = None) -> Explanation:
    begin = None if since is None else day(since)
    return explain_load(engine.store, engine.situation(day(END)), FIELD[0], begin)


@pytest.mark.parametrize("by", Grouping)
def test_each_grouping_adds_up_to_the_load(practice: Engine, by: Grouping) -> None:
    found = explained(practice)
    assert found.account.load.total > 0
    groups = found.groups[by]
    assert sum(one.load.acute for one in groups) == pytest.approx(found.account.load.acute, abs=1e-12)
    assert sum(one.load.cumulative for one in groups) == pytest.approx(found.account.load.cumulative, abs=1e-12)


@pytest.mark.parametrize("since", [0, 10, 35])
def test_what_changed_since_a_day_is_the_difference_of_the_accounts(practice: Engine, since: float) -> None:
    found = explained(practice, since)
    assert found.since is not None
    before = practice.account(FIELD[0], day(since))
    assert found.since.changes.before == before
    moved = sum(one.load.total for one in found.since.changes.parts)
    assert moved == pytest.approx(found.account.load.total - before.load.total, abs=1e-9)


def test_nothing_is_said_of_a_change_that_was_not_asked_for(practice: Engine) -> None:
    assert explained(practice).since is None


def test_the_figures_read_in_columns_are_those_of_the_accounts(practice: Engine) -> None:
    figures = practice.loads(as_at=day(END)).columns
    for place, worker_id in enumerate(figures.workers):
        account = practice.account(worker_id, day(END))
        assert figures.acute[place] == pytest.approx(account.load.acute, abs=1e-9)
        assert figures.cumulative[place] == pytest.approx(account.load.cumulative, abs=1e-9)
        assert bool(figures.capacity_known[place]) is (account.capacity is not None)
    one = practice.loads([FIELD[0]], day(END)).columns
    assert one.workers == (FIELD[0],)
    assert one.acute[0] == pytest.approx(practice.account(FIELD[0], day(END)).load.acute, abs=1e-9)


def test_as_known_before_anything_was_told_nobody_carries_anything(practice: Engine) -> None:
    known_at = day(-30)
    assert practice.account(FIELD[0], day(END), known_at).load.total == 0
    assert practice.situation(day(END), known_at).workers == {}
