"""Opening a store by URL, and the one clear sentence when that cannot be."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from allocation_engine.errors import StoreUnavailable
from allocation_engine.persistence import open_store
from allocation_engine.persistence.store import hide_password
from allocation_engine.persistence.vendor_errors import first_line
from tests.contracts.examples import assigned, held_cases, referred


@pytest.mark.parametrize(
    "url",
    [
        "",
        "service.sqlite",
        "mysql://host/db",
        "memory://x",
        "sqlite://",
        "sqlite:///",
        "sqlite://service.sqlite",
        "sqlite:///:memory:",
        "sqlite:///service.sqlite?mode=ro",
        "postgresql://manager:secret@[broken/db",
        "postgresql://host/db?no_such_option=1",
    ],
)
def test_a_url_that_makes_no_sense_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreUnavailable) as refusal:
        open_store(url)
    assert "\n" not in str(refusal.value)
    assert "secret" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_a_relative_and_an_absolute_path_name_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///service.sqlite") as store:
        store.log.append([referred(1)])
    with open_store(f"sqlite:///{tmp_path}/service.sqlite") as store:
        assert store.log.head() == 1


def test_a_directory_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="is a directory"):
        open_store(f"sqlite:///{tmp_path}")


def test_a_file_in_a_directory_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="directory does not exist"):
        open_store(f"sqlite:///{tmp_path}/none/service.sqlite")


def test_a_file_that_is_no_database_is_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "letter.sqlite"
    file.write_bytes(b"Dear manager, " * 200)
    with pytest.raises(StoreUnavailable, match="not a database"):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == b"Dear manager, " * 200


def test_another_programs_database_is_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE song (title TEXT)")
    other.close()
    before = file.read_bytes()
    with pytest.raises(StoreUnavailable, match="another program"):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'service.sqlite'}"
    open_store(url).close()
    newer = sqlite3.connect(tmp_path / "service.sqlite")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StoreUnavailable, match=r"version 99 .* update the program"):
        open_store(url)


def test_what_is_stored_is_there_when_the_store_is_opened_again(new_store_url: Callable[[str], str]) -> None:
    for kind in ("sqlite", "postgresql"):
        url = new_store_url(kind)
        with open_store(url) as store:
            store.log.append([referred(1), assigned(2, "c1", "w1")])
            store.read_models.catch_up(held_cases())
        with open_store(url) as store:
            assert [event.record for event in store.log.stream()] == [referred(1), assigned(2, "c1", "w1")]
            assert store.read_models.rows(held_cases()) == {"w1": ("c1",)}


def test_a_server_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as refusal:
        open_store(f"postgresql://manager:secret@/service?host={tmp_path}")
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "manager:***@" in refusal.value.store


@pytest.mark.postgres
def test_a_database_that_does_not_exist_is_named(new_postgres_url: Callable[[], str]) -> None:
    url = new_postgres_url().replace("/test_", "/none_")
    with pytest.raises(StoreUnavailable, match="does not exist"):
        open_store(url)


@pytest.mark.postgres
def test_a_postgresql_store_of_a_newer_version_is_refused(new_postgres_url: Callable[[], str]) -> None:
    url = new_postgres_url()
    open_store(url).close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE allocation_schema SET version = 99")
    with pytest.raises(StoreUnavailable, match="version 99"):
        open_store(url)


@pytest.mark.postgres
def test_every_setting_of_the_url_reaches_every_connection(new_postgres_url: Callable[[], str]) -> None:
    url = new_postgres_url() + "&application_name=allocation_test"
    with open_store(url) as store:
        store.log.append([referred(1)])
        with psycopg.connect(url, autocommit=True) as connection:
            seen = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'allocation_test'"
                " AND pid <> pg_backend_pid()"
            ).fetchone()
    assert seen is not None
    assert seen[0] >= 1


@pytest.mark.postgres
def test_the_store_goes_on_after_the_server_has_dropped_its_connections(new_postgres_url: Callable[[], str]) -> None:
    url = new_postgres_url()
    with open_store(url) as store, psycopg.connect(url, autocommit=True) as administrator:
        store.log.append([referred(1)])
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert store.log.append([referred(2)]) == 2


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://manager:s3cret@host:5433/db", "postgresql://manager:***@host:5433/db"),
        ("postgresql://host/db?user=a&password=s3cret", "postgresql://host/db?user=a&password=***"),
        ("postgresql://manager:s3@cret@host/db", "postgresql://manager:***@host/db"),
        ("postgresql://manager:s3cret@[broken/db", "postgresql://…"),
        ("sqlite:////data/service.sqlite", "sqlite:////data/service.sqlite"),
        ("memory://", "memory://"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert hide_password(url) == shown


def test_a_stores_text_hides_the_password() -> None:
    with open_store("memory://") as store:
        store.url = "postgresql://manager:s3cret@host/db"
        assert repr(store) == "Store('postgresql://manager:***@host/db')"


def test_environment_variables_do_not_reach_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSISTENCE_MODULE", "no.such.module")
    monkeypatch.setenv("ALLOCATION_PERSISTENCE_MODULE", "no.such.module")
    with open_store("memory://") as store:
        assert store.log.head() == 0


def test_an_error_without_text_is_told_by_its_kind() -> None:
    assert first_line(ValueError()) == "ValueError"
    assert first_line(ValueError("one\ntwo")) == "one"
