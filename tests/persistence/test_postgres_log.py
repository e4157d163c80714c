"""What the library's PostgreSQL recorder leaves open, and our log closes."""

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from eventsourcing.dcb.postgres_tt import PostgresDCBRecorderTT

from allocation_engine.errors import ConcurrentWrite
from allocation_engine.persistence import Criterion, Store, open_store
from allocation_engine.persistence.postgres_log import ListeningSubscription, PostgresLog
from tests.contracts.examples import assigned, referred

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(new_postgres_url: Callable[[], str]) -> Iterator[Store]:
    with open_store(new_postgres_url()) as store:
        yield store


class LateListener(ListeningSubscription):
    """Begins to listen only when it is let: long after its first read."""

    let = threading.Event()

    def _listen(self) -> None:
        self.let.wait(10)
        super()._listen()


def test_an_append_between_first_read_and_listening_is_heard_of(store: Store) -> None:
    log = store._backend.log
    assert isinstance(log, PostgresLog)
    recorder: PostgresDCBRecorderTT = log._recorder
    store.log.append([referred(1)])
    heard: list[int] = []
    with LateListener(recorder, after=0) as events:
        heard.append(next(events).position)
        store.log.append([referred(2)])  # its notification goes out while nobody listens
        LateListener.let.set()
        follower = threading.Thread(target=lambda: heard.append(next(events).position))
        follower.start()
        follower.join(10)
    assert heard == [1, 2]


def test_a_connection_that_listened_goes_back_without_listening(store: Store) -> None:
    with store.log.subscribe() as events:
        store.log.append([referred(1)])
        assert next(events).position == 1
    log = store._backend.log
    assert isinstance(log, PostgresLog)
    with log._datastore.cursor() as cursor:
        assert cursor.execute("SELECT * FROM pg_listening_channels()").fetchall() == []


def test_a_refused_decision_uses_no_position(store: Store) -> None:
    store.log.append([assigned(1)])
    for _ in range(3):
        with pytest.raises(ConcurrentWrite):
            store.log.append([assigned(2)], unless=(Criterion(frozenset({"case:c1"})),))
    assert store.log.append([assigned(3)]) == 2


def test_processes_that_open_a_new_database_at_once_all_succeed(new_postgres_url: Callable[[], str]) -> None:
    url = new_postgres_url()
    start, opened = threading.Barrier(4), []

    def open_it() -> None:
        start.wait(10)
        with open_store(url) as store:
            opened.append(store.log.head())

    openers = [threading.Thread(target=open_it) for _ in range(4)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(30)
    assert opened == [0] * 4
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM allocation_schema").fetchone() == (1,)
