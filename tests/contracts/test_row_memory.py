"""Rows that a store remembers are the rows that a store opened just now reads, whoever wrote in between."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from allocation_engine.errors import StoreUnavailable
from allocation_engine.persistence import Store, open_store
from allocation_engine.persistence.ports import Progress
from allocation_engine.persistence.row_memory import RowMemory
from tests.contracts.examples import assigned, held_cases, referred, unassigned

HELD = held_cases()
DURABLE = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=DURABLE)
def url(request: pytest.FixtureRequest, new_store_url: Callable[[str], str]) -> str:
    return new_store_url(request.param)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as store:
        store.log.append([assigned(1, "c1", "w1"), assigned(2, "c2", "w2")])
        store.read_models.catch_up(HELD)
        store.read_models.rows(HELD)
        yield store


def test_a_row_that_did_not_change_stays_the_same_object(store: Store) -> None:
    before = store.read_models.rows(HELD)
    store.log.append([assigned(3, "c3", "w2"), referred(4)])
    store.read_models.catch_up(HELD)
    after = store.read_models.rows(HELD)
    assert after["w1"] is before["w1"]
    assert after["w2"] == ("c2", "c3")
    assert store.read_models.rows(HELD, ["w2", "nobody"]) == {"w2": ("c2", "c3")}


def test_whoever_is_given_rows_cannot_change_what_is_remembered(store: Store) -> None:
    store.read_models.rows(HELD).clear()
    assert store.read_models.rows(HELD) == {"w1": ("c1",), "w2": ("c2",)}


def test_a_row_that_is_gone_is_not_remembered(store: Store) -> None:
    store.log.append([unassigned(3, "c1", "w1")])
    store.read_models.catch_up(HELD)
    assert store.read_models.rows(HELD) == {"w2": ("c2",)}


def test_what_another_process_wrote_is_seen(store: Store, url: str) -> None:
    with open_store(url) as other:
        other.log.append([assigned(3, "c3", "w1"), unassigned(4, "c2", "w2")])
        other.read_models.catch_up(HELD)
    assert store.read_models.rows(HELD) == {"w1": ("c1", "c3")}


def test_more_events_than_a_page_are_seen(store: Store, url: str) -> None:
    with open_store(url) as other:
        other.log.ingest([assigned(number, f"c{number}", f"w{number % 9}") for number in range(3, 1500)])
        other.read_models.catch_up(HELD)
        assert store.read_models.rows(HELD) == other.read_models.rows(HELD)


def test_what_another_process_built_anew_is_seen(store: Store, url: str) -> None:
    with open_store(url) as other:
        other._backend.rows.replace("held_cases", Progress(1, 2), [("w1", b'["put right"]')])
        assert store.read_models.rows(HELD) == {"w1": ("put right",)}
        other._backend.rows.replace("held_cases", Progress(1, 2), [("w1", b"{")])
        with pytest.raises(StoreUnavailable, match="rebuild"):
            store.read_models.rows(HELD)
        other.read_models.rebuild(HELD)
    assert store.read_models.rows(HELD) == {"w1": ("c1",), "w2": ("c2",)}


def test_rows_of_another_version_are_not_remembered(store: Store) -> None:
    newer = held_cases(version=2)
    store.log.append([assigned(3, "c3", "w1")])
    assert store.read_models.rows(newer) == {"w1": ("c1", "c3"), "w2": ("c2",)}
    assert store.read_models.rows(HELD) == {"w1": ("c1", "c3"), "w2": ("c2",)}


def test_a_service_too_large_to_remember_is_read_each_time(store: Store) -> None:
    store.read_models._memory = RowMemory(most_bytes=10)
    before = store.read_models.rows(HELD)
    after = store.read_models.rows(HELD)
    assert after == before
    assert after["w1"] is not before["w1"]


def test_the_view_asked_for_longest_ago_is_forgotten_first() -> None:
    memory = RowMemory(most_bytes=10)
    for name, size in (("a", 4), ("b", 4), ("a", 0), ("c", 4)):
        with memory.view(name, 0, wait=True) as view:
            assert view is not None
            view.take(Progress(1, 1), (), {name: name} if size else {}, {name: size} if size else {})
    for name, remembered in (("a", True), ("c", True), ("b", False)):
        with memory.view(name, 0, wait=True) as view:
            assert view is not None
            assert (view.progress is not None) is remembered


def test_rows_of_one_key_do_not_wait_for_a_view_that_is_being_read(store: Store) -> None:
    with store.read_models._memory.view("held_cases", 0, wait=True):
        assert store.read_models.row(HELD, "w1") == ("c1",)


def test_threads_that_read_while_others_write_see_whole_rows(store: Store) -> None:
    done = threading.Event()

    def write() -> None:
        for number in range(3, 60):
            store.log.append([assigned(number, f"c{number}", "w1")])
            store.read_models.catch_up(HELD)
        done.set()

    def read(_: int) -> list[int]:
        seen = []
        while not done.is_set():
            seen.append(len(store.read_models.rows(HELD)["w1"]))
        return seen

    with ThreadPoolExecutor(4) as threads:
        writer = threads.submit(write)
        for seen in threads.map(read, range(3)):
            assert seen == sorted(seen)
        writer.result()
    assert len(store.read_models.rows(HELD)["w1"]) == 58
