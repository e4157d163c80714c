"""What every store must do for read models. Each store subclasses it in `test_stores.py`."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from allocation_engine.errors import ProjectionStopped, StoreUnavailable
from allocation_engine.persistence import Store, open_store
from allocation_engine.persistence.check import check_store
from allocation_engine.persistence.ports import Progress
from domain.events.case import CaseReferred
from tests.contracts.examples import assigned, held_cases, referred, unassigned

HELD = held_cases()


class ReadModelContract:
    kind: str

    @pytest.fixture
    def store(self, new_store_url: Callable[[str], str]) -> Iterator[Store]:
        with open_store(new_store_url(self.kind)) as store:
            yield store

    def test_a_view_never_built_has_no_rows_and_position_zero(self, store: Store) -> None:
        assert store.read_models.rows(HELD) == {}
        assert store.read_models.row(HELD, "w1") is None
        assert store.read_models.position(HELD) == 0
        assert store.read_models.catch_up(HELD) == 0

    def test_catching_up_applies_what_is_new_and_keeps_the_position_with_it(self, store: Store) -> None:
        store.log.append([assigned(1, "c1", "w1"), assigned(2, "c2", "w1"), assigned(3, "c3", "w2")])
        assert store.read_models.catch_up(HELD) == 3
        assert store.read_models.rows(HELD) == {"w1": ("c1", "c2"), "w2": ("c3",)}
        store.log.append([unassigned(4, "c1", "w1"), unassigned(5, "c3", "w2"), referred(6)])
        assert store.read_models.position(HELD) == 3
        assert store.read_models.catch_up(HELD) == 6
        assert store.read_models.rows(HELD) == {"w1": ("c2",)}
        assert store.read_models.catch_up(HELD) == 6

    def test_rows_are_read_by_key(self, store: Store) -> None:
        store.log.append([assigned(n, f"c{n}", f"w{n}") for n in range(1, 5)])
        store.read_models.catch_up(HELD)
        assert store.read_models.row(HELD, "w2") == ("c2",)
        assert store.read_models.rows(HELD, ["w4", "w1", "w4", "nobody"]) == {"w1": ("c1",), "w4": ("c4",)}
        assert store.read_models.rows(HELD, []) == {}

    def test_live_rows_equal_a_rebuild_over_many_pages(self, store: Store) -> None:
        for start in range(1, 2601, 650):
            batch = range(start, start + 650)
            store.log.ingest(
                [assigned(n, f"c{n}", f"w{n % 40}") for n in batch if n % 3]
                + [unassigned(n, f"c{n - 1}", f"w{(n - 1) % 40}") for n in batch if not n % 3]
            )
            store.read_models.catch_up(HELD)
        live, position = store.read_models.rows(HELD), store.read_models.position(HELD)
        assert store.read_models.rebuild(HELD) == position == 2600
        assert store.read_models.rows(HELD) == live
        assert check_store(store, [HELD]).faults == ()

    def test_rows_of_another_version_are_rebuilt_before_they_are_read(self, store: Store) -> None:
        store.log.append([assigned(1, "c1", "w1")])
        store.read_models.catch_up(HELD)
        store.log.append([assigned(2, "c2", "w1")])
        newer = held_cases(version=2)
        assert store.read_models.rows(newer) == {"w1": ("c1", "c2")}
        assert store.read_models.position(newer) == 2
        store.log.append([assigned(3, "c3", "w1")])
        assert store.read_models.catch_up(held_cases(version=3)) == 3

    def test_a_view_stops_at_an_event_it_cannot_apply_and_keeps_what_came_before(self, store: Store) -> None:
        store.log.append([assigned(1, "c1", "w1"), assigned(2, "poison", "w1"), assigned(3, "c3", "w1")])
        for _ in range(2):  # it stays stopped
            with pytest.raises(ProjectionStopped) as stop:
                store.read_models.catch_up(HELD)
            assert (stop.value.projection, stop.value.position) == ("held_cases", 2)
            assert stop.value.why == "ArithmeticError: this case cannot be held"
        assert store.read_models.rows(HELD) == {"w1": ("c1",)}
        assert store.read_models.position(HELD) == 1

    def test_a_rebuild_that_stops_leaves_the_rows_as_they_were(self, store: Store) -> None:
        store.log.append([assigned(1, "c1", "w1")])
        store.read_models.catch_up(HELD)
        store.log.append([assigned(2, "poison", "w1")])
        with pytest.raises(ProjectionStopped):
            store.read_models.rebuild(HELD)
        assert store.read_models.rows(HELD) == {"w1": ("c1",)}
        assert [fault.code for fault in check_store(store, [HELD]).faults] == []

    def test_a_view_stops_at_an_event_it_was_never_told_about(self, store: Store) -> None:
        forgetful = replace(HELD, ignores=HELD.ignores - {CaseReferred})
        store.log.append([assigned(1, "c1", "w1"), referred(2)])
        with pytest.raises(ProjectionStopped, match="neither handles nor ignores") as stop:
            store.read_models.catch_up(forgetful)
        assert stop.value.position == 2
        assert store.read_models.position(forgetful) == 1

    def test_threads_that_catch_up_at_once_apply_each_event_once(self, store: Store) -> None:
        store.log.ingest([assigned(n, f"c{n}", f"w{n % 7}") for n in range(1, 2501)])
        start = threading.Barrier(3)

        def catch_up(_thread: int) -> int:
            start.wait()
            return store.read_models.catch_up(HELD)

        with ThreadPoolExecutor(3) as threads:
            assert list(threads.map(catch_up, range(3))) == [2500] * 3
        assert check_store(store, [HELD]).faults == ()

    def test_a_page_that_was_overtaken_changes_nothing(self, store: Store) -> None:
        rows = store._backend.rows
        assert rows.advance("v", None, Progress(1, 5), {"a": b"1", "b": b"2"})
        assert not rows.advance("v", None, Progress(1, 9), {"a": b"9"})
        assert not rows.advance("v", Progress(1, 4), Progress(1, 9), {"a": b"9"})
        assert not rows.advance("v", Progress(2, 5), Progress(1, 9), {"a": b"9"})
        assert (rows.rows("v", None), rows.progress("v")) == ({"a": b"1", "b": b"2"}, Progress(1, 5))
        assert rows.advance("v", Progress(1, 5), Progress(1, 9), {"a": None, "c": b"3"})
        assert (rows.rows("v", None), rows.progress("v")) == ({"b": b"2", "c": b"3"}, Progress(1, 9))
        assert rows.rows("w", None) == {}

    def test_readers_see_the_old_rows_until_a_rebuild_is_done(self, store: Store) -> None:
        store.log.ingest([assigned(n, f"c{n}", f"w{n}") for n in range(1, 301)])
        store.read_models.catch_up(HELD)
        done = threading.Event()

        def rebuild() -> None:
            for _ in range(10):
                store.read_models.rebuild(HELD)
            done.set()

        rebuilder = threading.Thread(target=rebuild)
        rebuilder.start()
        while not done.is_set():
            assert len(store.read_models.rows(HELD)) == 300
        rebuilder.join(10)

    def test_a_row_that_does_not_read_asks_for_a_rebuild(self, store: Store) -> None:
        store.log.append([assigned(1, "c1", "w1")])
        store.read_models.catch_up(HELD)
        store._backend.rows.replace("held_cases", Progress(1, 1), [("w1", b"{")])
        with pytest.raises(StoreUnavailable, match="rebuild"):
            store.read_models.rows(HELD)
        assert [fault.code for fault in check_store(store, [HELD]).faults] == ["rows_unreadable"]
        store.read_models.rebuild(HELD)
        assert store.read_models.row(HELD, "w1") == ("c1",)
