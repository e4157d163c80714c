"""An event is taken back by a named person: accounts go on without it, and what was known before still shows it."""

from datetime import timedelta

import pytest

from allocation_engine.engine import Engine
from allocation_engine.errors import DecisionRefused
from domain.events.corrections import EventRetracted
from domain.identifiers import WorkerId
from domain.vocabulary import RetractionReason
from tests.planning.given import MANAGER, START, case, given, worker

WRONG = RetractionReason.RECORDED_IN_ERROR
W = WorkerId("w-a")


def position_of(engine: Engine, wire_name: str) -> int:
    return next(one.position for one in engine.store.log.read().events if one.record.event.wire_name == wire_name)


def refusal(engine: Engine, position: int) -> str:
    head = engine.store.log.head()
    with pytest.raises(DecisionRefused) as refused:
        engine.retract(position, MANAGER, WRONG)
    assert engine.store.log.head() == head
    return refused.value.rejection.code


def test_a_retracted_registration_leaves_nobody_and_a_retracted_retraction_puts_them_back(engine: Engine) -> None:
    given(engine, worker("w-a"), at=START - timedelta(days=3))
    position = position_of(engine, "worker.registered")
    record = engine.retract(position, MANAGER, WRONG)
    assert record.envelope.actor == MANAGER
    assert W not in engine.situation().workers
    assert W in engine.situation(known_at=START - timedelta(days=1)).workers
    assert refusal(engine, position) == "already_retracted"
    engine.retract(engine.store.log.head(), MANAGER, WRONG)
    assert W in engine.situation().workers
    assert isinstance(engine.retract(position, MANAGER, WRONG).event, EventRetracted)


@pytest.mark.parametrize("position", [0, -1, 999])
def test_where_no_event_stands_nothing_is_taken_back(engine: Engine, position: int) -> None:
    given(engine, worker("w-a"))
    assert refusal(engine, position) == "no_event"


def test_a_decision_is_changed_by_its_own_commands(engine: Engine) -> None:
    given(engine, worker("w-a"), case("c-1"))
    engine.propose(MANAGER)
    assert refusal(engine, position_of(engine, "allocation.proposed")) == "not_retractable"
