"""Deliveries in any order, some of them twice, end with the same record as in the order in which they were drawn up."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from allocation_engine.engine import Engine
from allocation_engine.interfaces.importers.casework import past_in
from allocation_engine.interfaces.importers.casework.on_record import Dated, ledger_of
from allocation_engine.interfaces.importers.intake import Intake, Outcome
from domain.events.worker import WorkerHoursChanged, WorkerRegistered
from projections.case_files import CASE_EVENTS
from tests.interfaces.importers.dfe_daily import payloads
from tests.interfaces.importers.dfe_daily.test_any_snapshots import episodes
from tests.interfaces.importers.ssda903 import returns
from tests.interfaces.importers.ssda903.test_any_returns import care_rows, worker_rows

DRAWN = datetime(2026, 10, 1, 6, tzinfo=UTC)
WORKER_EVENTS = frozenset({WorkerRegistered, WorkerHoursChanged})
Sent = TypeVar("Sent")
KINDS = ("memory", "sqlite")


def drawn(number: int) -> datetime:
    return DRAWN + timedelta(days=number)


@st.composite
def records(draw: st.DrawFn) -> JsonValue:
    """Draw a child's record with some of three episodes, or purged."""
    if draw(st.integers(0, 9)) == 0:
        return {"la_child_id": "K0", "purge": True}
    shown = draw(st.lists(st.sampled_from([0, 1, 2]), unique=True, max_size=3))
    return payloads.child("K0", *(draw(episodes(number)) for number in shown))


@st.composite
def plans(draw: st.DrawFn, delivery: st.SearchStrategy[Sent]) -> tuple[list[Sent], list[int]]:
    """Draw deliveries as they were drawn up, and the order in which they come in, each at least once."""
    made = draw(st.lists(delivery, min_size=1, max_size=5))
    again = draw(st.lists(st.integers(0, len(made) - 1), max_size=2))
    return made, draw(st.permutations([*range(len(made)), *again]))


def standing(engine: Engine, tag: str, kinds: frozenset[Any], system: str) -> list[Dated]:
    """List what stands of one subject, each as often as it stands."""
    ledger = ledger_of(past_in(engine.store).already(tag), tag, kinds, system=system)
    return sorted(ledger.standing, key=lambda one: (one.at, one.event.wire_name, one.event.model_dump_json()))


def record_of(engine: Engine, system: str, case_id: str, workers: Sequence[str]) -> list[list[Dated]]:
    case = standing(engine, f"case:{case_id}", CASE_EVENTS, system)
    return [case, *(standing(engine, f"worker:{one}", WORKER_EVENTS, system) for one in workers)]


def check_each(order: Sequence[int], send: Callable[[int], Intake]) -> None:
    """Send in this order: what comes after something newer says so, and the whole again changes nothing."""
    newest = -1
    for number in order:
        intake = send(number)
        assert {one.outcome is Outcome.OLDER for one in intake.items} == {number < newest}
        newest = max(newest, number)
    for number in order:
        assert send(number).records == ()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(plan=plans(records()))
def test_payloads_in_any_order_end_with_the_same_record(
    plan: tuple[list[JsonValue], list[int]], kind: str, new_store_url: Callable[[str], str]
) -> None:
    made, order = plan
    who = [payloads.worker_id(f"SWE{number}") for number in (1, 2, 3)]
    with payloads.daily(new_store_url(kind)) as late, payloads.daily() as in_order:
        check_each(order, lambda number: late.send(made[number], drawn_at=drawn(number)))
        for number, record in enumerate(made):
            in_order.send(record, drawn_at=drawn(number))
        told = [record_of(store.engine, "dfe-daily", payloads.case_id("K0"), who) for store in (late, in_order)]
        assert told[0] == told[1]


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, bytes | None]:
    """Draw the lines of one child, with or without the episodes."""
    workers = draw(st.lists(worker_rows(), min_size=1, max_size=4))
    care = draw(st.none() | st.lists(care_rows(), max_size=3))
    return returns.workers_file(*workers), None if care is None else returns.episodes_file(*care)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(plan=plans(files()))
def test_returns_in_any_order_end_with_the_same_record(
    plan: tuple[list[tuple[bytes, bytes | None]], list[int]], kind: str, new_store_url: Callable[[str], str]
) -> None:
    made, order = plan
    who = [returns.worker_id(f"SW{number}") for number in (1, 2, 3)]
    with returns.returns(new_store_url(kind)) as late, returns.returns() as in_order:
        check_each(order, lambda number: late.send(*made[number], drawn_at=drawn(number)))
        for number, sent in enumerate(made):
            in_order.send(*sent, drawn_at=drawn(number))
        told = [record_of(store.engine, "ssda903", returns.case_id("101"), who) for store in (late, in_order)]
        assert told[0] == told[1]
