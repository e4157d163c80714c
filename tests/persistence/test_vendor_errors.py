"""Whatever a database raises reaches the caller as one of our own errors, and leaves the log whole."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import psycopg_pool
import pytest
from eventsourcing.domain import EventSourcingError
from eventsourcing.postgres import PostgresDatastore

from allocation_engine.errors import StoreUnavailable
from allocation_engine.persistence import open_store
from allocation_engine.persistence.postgres_log import PostgresLog
from allocation_engine.persistence.sqlite_recorder import SQLiteDCBRecorder
from allocation_engine.persistence.vendor_errors import store_errors
from tests.contracts.examples import assigned, referred


def _kinds_of(root: type[BaseException]) -> Iterator[type[BaseException]]:
    yield root
    for kind in root.__subclasses__():
        yield from _kinds_of(kind)


@pytest.mark.parametrize("kind", [*_kinds_of(sqlite3.Error), *_kinds_of(EventSourcingError)])
def test_every_error_of_sqlite_and_of_the_library_is_mapped(kind: type[BaseException]) -> None:
    with pytest.raises(StoreUnavailable) as refusal, store_errors("memory://"):
        raise kind("first line\nsecond line")
    assert (refusal.value.store, refusal.value.why) == ("memory://", "first line")


@pytest.mark.parametrize(
    "kind",
    [psycopg.OperationalError, psycopg.InterfaceError, psycopg.DataError, psycopg.IntegrityError,
     psycopg.InternalError, psycopg.ProgrammingError, psycopg.NotSupportedError, psycopg.DatabaseError,
     psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed, psycopg_pool.TooManyRequests],
)  # fmt: skip
@pytest.mark.postgres
def test_every_error_of_postgresql_is_mapped(kind: type[psycopg.Error], new_postgres_url: Callable[[], str]) -> None:
    with open_store(new_postgres_url()) as store:
        log = store._backend.log
        assert isinstance(log, PostgresLog)
        datastore: PostgresDatastore = log._datastore
        with pytest.raises(StoreUnavailable), store_errors("postgresql://"), datastore.get_connection():
            raise kind("no luck")


def test_a_full_disk_refuses_the_append_and_leaves_the_log_whole(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'service.sqlite'}") as store:
        store.log.append([referred(1)])
        recorder = store._backend.log
        assert isinstance(recorder, SQLiteDCBRecorder)
        pages = recorder.database._writer.execute("PRAGMA page_count").fetchone()[0]
        recorder.database._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreUnavailable, match="full"):
            store.log.append([assigned(number) for number in range(2, 2000)])
        recorder.database._writer.execute("PRAGMA max_page_count = 1000000")
        assert store.log.append([assigned(2)]) == 2
