"""Every append happens within what is given for it, and nothing else of a log is different for that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from allocation_engine.errors import ConcurrentWrite
from allocation_engine.persistence.documents import DocumentChanged, Write
from allocation_engine.persistence.store import Store, open_store
from tests.contracts.examples import assigned, referred


class Steps:
    """Notes when an append begins and how it ends."""

    def __init__(self) -> None:
        self.told: list[object] = []

    @contextmanager
    def within(self, events: int) -> Iterator[None]:
        self.told.append(events)
        try:
            yield
        except Exception as error:
            self.told.append(type(error).__name__)
            raise
        self.told.append("done")


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, new_store_url: Callable[[str], str], steps: Steps) -> Iterator[Store]:
    with open_store(new_store_url(request.param), within_append=steps.within) as opened:
        yield opened


def test_both_ways_to_append_happen_within_it(store: Store, steps: Steps) -> None:
    assert store.log.append([referred(1, "c1"), referred(2, "c2")]) == 2
    store.log.ingest([referred(2, "c2"), assigned(3, "c1")])
    assert steps.told == [2, "done", 2, "done"]
    assert store.log.head() == 3


def test_what_goes_wrong_goes_through_it_and_stores_nothing(store: Store, steps: Steps) -> None:
    store.log.append([referred(1, "c1")])
    store.documents.write(Write("receipt", "r", b"another's"))
    overtaken = store.log.with_documents(lambda _: [Write("receipt", "r", b"ours", seen=0)])
    for log, error in ((store.log, ConcurrentWrite), (overtaken, DocumentChanged)):
        with pytest.raises(error):
            log.append([referred(2, "c2"), referred(1 if log is store.log else 3, "c3")])
    assert steps.told == [1, "done", 2, "IntegrityError", 2, "DocumentChanged"]
    assert store.log.head() == 1


def test_the_log_is_read_and_followed_as_ever(store: Store) -> None:
    store.log.append([referred(1, "c1"), assigned(2, "c1")])
    assert [one.position for one in store.log.read().events] == [1, 2]
    (page,) = store.log.column_pages(upto=2, size=10)
    assert page["position"].to_list() == [1, 2]
    with store.log.subscribe(after=1) as events:
        assert next(events).position == 2
