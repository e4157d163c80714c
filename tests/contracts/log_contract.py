"""What every store's log must do. Each store subclasses it in `test_stores.py`."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from allocation_engine.errors import ConcurrentWrite, StoreUnavailable, UnreadableEvent
from allocation_engine.persistence import Criterion, Query, Store, StoredEvent, open_store
from domain.errors import InvalidEvent, UnknownEventType
from domain.events import DomainEvent, EventRecord
from domain.events.case import CaseAssigned, CaseReferred, CaseUnassigned
from domain.events.corrections import PersonErased
from tests.contracts.examples import assigned, closed, record, referred, unassigned


def about(*tags: str, types: frozenset[type[DomainEvent]] = frozenset()) -> Query:
    return (Criterion(frozenset(tags), types),)


ASSIGNED_C1 = about("case:c1", types=frozenset({CaseAssigned}))


class LogContract:
    kind: str

    @pytest.fixture
    def store(self, new_store_url: Callable[[str], str]) -> Iterator[Store]:
        with open_store(new_store_url(self.kind)) as store:
            yield store

    def positions(self, store: Store, query: Query = (), *, after: int = 0, limit: int | None = None) -> list[int]:
        return [event.position for event in store.log.read(query, after=after, limit=limit).events]

    def test_an_empty_log_has_no_events_and_head_zero(self, store: Store) -> None:
        page = store.log.read()
        assert (page.events, page.head, store.log.head()) == ((), 0, 0)
        assert list(store.log.stream()) == []
        assert store.log.find_source("case-system", "1") is None

    def test_what_was_appended_is_read_back_equal_and_in_order(self, store: Store) -> None:
        records = [referred(1), assigned(2), closed(3)]
        assert store.log.append(records) == 3
        page = store.log.read()
        assert page.events == tuple(StoredEvent(n, one) for n, one in enumerate(records, start=1))
        assert page.head == 3

    def test_appending_nothing_changes_nothing_and_gives_the_head(self, store: Store) -> None:
        store.log.append([referred(1)])
        assert store.log.append([]) == 1

    def test_a_decision_holds_while_nothing_it_rests_on_has_arrived(self, store: Store) -> None:
        store.log.append([referred(1, "c1")])
        head = store.log.read(about("case:c1")).head
        store.log.append([referred(2, "c2")])
        assert store.log.append([assigned(3, "c1")], unless=about("case:c1"), after=head) == 3

    def test_a_decision_is_refused_when_something_it_rests_on_has_arrived(self, store: Store) -> None:
        store.log.append([referred(1, "c1")])
        store.log.append([assigned(2, "c1", "w1")], unless=ASSIGNED_C1, after=1)
        with pytest.raises(ConcurrentWrite) as refusal:
            store.log.append([assigned(3, "c1", "w2"), assigned(4, "c9", "w2")], unless=ASSIGNED_C1, after=1)
        assert refusal.value.after == 1
        assert store.log.head() == 2  # all or none

    def test_a_condition_asks_for_all_its_tags_and_one_of_its_types(self, store: Store) -> None:
        store.log.append([assigned(1, "c1", "w1"), assigned(2, "c2", "w2"), unassigned(3, "c1", "w1")])
        store.log.append([referred(4)], unless=about("case:c1", "worker:w2"))
        store.log.append([referred(5)], unless=about("case:c2", types=frozenset({CaseUnassigned, CaseReferred})))
        with pytest.raises(ConcurrentWrite):
            store.log.append([referred(6)], unless=about("case:c1", types=frozenset({CaseUnassigned})))
        with pytest.raises(ConcurrentWrite):
            store.log.append([referred(7)], unless=about("case:nobody") + about("case:c2", "worker:w2"))
        assert store.log.head() == 5

    def test_a_source_id_is_stored_once_whatever_the_condition_says(self, store: Store) -> None:
        store.log.append([referred(1), referred(2)])
        with pytest.raises(ConcurrentWrite):
            store.log.append([assigned(1, event_id=77)])
        with pytest.raises(ConcurrentWrite):
            store.log.append([assigned(9), assigned(1, event_id=77)], unless=about("case:other"), after=2)
        assert store.log.head() == 2

    def test_an_append_whose_reply_was_lost_succeeds_when_repeated(self, store: Store) -> None:
        records = [assigned(1, "c1"), assigned(2, "c2")]
        store.log.append(records, unless=ASSIGNED_C1)
        store.log.append([referred(3)])
        assert store.log.append(records, unless=ASSIGNED_C1) == 2
        assert store.log.append(list(reversed(records))) == 2
        with pytest.raises(ConcurrentWrite):
            store.log.append([*records, assigned(4, "c4")])
        assert store.log.head() == 3

    def test_two_records_of_one_append_cannot_share_a_source_id(self, store: Store) -> None:
        with pytest.raises(ValueError, match="same source id"):
            store.log.append([referred(1), assigned(1, event_id=2)])
        assert store.log.head() == 0

    def test_an_event_that_nobody_could_read_again_is_not_stored(self, store: Store) -> None:
        class CaseRenamed(DomainEvent):
            wire_name = "case.renamed"

        with pytest.raises(UnknownEventType):
            store.log.append([referred(1), record(2, CaseRenamed())])
        assert store.log.head() == 0

    def test_a_source_tag_cannot_be_smuggled_in_as_a_subject(self, store: Store) -> None:
        erased = record(1, PersonErased.model_construct(subjects=("source:case-system/7",)))
        for store_it in (store.log.append, store.log.ingest):
            with pytest.raises(InvalidEvent):
                store_it([erased])
        assert store.log.head() == 0

    def test_reading_finds_events_by_tags_and_types(self, store: Store) -> None:
        store.log.append(
            [referred(1, "c1"), assigned(2, "c1", "w1"), assigned(3, "c2", "w1"), unassigned(4, "c1", "w1")]
        )
        assert self.positions(store, about("case:c1")) == [1, 2, 4]
        assert self.positions(store, about("case:c1", "worker:w1")) == [2, 4]
        assert self.positions(store, about("case:c1", types=frozenset({CaseAssigned, CaseReferred}))) == [1, 2]
        assert self.positions(store, about("case:c1", "worker:w1", types=frozenset({CaseUnassigned}))) == [4]
        assert self.positions(store, about("case:c2") + about("case:c1", "worker:w1")) == [2, 3, 4]
        assert self.positions(store, about("case:nobody")) == []
        assert self.positions(store, about("source:case-system/3")) == [3]

    def test_reading_starts_after_a_position_and_stops_at_a_limit(self, store: Store) -> None:
        store.log.append([assigned(n, f"c{n % 2}") for n in range(1, 8)])
        assert self.positions(store, after=5) == [6, 7]
        assert self.positions(store, limit=2) == [1, 2]
        assert self.positions(store, about("case:c0"), after=2, limit=1) == [4]
        assert self.positions(store, limit=0) == []
        assert store.log.read(about("case:c0"), limit=1).head == 7
        assert store.log.read(after=99).head == 7
        with pytest.raises(ValueError, match="limit"):
            store.log.read(limit=-1)

    def test_an_event_that_matches_two_criteria_counts_once_towards_the_limit(self, store: Store) -> None:
        store.log.append([assigned(n, "c1", "w1") for n in range(1, 6)])
        both = about("case:c1") + about("worker:w1")
        assert self.positions(store, both, limit=3) == [1, 2, 3]
        assert [event.position for event in store.log.stream(both, page_size=2)] == [1, 2, 3, 4, 5]

    def test_a_stream_pages_through_the_whole_log(self, store: Store) -> None:
        store.log.ingest([assigned(n, f"c{n % 3}") for n in range(1, 26)])
        assert [event.position for event in store.log.stream(page_size=10)] == list(range(1, 26))
        assert [event.position for event in store.log.stream(about("case:c0"), after=9, page_size=2)] == [
            12, 15, 18, 21, 24,
        ]  # fmt: skip

    def test_an_event_is_found_by_its_source(self, store: Store) -> None:
        store.log.append([referred(1), assigned(2)])
        found = store.log.find_source("case-system", "2")
        assert found == StoredEvent(2, assigned(2))
        assert store.log.find_source("other-system", "2") is None

    def test_ingest_stores_each_source_once_however_often_it_is_delivered(self, store: Store) -> None:
        told: list[int] = []
        first = store.log.ingest([assigned(n) for n in range(1, 8)], batch_size=3, on_progress=told.append)
        assert (first.stored, first.already_known, first.head) == (7, 0, 7)
        assert told == [3, 6, 7]
        again = store.log.ingest([assigned(n) for n in range(5, 11)], batch_size=4)
        assert (again.stored, again.already_known, again.head) == (3, 3, 10)
        nothing = store.log.ingest([])
        assert (nothing.stored, nothing.already_known, nothing.head) == (0, 0, 10)
        with pytest.raises(ValueError, match="batch_size"):
            store.log.ingest([], batch_size=0)

    @pytest.mark.parametrize("batch_size", [1, 2, 100])
    def test_ingest_keeps_the_first_of_duplicates_within_a_delivery(self, store: Store, batch_size: int) -> None:
        delivery = [referred(1), assigned(2), assigned(1, event_id=90), referred(3), assigned(2, event_id=91)]
        done = store.log.ingest(delivery, batch_size=batch_size)
        assert (done.stored, done.already_known) == (3, 2)
        assert [event.record for event in store.log.read().events] == [referred(1), assigned(2), referred(3)]

    def test_a_faulty_record_leaves_its_whole_batch_out(self, store: Store) -> None:
        erased = record(3, PersonErased.model_construct(subjects=("source:x/1",)))
        with pytest.raises(InvalidEvent):
            store.log.ingest([referred(1), referred(2), erased, referred(4)], batch_size=2)
        assert self.positions(store) == [1, 2]

    def test_two_threads_ingesting_the_same_delivery_store_it_once(self, store: Store) -> None:
        delivery = [assigned(n, f"c{n}") for n in range(1, 201)]
        start = threading.Barrier(2)

        def ingest(_thread: int) -> int:
            start.wait()
            return store.log.ingest(delivery, batch_size=10).stored

        with ThreadPoolExecutor(2) as threads:
            stored = sum(threads.map(ingest, range(2)))
        assert stored == 200
        assert sorted(event.record.envelope.event_id.int for event in store.log.stream()) == list(range(1, 201))

    def test_of_threads_deciding_at_once_exactly_one_wins(self, store: Store) -> None:
        start = threading.Barrier(4)

        def decide(worker: int) -> bool:
            start.wait()
            try:
                store.log.append([assigned(worker, "c1", f"w{worker}")], unless=ASSIGNED_C1)
            except ConcurrentWrite:
                return False
            return True

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(decide, range(1, 5))) == 1
        assert store.log.head() == 1

    def test_a_subscription_gives_what_is_there_and_then_waits_for_what_comes(self, store: Store) -> None:
        store.log.append([referred(1), referred(2)])
        received: list[EventRecord] = []
        caught_up, all_there = threading.Event(), threading.Event()

        def follow() -> None:
            with store.log.subscribe(after=1) as events:
                for event in events:
                    received.append(event.record)
                    caught_up.set()
                    if len(received) == 4:
                        all_there.set()
                        events.stop()

        follower = threading.Thread(target=follow)
        follower.start()
        assert caught_up.wait(10)
        store.log.append([assigned(3)])
        store.log.ingest([assigned(4), assigned(5)])
        assert all_there.wait(10)
        follower.join(10)
        assert received == [referred(2), assigned(3), assigned(4), assigned(5)]

    def test_a_waiting_subscription_ends_when_it_is_stopped(self, store: Store) -> None:
        ended = threading.Event()
        entered = threading.Event()
        with store.log.subscribe() as events:

            def follow() -> None:
                entered.set()
                assert list(events) == []
                ended.set()

            follower = threading.Thread(target=follow)
            follower.start()
            assert entered.wait(10)
            events.stop()
            assert ended.wait(10)
            follower.join(10)

    def test_a_subscription_hears_what_is_appended_while_it_starts(self, store: Store) -> None:
        for number in range(1, 21):
            with store.log.subscribe(after=store.log.head()) as events:
                store.log.append([referred(number)])
                assert next(events).position == number

    def test_a_subscription_stopped_before_it_is_entered_gives_nothing(self, store: Store) -> None:
        store.log.append([referred(1)])
        events = store.log.subscribe()
        events.stop()
        with events:
            assert list(events) == []

    def test_a_subscription_must_be_entered(self, store: Store) -> None:
        with pytest.raises(RuntimeError, match="enter"):
            next(store.log.subscribe())

    def test_an_event_that_cannot_be_read_is_named_by_its_position(self, store: Store) -> None:
        store.log.append([referred(1), referred(2)])
        self.damage(store, 2, b'{"envelope": {}, "event"')
        with pytest.raises(UnreadableEvent) as fault:
            list(store.log.stream())
        assert (fault.value.position, fault.value.wire_type) == (2, "case.referred.v1")
        with store.log.subscribe(after=1) as events, pytest.raises(UnreadableEvent):
            next(events)

    def test_a_closed_store_says_so(self, store: Store) -> None:
        store.close()
        store.close()
        if self.kind != "memory":
            with pytest.raises(StoreUnavailable):
                store.log.head()

    def damage(self, store: Store, position: int, data: bytes) -> None:
        """Overwrite an event's content behind the store's back."""
        raise NotImplementedError
