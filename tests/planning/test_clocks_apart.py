"""Two machines whose clocks differ, or news that is dated tomorrow: a case still has one primary worker."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from allocation_engine.engine import Engine
from allocation_engine.errors import DecisionRefused
from domain.events.case import CaseAssigned
from domain.identifiers import CaseId, WorkerId
from tests.planning.given import MANAGER, REASON, START, case, engine_on, given, worker

TO_A = CaseAssigned(case_id=CaseId("c-1"), worker_id=WorkerId("w-a"))
TO_B = CaseAssigned(case_id=CaseId("c-1"), worker_id=WorkerId("w-b"))


def assert_refused_as_held(decide: Callable[[], object], engine: Engine) -> None:
    head = engine.store.log.head()
    with pytest.raises(DecisionRefused) as refusal:
        decide()
    assert refusal.value.rejection.code == "primary_held"
    assert engine.store.log.head() == head


def test_recording_with_a_clock_that_is_behind_sees_what_the_other_recorded(
    new_store_url: Callable[[str], str],
) -> None:
    url = new_store_url("sqlite")
    ahead = START + timedelta(seconds=5)
    with engine_on(url, clock=lambda: ahead) as fast, engine_on(url, seed=2, clock=lambda: START) as slow:
        given(fast, worker("w-a"), worker("w-b"), case("c-1"))
        fast.record(TO_A, MANAGER)
        assert_refused_as_held(lambda: slow.record(TO_B, MANAGER), slow)


def test_approving_what_was_proposed_with_a_clock_that_is_behind_is_refused(
    new_store_url: Callable[[str], str],
) -> None:
    url = new_store_url("sqlite")
    ahead = START + timedelta(seconds=5)
    with engine_on(url, clock=lambda: ahead) as fast, engine_on(url, seed=2, clock=lambda: START) as slow:
        given(fast, worker("w-a"), worker("w-b"), case("c-1"))
        fast.record(TO_A, MANAGER)
        proposal = slow.propose(MANAGER)  # its view is of its own time, at which the case still waits
        assert [one.case_id for one in proposal.content.choices] == ["c-1"]
        assert_refused_as_held(lambda: slow.approve(proposal.proposal_id, MANAGER, REASON), slow)


def test_a_case_that_is_someones_from_tomorrow_is_not_given_to_another_today(engine: Engine) -> None:
    given(engine, worker("w-a"), worker("w-b"), case("c-1"))
    given(engine, TO_A, at=START + timedelta(days=1))
    assert_refused_as_held(lambda: engine.record(TO_B, MANAGER), engine)
