"""Check-ins of the small service: one's own beside the account, a team's as a number or not at all."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from allocation_engine.engine import Engine
from allocation_engine.reporting.check_ins import CheckInReport, own_check_ins, report_check_ins
from domain.events.worker import CheckInRecorded
from domain.identifiers import WorkerId
from projections.check_ins import Apart
from tests.planning.given import engine_on
from tests.projections.practice_histories import day, told
from tests.reporting.practice_service import END, FIELD, NURSE, POSTS


def report(engine: Engine, at: float = END, since: float = 0, team: str | None = None) -> CheckInReport:
    return report_check_ins(engine.store, engine.example_policy, day(since), day(at), team=team)


def test_ones_own_check_ins_stand_beside_the_account_of_the_same_moment(practice: Engine) -> None:
    own = own_check_ins(practice.store, practice.example_policy, FIELD[0], day(0), day(END))
    accounts = [practice.situation(day(at)).accounts[FIELD[0]] for at in (30, 40)]
    assert [(one.check_in.felt_load, one.acute, one.cumulative, one.capacity) for one in own] == [
        (felt, one.load.acute, one.load.cumulative, one.capacity) for felt, one in zip((5, 3), accounts, strict=True)
    ]
    assert [one.apart for one in own] == [Apart.FELT_HEAVIER, None]


def test_who_never_checked_in_has_nothing_to_read(practice: Engine) -> None:
    assert own_check_ins(practice.store, practice.example_policy, WorkerId("w-10"), day(0), day(END)) == ()


def test_a_team_of_which_enough_checked_in_is_still_hidden_where_it_would_give_another_away(practice: Engine) -> None:
    assert [(one.team, one.people, one.checked_in) for one in report(practice).teams] == [
        ("t-1", 9, None),
        ("t-2", 1, None),
        (None, 10, 7),
    ]
    assert [one.checked_in for one in report(practice, team="t-1").teams] == [None]


@pytest.fixture
def one_team() -> Iterator[Engine]:
    with engine_on("memory://") as engine:
        posts = [(at, event) for at, event in POSTS if getattr(event, "worker_id", None) != NURSE]
        told_of = [(30.0, CheckInRecorded(worker_id=one, felt_load=3)) for one in FIELD[:6]]
        engine.ingest(told(*posts, *told_of))
        yield engine


def test_six_of_a_team_are_shown_as_a_number_and_five_are_not(one_team: Engine) -> None:
    assert [one.checked_in for one in report(one_team).teams] == [6, 6]
    assert [one.checked_in for one in report(one_team, since=30).teams] == [None, None]
    policy = one_team.example_policy
    seven = replace_smallest(policy.practice.smallest_group.value + 1, one_team)
    assert [one.checked_in for one in report(seven).teams] == [None, None]


def replace_smallest(value: float, engine: Engine) -> Engine:
    practice = engine.example_policy.practice
    larger = practice.smallest_group.model_copy(update={"value": value})
    changed = practice.model_copy(update={"smallest_group": larger})
    return replace(engine, example_policy=engine.example_policy.model_copy(update={"practice": changed}))


def test_a_concern_waits_until_a_named_person_answers(practice: Engine) -> None:
    found = report(practice)
    assert [(one.worker_id, one.days) for one in found.open_concerns] == [(FIELD[1], 20)]
    assert [(one.worker_id, one.answered_by, one.days) for one in found.answered_concerns] == [(FIELD[2], "m-1", 4)]
    assert report(practice, since=50).answered_concerns == ()
    assert report(practice, team="t-2").open_concerns == ()
