"""`check_store` finds each kind of damage, names it, and changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from allocation_engine.persistence import Store, open_store
from allocation_engine.persistence.check import check_store
from allocation_engine.persistence.ports import Progress
from allocation_engine.persistence.sqlite_recorder import SQLiteDCBRecorder
from tests.contracts.examples import assigned, held_cases, referred

HELD = held_cases()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'service.sqlite'}") as store:
        store.log.append([referred(1, "c1"), assigned(2, "c1", "w1"), assigned(3, "c2", "w2")])
        store.read_models.catch_up(HELD)
        yield store


def change(store: Store, statement: str, *parameters: object) -> None:
    """Change the file behind the store's back."""
    recorder = store._backend.log
    assert isinstance(recorder, SQLiteDCBRecorder)
    with recorder.database.writing() as connection:
        connection.execute(statement, parameters)


def faults(store: Store) -> list[tuple[str, int | None]]:
    return [(fault.code, fault.position) for fault in check_store(store, [HELD]).faults]


def test_a_sound_store_has_no_faults(store: Store) -> None:
    report = check_store(store, [HELD])
    assert (report.faults, report.events, report.head) == ((), 3, 3)


def test_an_empty_store_is_sound() -> None:
    with open_store("memory://") as store:
        assert check_store(store, [HELD]).faults == ()


def test_a_view_that_is_behind_or_not_built_is_no_fault(store: Store) -> None:
    store.log.append([assigned(4, "c3", "w1")])
    assert faults(store) == []
    change(store, "DELETE FROM read_model")
    assert faults(store) == []


def test_rows_of_another_version_are_no_fault(store: Store) -> None:
    change(store, "UPDATE read_model SET version = 7")
    assert faults(store) == []


def test_an_event_that_cannot_be_read_is_found(store: Store) -> None:
    change(store, "UPDATE event SET data = ? WHERE position = 1", b"{}")
    assert faults(store) == [("unreadable", 1)]


def test_a_missing_tag_row_is_found(store: Store) -> None:
    change(store, "DELETE FROM event_tag WHERE tag = 'worker:w1'")
    report = check_store(store, [HELD])
    assert [(fault.code, fault.position) for fault in report.faults] == [("tags_differ", 2)]
    assert "worker:w1" in report.faults[0].message


def test_a_tag_row_too_many_is_found(store: Store) -> None:
    change(store, "INSERT INTO event_tag VALUES ('case:c9', 2)")
    assert faults(store) == [("tags_differ", 2)]


def test_tag_rows_that_file_no_event_are_found(store: Store) -> None:
    change(store, "DELETE FROM event WHERE position = 2")
    assert ("tags_without_event", 2) in faults(store)


def test_tag_rows_of_a_lost_last_event_stay_behind_the_head(store: Store) -> None:
    change(store, "DELETE FROM event WHERE position = 3")
    assert faults(store) == [("ahead_of_log", 3)]


def test_a_source_filed_twice_is_found(store: Store) -> None:
    change(store, "DROP INDEX event_source")
    change(store, "INSERT INTO event_tag VALUES ('source:case-system/1', 2)")
    assert faults(store) == [("source_repeated", None), ("tags_differ", 2)]


def test_a_row_that_differs_from_the_rebuild_is_found(store: Store) -> None:
    change(store, "UPDATE read_model_row SET state = ? WHERE key = 'w1'", b'["c7"]')
    report = check_store(store, [HELD])
    assert [(fault.code, fault.projection) for fault in report.faults] == [("rows_differ", "held_cases")]
    assert "w1" in report.faults[0].message


def test_many_differing_rows_are_told_in_short(store: Store) -> None:
    store._backend.rows.replace("held_cases", Progress(1, 3), [(f"w{n}", b'["c7"]') for n in range(9)])
    assert "and 4 more" in check_store(store, [HELD]).faults[0].message


def test_a_view_that_claims_more_than_the_log_holds_is_found(store: Store) -> None:
    change(store, "UPDATE read_model SET position = 99")
    assert faults(store) == [("ahead_of_log", 99)]


def test_a_view_that_stops_below_its_position_is_found(store: Store) -> None:
    store.log.append([assigned(4, "poison")])
    change(store, "UPDATE read_model SET position = 4")
    assert faults(store) == [("projection_stops", 4)]


def test_damage_that_sqlite_itself_reports_is_passed_on(store: Store) -> None:
    change(store, "PRAGMA writable_schema = ON")
    recorder = store._backend.log
    assert isinstance(recorder, SQLiteDCBRecorder)
    with recorder.database.writing() as connection:  # an index that no longer agrees with its table
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'source:*', 'nothing:*') WHERE name = 'event_source'"
        )
    url = store.url
    store.close()
    with open_store(url) as again:
        assert "damaged" in {fault.code for fault in check_store(again, []).faults}


def test_a_file_too_broken_to_read_is_reported_rather_than_raised(store: Store) -> None:
    store.log.ingest([assigned(number) for number in range(10, 2000)])
    url = store.url
    store.close()
    with Path(url.removeprefix("sqlite:///")).open("r+b") as file:
        page_size = 4096
        file.seek(8 * page_size)
        file.write(b"\xff" * page_size * 20)
    with open_store(url) as again:
        assert "damaged" in {fault.code for fault in check_store(again, [HELD]).faults}


def test_checking_changes_nothing(store: Store) -> None:
    change(store, "UPDATE read_model_row SET state = ? WHERE key = 'w1'", b'["c7"]')
    check_store(store, [HELD])
    assert store.read_models.row(HELD, "w1") == ("c7",)
