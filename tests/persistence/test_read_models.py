"""Events that cannot be read or applied stop a view, and the error says where and why without quoting the event."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from allocation_engine.errors import ProjectionStopped
from allocation_engine.persistence import Store, open_store
from allocation_engine.persistence.sqlite_recorder import SQLiteDCBRecorder
from domain.events import EventRecord
from tests.contracts.examples import Cases, assigned, closed, held_cases, referred

HELD = held_cases()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'service.sqlite'}") as store:
        store.log.append([assigned(1, "c1", "w1"), assigned(2, "c2", "w1"), referred(3), assigned(4, "c4", "w1")])
        yield store


def change(store: Store, statement: str) -> None:
    recorder = store._backend.log
    assert isinstance(recorder, SQLiteDCBRecorder)
    with recorder.database.writing() as connection:
        connection.execute(statement)


def test_a_view_stops_at_an_event_that_cannot_be_read(store: Store) -> None:
    change(store, "UPDATE event SET data = X'7B7D' WHERE position = 2")
    with pytest.raises(ProjectionStopped, match="expected an envelope") as stop:
        store.read_models.catch_up(HELD)
    assert (stop.value.position, store.read_models.position(HELD)) == (2, 1)
    assert store.read_models.row(HELD, "w1") == ("c1",)


def test_a_view_stops_at_an_event_whose_type_nobody_knows(store: Store) -> None:
    change(store, "UPDATE event SET type = 'case.unheard_of.v1' WHERE position = 3")
    with pytest.raises(ProjectionStopped) as stop:
        store.read_models.catch_up(HELD)
    assert (stop.value.position, stop.value.wire_type) == (3, "case.unheard_of.v1")
    assert store.read_models.position(HELD) == 2


def test_an_ignored_event_is_not_even_read(store: Store) -> None:
    change(store, "UPDATE event SET data = X'7B7D' WHERE position = 3")
    assert store.read_models.catch_up(HELD) == 4
    assert store.read_models.row(HELD, "w1") == ("c1", "c2", "c4")


def test_a_stopped_view_does_not_quote_the_value_that_stopped_it(store: Store) -> None:
    def apply(_cases: Cases | None, _key: str, _delivery: EventRecord) -> Cases | None:
        return TypeAdapter(Cases).validate_python(("c1", {"something": "personal"}))

    with pytest.raises(ProjectionStopped, match="should be a valid string") as stop:
        store.read_models.catch_up(replace(HELD, apply=apply))
    assert "personal" not in str(stop.value)


def test_a_view_stops_when_its_keys_cannot_be_told(store: Store) -> None:
    def keys(delivery: EventRecord) -> tuple[str, ...]:
        workers = {"1": "w1", "2": "w1"}
        return (workers[delivery.envelope.source_id],)

    with pytest.raises(ProjectionStopped, match="KeyError") as stop:
        store.read_models.rebuild(replace(HELD, keys=keys))
    assert stop.value.position == 4


def test_a_stopped_view_goes_on_once_the_program_can_apply_the_event(store: Store) -> None:
    store.log.append([assigned(5, "poison", "w1"), closed(6)])
    with pytest.raises(ProjectionStopped):
        store.read_models.catch_up(HELD)
    mended = replace(HELD, apply=lambda cases, _key, delivery: (*(cases or ()), delivery.envelope.source_id))
    assert store.read_models.catch_up(mended) == 6
    assert store.read_models.row(mended, "w1") == ("c1", "c2", "c4", "5")
