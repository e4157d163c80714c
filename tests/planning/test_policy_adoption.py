"""A policy set is adopted by a named person, holds from its day, and can be questioned as at any day, as then known."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from allocation_engine.engine import Engine
from allocation_engine.errors import DecisionRefused, StaleProposal
from allocation_engine.planning import adoption, adoptions, differences
from allocation_engine.planning.policy_differences import of_values
from domain.errors import InvalidPolicySet
from domain.events import EventRecord
from domain.events.corrections import EventCorrected
from domain.events.service import PolicyAdopted
from domain.identifiers import PersonId, PolicySetId
from domain.policy.policy_set import PolicySet
from domain.vocabulary import RiskLevel
from tests.planning.given import MANAGER, REASON, START, case, delivered, engine_on, given, worker
from tests.planning.policy_sets import EXAMPLE, adopt, part, policy_with, retraction

DAY = timedelta(days=1)


def in_force(engine: Engine, as_at: datetime = START, known_at: datetime | None = None) -> str:
    return engine.policy(as_at, known_at).policy.policy_set_id


def test_until_somebody_adopts_a_set_the_shipped_example_holds_and_is_told_as_such(any_engine: Engine) -> None:
    now = any_engine.policy(START)
    assert (now.policy, now.adopted) == (EXAMPLE, False)
    assert adoptions(any_engine.store.log) == ()


def test_an_adopted_set_holds_from_its_day_on_and_its_numbers_come_from_the_log(any_engine: Engine) -> None:
    policy = policy_with("service-2027", {"load.held_points.high": 9.5}, since=START)
    record = adopt(any_engine, policy)
    assert in_force(any_engine, START - DAY) == EXAMPLE.policy_set_id
    now = any_engine.policy(START)
    assert (now.policy, now.adopted) == (policy, True)
    (one,) = adoptions(any_engine.store.log)
    assert (one.event_id, one.event.adopted_by, one.withdrawn) == (record.envelope.event_id, MANAGER, False)


def test_of_two_sets_the_one_with_the_later_day_holds(engine: Engine) -> None:
    adopt(engine, policy_with("service-b", since=START))
    adopt(engine, policy_with("service-a", since=START - 10 * DAY))
    assert [in_force(engine, START + days * DAY) for days in (-11, -10, -1, 0)] == [
        EXAMPLE.policy_set_id,
        "service-a",
        "service-a",
        "service-b",
    ]


def test_what_was_recorded_later_was_not_known_then(any_engine: Engine) -> None:
    record = adopt(any_engine, policy_with(since=START - 30 * DAY))
    learned = record.envelope.recorded_at
    assert in_force(any_engine, START) == "service-2027"
    assert in_force(any_engine, START, learned) == "service-2027"
    assert in_force(any_engine, START, learned - timedelta(seconds=1)) == EXAMPLE.policy_set_id


def test_a_withdrawn_adoption_does_not_hold_and_its_withdrawal_has_a_day_too(any_engine: Engine) -> None:
    record = adopt(any_engine, policy_with(since=START - 30 * DAY))
    (news,) = given(any_engine, retraction(record), at=START + DAY)
    assert in_force(any_engine, START) == EXAMPLE.policy_set_id
    assert in_force(any_engine, START, news.envelope.recorded_at - timedelta(seconds=1)) == "service-2027"
    (one,) = adoptions(any_engine.store.log)
    assert (one.withdrawn, one.event.policy_set_id) == (True, "service-2027")


def test_a_withdrawal_may_come_before_what_it_withdraws(engine: Engine) -> None:
    event = adoption(engine.store.log, policy_with(since=START - 30 * DAY), MANAGER, EXAMPLE)
    (record,) = delivered([event], at=START)
    given(engine, retraction(record), at=START - DAY)
    engine.ingest([record])
    assert [one.withdrawn for one in adoptions(engine.store.log)] == [True]
    assert in_force(engine) == EXAMPLE.policy_set_id


def test_a_set_adopted_before_the_model_had_a_number_goes_on_with_the_examples_and_says_so(engine: Engine) -> None:
    content = policy_with("service-old", {"load.held_points.high": 9}).to_mapping()
    del part(content, "load")["relief_spacing"]
    del content["practice"]
    given(
        engine,
        PolicyAdopted(
            policy_set_id=PolicySetId("service-old"),
            effective_from=START - 30 * DAY,
            adopted_by=PersonId(MANAGER),
            content=content,
        ),
    )
    now = engine.policy(START)
    assert now.policy.policy_set_id == "service-old"
    assert now.policy.load.held_points[RiskLevel.HIGH].value == 9
    assert "load.relief_spacing" in now.filled_in
    assert now.policy.load.relief_spacing.value == EXAMPLE.load.relief_spacing.value
    assert now.policy.load.relief_spacing.source.startswith("Not in the set as adopted; filled in from example-england")
    assert {place.split(".")[0] for place in now.filled_in} == {"load", "practice"}


def test_an_adopted_set_that_the_model_of_today_refuses_is_named_and_another_can_be_adopted(engine: Engine) -> None:
    content = policy_with("service-old").to_mapping()
    part(content, "load.relief_spacing").update(value=0)
    given(
        engine,
        PolicyAdopted(
            policy_set_id=PolicySetId("service-old"),
            effective_from=START - 30 * DAY,
            adopted_by=PersonId(MANAGER),
            content=content,
        ),
    )
    with pytest.raises(InvalidPolicySet) as refused:
        engine.policy(START)
    assert "service-old" in refused.value.place
    assert "policy adopt" in refused.value.fault
    adopt(engine, policy_with(since=START - 30 * DAY))
    assert in_force(engine) == "service-2027"


def correction_of(record: EventRecord, meant: PolicySet) -> EventCorrected:
    """Say that another set was meant."""
    envelope = record.envelope
    replacement = PolicyAdopted(
        policy_set_id=meant.policy_set_id,
        effective_from=meant.effective_from,
        adopted_by=PersonId(MANAGER),
        content=meant.to_mapping(),
    )
    return EventCorrected(
        target_event_id=envelope.event_id,
        target_system=envelope.source_system,
        target_source_id=envelope.source_id,
        occurred_at=envelope.occurred_at,
        replacement_type=replacement.wire_type(),
        replacement=replacement.model_dump(mode="json"),
        subjects=tuple(sorted(replacement.tags())),
    )


def test_a_corrected_adoption_reads_as_it_was_corrected(any_engine: Engine) -> None:
    record = adopt(any_engine, policy_with(since=START - 30 * DAY))
    meant = policy_with(since=START + 5 * DAY)
    given(any_engine, correction_of(record, meant), at=START + DAY)
    assert in_force(any_engine, START) == EXAMPLE.policy_set_id
    assert in_force(any_engine, START + 5 * DAY) == "service-2027"
    assert [one.withdrawn for one in adoptions(any_engine.store.log)] == [False]


def a_troubled_history() -> list[EventRecord]:
    """Give two adoptions, of which one is corrected and then withdrawn, and a third that replaces the second."""
    with engine_on("memory://") as engine:
        first = adopt(engine, policy_with("first", since=START - 30 * DAY))
        second = adopt(engine, policy_with("second", since=START - 20 * DAY))
        given(engine, correction_of(first, policy_with("first", since=START - 10 * DAY)), at=START + DAY)
        given(engine, retraction(second), at=START + 2 * DAY)
        adopt(engine, policy_with("third", since=START - 20 * DAY))
        return [stored.record for stored in engine.store.log.read().events]


TROUBLED = a_troubled_history()
TOLD = [None, *(one.envelope.recorded_at for one in TROUBLED)]


@given_any(st.permutations(range(len(TROUBLED))))
def test_the_order_of_arrival_never_matters(order: list[int]) -> None:
    with engine_on("memory://") as straight, engine_on("memory://") as shuffled:
        straight.ingest(TROUBLED)
        shuffled.ingest([TROUBLED[place] for place in order])
        for known_at in TOLD:
            found = adoptions(straight.store.log, known_at)
            assert adoptions(shuffled.store.log, known_at) == found
        assert [(one.event.policy_set_id, one.withdrawn) for one in adoptions(straight.store.log)] == [
            ("first", False),
            ("second", True),
            ("third", False),
        ]
        assert [in_force(shuffled, START - days * DAY) for days in (15, 5)] == ["third", "first"]


def refusal(engine: Engine, policy: PolicySet) -> str:
    head = engine.store.log.head()
    with pytest.raises(DecisionRefused) as refused:
        adopt(engine, policy)
    assert engine.store.log.head() == head
    return refused.value.rejection.code


def test_a_set_is_adopted_once_until_it_is_withdrawn_or_another_took_its_day(engine: Engine) -> None:
    record = adopt(engine, policy_with())
    assert refusal(engine, policy_with()) == "already_adopted"
    adopt(engine, policy_with("service-b"))
    again = adopt(engine, policy_with())
    assert in_force(engine) == "service-2027"
    given(engine, retraction(record), retraction(again), at=START + DAY)
    assert in_force(engine) == "service-b"
    adopt(engine, policy_with())
    assert in_force(engine) == "service-2027"


def test_changed_numbers_need_a_new_id(engine: Engine) -> None:
    adopt(engine, policy_with())
    assert refusal(engine, policy_with("service-2027", {"load.held_points.high": 9})) == "policy_changed"


def test_the_id_of_the_shipped_example_stands_for_the_shipped_numbers(engine: Engine) -> None:
    assert refusal(engine, policy_with(EXAMPLE.policy_set_id)) == "example_changed"
    adopt(engine, EXAMPLE)
    assert engine.policy(START).adopted


def test_a_number_in_another_unit_is_refused_with_its_place(engine: Engine) -> None:
    content = policy_with().to_mapping()
    part(content, "load.acute_time_constant").update(value=1, unit="week")
    with pytest.raises(InvalidPolicySet) as refused:
        adoption(engine.store.log, PolicySet.from_mapping(content), MANAGER, EXAMPLE)
    assert refused.value.place == "load.acute_time_constant.unit"
    assert "'day'" in refused.value.fault


def test_a_proposal_made_before_a_policy_was_adopted_or_withdrawn_is_stale(engine: Engine) -> None:
    given(engine, worker("w-a"), case("c-1"))
    before = engine.propose(MANAGER)
    record = adopt(engine, policy_with())
    with pytest.raises(StaleProposal):
        engine.approve(before.proposal_id, MANAGER, REASON)
    after = engine.propose(MANAGER)
    given(engine, retraction(record), at=START + DAY)
    with pytest.raises(StaleProposal):
        engine.approve(after.proposal_id, MANAGER, REASON)


def test_differences_name_place_old_new_and_unit_and_tell_values_from_what_is_said_of_them() -> None:
    content = policy_with("service-2027", {"load.held_points.high": 9}).to_mapping()
    part(content, "load.held_points.high").update(kind="local_agreement")
    part(content, "limits").update(co_worker_from=None)
    found = differences(EXAMPLE, PolicySet.from_mapping(content))
    assert [(one.place, one.aspect, one.old, one.new, one.unit) for one in found] == [
        ("load.held_points.high", "value", 8, 9, "lp"),
        ("load.held_points.high", "kind", "assumption", "local_agreement", "lp"),
        ("limits.co_worker_from", "rule", "very_high", None, ""),
    ]
    assert [one.aspect for one in of_values(found)] == ["value", "rule"]
    assert differences(EXAMPLE, policy_with()) == ()
