"""Who held which case when, read from a store."""

from allocation_engine.engine import Engine
from allocation_engine.reporting.history import history_of_case, history_of_worker
from domain.identifiers import CaseId
from tests.projections.practice_histories import day
from tests.reporting.practice_service import END, FIELD, ONE, TWO


def test_a_cases_history_names_its_holders_in_order(practice: Engine) -> None:
    found = history_of_case(practice.store, ONE, day(END))
    assert found is not None
    assert [(one.worker_id, one.since, one.until) for one in found.stretches] == [
        (FIELD[0], day(1), day(55)),
        (FIELD[1], day(55), None),
    ]
    assert [one.worker_id for one in found.held_now] == [FIELD[1]]


def test_a_case_that_waits_has_a_history_of_nobody_and_an_unknown_one_has_none(practice: Engine) -> None:
    waiting = history_of_case(practice.store, TWO, day(END))
    assert waiting is not None
    assert waiting.stretches == ()
    assert history_of_case(practice.store, CaseId("c-99"), day(END)) is None
    assert history_of_case(practice.store, ONE, day(-1)) is None
    assert history_of_case(practice.store, ONE, day(END), day(-1)) is None


def test_a_workers_history_holds_what_they_gave_up_too(practice: Engine) -> None:
    assert [one.until for one in history_of_worker(practice.store, FIELD[0], day(END)).stretches] == [day(55)]
