"""However a history is delivered, every store's read models end up the same: the ones of the history told once, in order.

The deliveries shuffle events, hold them back for weeks, send them twice, tell some wrongly and correct them, and tell
others that never happened and retract them; views catch up at any moment in between.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocation_engine.bootstrap import example_policy
from allocation_engine.persistence import Store, open_store
from domain.events import DomainEvent, EventRecord
from domain.events.corrections import EventCorrected, EventRetracted
from domain.identifiers import WorkerId
from domain.load import LoadAccount
from domain.vocabulary import RetractionReason
from projections import ALL, CASELOAD, WAITING_CASES, WORKER_LOAD, WORKFORCE
from projections.caseload import caseloads
from projections.waiting_cases import waiting
from projections.worker_load import account
from projections.workforce import workforce
from tests.projections.drawn_histories import MONDAY, events, histories, record, stands

PARAMETERS = example_policy().load
WORKERS = [WorkerId(f"w-{letter}") for letter in "abc"]
ASKED_AT = MONDAY + timedelta(days=40)
LEARNED_LAST = 60
COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@dataclass(frozen=True)
class Delivery:
    """A history as it should have been told, and how it was told: in which order, in which pieces."""

    meant: Sequence[EventRecord]
    told: Sequence[EventRecord]
    pieces: Sequence[int]


def about(number: int, event: EventRetracted | EventCorrected, day: int) -> EventRecord:
    return record(number, event, MONDAY + timedelta(days=LEARNED_LAST + day))


def correction(number: int, wrong: EventRecord, right: EventRecord) -> EventRecord:
    target = wrong.envelope
    event = EventCorrected(
        target_event_id=target.event_id,
        target_system=target.source_system,
        target_source_id=target.source_id,
        occurred_at=right.envelope.occurred_at,
        replacement_type=right.event.wire_type(),
        replacement=right.event.model_dump(mode="json"),
        subjects=tuple(sorted(wrong.event.tags() | right.event.tags())),
    )
    return about(number, event, number)


def retraction(number: int, of: EventRecord) -> EventRecord:
    target = of.envelope
    event = EventRetracted(
        target_event_id=target.event_id,
        target_system=target.source_system,
        target_source_id=target.source_id,
        reason=RetractionReason.RECORDED_IN_ERROR,
        subjects=tuple(sorted(of.event.tags())),
    )
    return about(number, event, number)


def learned_later(one: EventRecord, days: int) -> EventRecord:
    later = one.envelope.model_copy(update={"recorded_at": one.envelope.recorded_at + timedelta(days=days)})
    return EventRecord(envelope=later, event=one.event)


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    meant = draw(histories())
    told: list[EventRecord] = []
    for number, right in enumerate(meant, start=1):
        late = learned_later(right, draw(st.sampled_from([0, 0, 3, 20])))
        if draw(st.integers(0, 3)):
            told.append(late)
        else:
            instead: DomainEvent = draw(events)
            wrong = EventRecord(envelope=late.envelope, event=instead)
            told += [wrong, correction(100 + number, wrong, right)]
    for number, (day, never) in enumerate(draw(st.lists(st.tuples(st.integers(0, 20), events), max_size=3)), start=200):
        said = record(number, never, MONDAY + timedelta(days=day))
        told += [said, retraction(100 + number, said)]
    twice = draw(st.lists(st.sampled_from(told), max_size=4))
    pieces = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    return Delivery(meant, draw(st.permutations([*told, *twice])), pieces)


def deliver(store: Store, delivery: Delivery) -> None:
    """Send the pieces, and let the views catch up after each."""
    rest = iter(delivery.told)
    for size in [*delivery.pieces, len(delivery.told)]:
        store.log.ingest(list(islice(rest, size)))
        for projection in ALL:
            store.read_models.catch_up(projection)


def whenever_learned(told: LoadAccount) -> LoadAccount:
    """Give an account without the incidents' own records, which say when each was learned."""
    return replace(told, contributions=tuple(replace(one, exposed=None) for one in told.contributions))


def answers(store: Store) -> dict[str, Any]:
    """Ask what users ask, and give what stands in every read model."""
    read = store.read_models.rows
    rows = read(WORKER_LOAD)
    return {
        "accounts": [whenever_learned(account(one, rows, PARAMETERS, ASKED_AT)) for one in WORKERS],
        "caseloads": caseloads(read(CASELOAD), ASKED_AT),
        "waiting": waiting(read(WAITING_CASES), ASKED_AT),
        "workforce": workforce(read(WORKFORCE), ASKED_AT),
        **{projection.name: stands(read(projection)) for projection in ALL},
    }


def told_once(records: Iterable[EventRecord]) -> dict[str, Any]:
    with open_store("memory://") as store:
        store.log.ingest(list(records))
        for projection in ALL:
            store.read_models.rebuild(projection)
        return answers(store)


def check(url: str, delivery: Delivery) -> None:
    expected = told_once(delivery.meant)
    with open_store(url) as store:
        deliver(store, delivery)
        live = answers(store)
        assert live == expected
        for projection in ALL:
            store.read_models.rebuild(projection)
        assert answers(store) == live


@settings(COMMON, max_examples=60)
@given(delivery=deliveries())
def test_in_memory_any_delivery_ends_in_the_same_read_models(delivery: Delivery) -> None:
    check("memory://", delivery)


@settings(COMMON, max_examples=30)
@given(delivery=deliveries())
def test_in_sqlite_any_delivery_ends_in_the_same_read_models(
    delivery: Delivery, new_store_url: Callable[[str], str]
) -> None:
    check(new_store_url("sqlite"), delivery)


@pytest.mark.postgres
@settings(COMMON, max_examples=10)
@given(delivery=deliveries())
def test_in_postgresql_any_delivery_ends_in_the_same_read_models(
    delivery: Delivery, new_store_url: Callable[[str], str]
) -> None:
    check(new_store_url("postgresql"), delivery)


@pytest.mark.campaign
@settings(COMMON, max_examples=400)
@given(delivery=deliveries())
def test_any_of_hundreds_of_deliveries_ends_in_the_same_read_models(
    delivery: Delivery, new_store_url: Callable[[str], str]
) -> None:
    check(new_store_url("sqlite"), delivery)


def as_known(store: Store, day: int) -> list[Any]:
    rows = store.read_models.rows(WORKER_LOAD)
    known_at = MONDAY + timedelta(days=day)
    return [account(one, rows, PARAMETERS, ASKED_AT, known_at) for one in WORKERS]


@settings(COMMON, max_examples=40)
@given(delivery=deliveries(), day=st.integers(0, LEARNED_LAST + 300))
def test_what_was_known_on_a_day_is_what_a_store_held_that_had_heard_no_more(delivery: Delivery, day: int) -> None:
    heard = [one for one in delivery.told if one.envelope.recorded_at <= MONDAY + timedelta(days=day)]
    with open_store("memory://") as whole, open_store("memory://") as then:
        for store, records in ((whole, list(delivery.told)), (then, heard)):
            store.log.ingest(records)
            store.read_models.catch_up(WORKER_LOAD)
        rows = then.read_models.rows(WORKER_LOAD)
        assert as_known(whole, day) == [account(one, rows, PARAMETERS, ASKED_AT) for one in WORKERS]
