"""The SQLite recorder passes the library's own tests, and holds where many threads, processes and tags meet."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.persistence import DCBInfrastructureFactory
from eventsourcing.dcb.tests import DCBRecorderTestCase
from eventsourcing.persistence import IntegrityError, OperationalError, ProgrammingError, TrackingRecorder

from allocation_engine.errors import StoreUnavailable
from allocation_engine.persistence import Criterion, open_store
from allocation_engine.persistence.sqlite_database import SQLiteDatabase
from allocation_engine.persistence.sqlite_matching import SELECT_ANY_OF_TAGS
from allocation_engine.persistence.sqlite_recorder import SQLiteDCBFactory, SQLiteDCBRecorder
from tests.contracts.examples import assigned, referred

ROOT = Path(__file__).parents[2]

OPEN_AND_APPEND = """
import sys
from allocation_engine.persistence import open_store
from tests.contracts.examples import referred
with open_store(sys.argv[1]) as store:
    store.log.append([referred(int(sys.argv[2]))])
"""


class LibrarysOwnTests(DCBRecorderTestCase):
    """The library's test case; its tests are private methods that a recorder's suite must call."""

    def runTest(self) -> None:  # noqa: N802  unittest's name
        """Nothing by itself."""


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[SQLiteDCBRecorder]:
    factory: DCBInfrastructureFactory[TrackingRecorder] = DCBInfrastructureFactory.construct(
        {
            "PERSISTENCE_MODULE": "allocation_engine.persistence.sqlite_recorder",
            "SQLITE_DBNAME": str(tmp_path / "log.sqlite"),
        }
    )
    assert isinstance(factory, SQLiteDCBFactory)
    yield factory.dcb_recorder()
    factory.close()


def test_it_passes_the_librarys_test_of_appending_and_reading(recorder: SQLiteDCBRecorder) -> None:
    LibrarysOwnTests()._test_append_read(recorder)


def test_it_passes_the_librarys_test_of_subscribing(recorder: SQLiteDCBRecorder) -> None:
    LibrarysOwnTests()._test_append_subscribe(recorder)


def test_a_subscription_can_follow_a_query_alone(recorder: SQLiteDCBRecorder) -> None:
    recorder.append([DCBEvent("a", b"1", ["x"]), DCBEvent("a", b"2", ["y"]), DCBEvent("b", b"3", ["x"])])
    with recorder.subscribe(DCBQuery([DCBQueryItem(tags=["x"])])) as events:
        assert [next(events).position, next(events).position] == [1, 3]


def test_it_refuses_to_append_nothing(recorder: SQLiteDCBRecorder) -> None:
    with pytest.raises(ProgrammingError):
        recorder.append([])


def test_a_refused_append_uses_no_position(recorder: SQLiteDCBRecorder) -> None:
    recorder.append([DCBEvent("a", b"", ["source:s/1"])])
    with pytest.raises(IntegrityError):
        recorder.append([DCBEvent("a", b"", ["x"]), DCBEvent("a", b"", ["source:s/1"])])
    assert recorder.append([DCBEvent("a", b"", ["source:s/2"])]) == 2


def test_a_position_is_never_given_twice_even_if_the_last_row_were_lost(recorder: SQLiteDCBRecorder) -> None:
    recorder.append([DCBEvent("a", b"", ["x"]), DCBEvent("a", b"", ["x"])])
    with recorder.database.writing() as connection:
        connection.execute("DELETE FROM event WHERE position = 2")
    assert recorder.append([DCBEvent("a", b"", ["x"])]) == 3


def test_a_condition_on_many_tags_looks_each_up_in_the_index(recorder: SQLiteDCBRecorder) -> None:
    with recorder.database.reading() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {SELECT_ANY_OF_TAGS}", ("[]", 0)).fetchall()
    assert any("SEARCH t USING" in row[3] and "tag=?" in row[3] for row in plan), plan


def test_a_condition_may_name_more_tags_than_a_statement_takes_parameters(recorder: SQLiteDCBRecorder) -> None:
    recorder.append([DCBEvent("a", b"", ["t39999"])])
    items = [DCBQueryItem(tags=[f"t{number}"]) for number in range(40_000)]
    with pytest.raises(IntegrityError):
        recorder.append([DCBEvent("a", b"")], DCBAppendCondition(DCBQuery(items)))
    assert recorder.append([DCBEvent("a", b"")], DCBAppendCondition(DCBQuery(items[:-1]))) == 2


def test_acknowledged_means_on_disk(recorder: SQLiteDCBRecorder) -> None:
    with recorder.database.writing() as writer:
        assert writer.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_writer_that_finds_the_file_locked_for_too_long_says_so(tmp_path: Path) -> None:
    path = str(tmp_path / "log.sqlite")
    holder, waiter = SQLiteDatabase(path), SQLiteDatabase(path, busy_timeout_seconds=0.05)
    with holder.writing(), pytest.raises(Exception, match="locked"), waiter.writing():
        pass
    with waiter.writing() as connection:  # and is whole afterwards
        connection.execute("SELECT 1")
    waiter.close()
    with pytest.raises(OperationalError, match="closed"), waiter.reading():
        pass
    holder.close()


def test_processes_that_open_a_new_file_at_once_all_succeed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    command = [sys.executable, "-c", OPEN_AND_APPEND, url]
    processes = [subprocess.Popen([*command, str(number)], cwd=ROOT, stderr=subprocess.PIPE) for number in range(1, 7)]
    outcomes = [(process.communicate()[1], process.returncode) for process in processes]
    assert [code for _, code in outcomes] == [0] * 6, outcomes
    with open_store(url) as store:
        assert store.log.head() == 6


def test_a_subscription_hears_of_what_another_connection_appended(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    with open_store(url) as here, open_store(url) as elsewhere, here.log.subscribe() as events:
        elsewhere.log.append([referred(1)])
        assert next(events).position == 1
        elsewhere.log.append([assigned(2)])
        assert next(events).position == 2


def test_a_reader_waits_for_no_writer(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    with open_store(url) as store:
        store.log.append([referred(1)])
        database = SQLiteDatabase(str(tmp_path / "shared.sqlite"))
        with database.writing():
            assert store.log.read((Criterion(frozenset({"case:c1"})),)).head == 1
        database.close()


def test_a_follower_of_a_store_that_is_closed_is_told(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'closed.sqlite'}")
    with store.log.subscribe() as events:
        store.close()
        with pytest.raises(StoreUnavailable, match="closed"):
            next(events)
