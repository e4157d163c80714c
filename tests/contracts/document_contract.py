"""What every store's documents must do, whatever the database."""

import threading
from collections.abc import Callable, Iterator

import pytest

from allocation_engine.errors import ConcurrentWrite
from allocation_engine.persistence.documents import Document, DocumentChanged, Write
from allocation_engine.persistence.ports import Appended
from allocation_engine.persistence.store import Store, open_store
from tests.contracts.examples import assigned


class DocumentContract:
    """Inherited for each kind of store."""

    kind: str

    @pytest.fixture
    def store(self, new_store_url: Callable[[str], str]) -> Iterator[Store]:
        with open_store(new_store_url(self.kind)) as store:
            yield store

    def test_a_document_counts_its_writes(self, store: Store) -> None:
        store.documents.write(Write("keys", "k-1", b"first", seen=0))
        store.documents.write(Write("keys", "k-1", b"second", seen=1), Write("keys", "k-2", b"other"))
        store.documents.write(Write("keys", "k-2", b"whatever it was"))
        assert store.documents.get("keys", "k-1") == Document("keys", "k-1", 2, b"second")
        assert store.documents.get("keys", "k-2") == Document("keys", "k-2", 2, b"whatever it was")
        assert store.documents.get("keys", "k-3") is None
        assert store.documents.get("other", "k-1") is None

    @pytest.mark.parametrize(
        "late",
        [Write("keys", "k-1", b"x", seen=0), Write("keys", "k-1", b"x", seen=1), Write("keys", "k-1", None, seen=1)],
    )
    def test_whoever_was_overtaken_changes_nothing(self, store: Store, late: Write) -> None:
        store.documents.write(Write("keys", "k-1", b"first"))
        store.documents.write(Write("keys", "k-1", b"second"))
        with pytest.raises(DocumentChanged):
            store.documents.write(Write("keys", "k-0", b"not kept either"), late)
        assert [one.body for one in store.documents.all("keys")] == [b"second"]

    def test_a_deleted_document_may_come_back(self, store: Store) -> None:
        store.documents.write(Write("keys", "k-1", b"first"))
        store.documents.write(Write("keys", "k-1", None, seen=1))
        store.documents.write(Write("keys", "never", None))
        assert list(store.documents.all("keys")) == []
        store.documents.write(Write("keys", "k-1", b"again", seen=0))
        assert store.documents.get("keys", "k-1") == Document("keys", "k-1", 1, b"again")

    def test_a_collection_is_counted(self, store: Store) -> None:
        assert store.documents.count("c") == 0
        store.documents.write(*(Write("c", f"{number}", b"") for number in range(3)), Write("d", "0", b""))
        store.documents.write(Write("c", "1", b"again"), Write("c", "2", None))
        assert (store.documents.count("c"), store.documents.count("d")) == (2, 1)

    def test_a_collection_is_read_in_order_page_by_page(self, store: Store) -> None:
        keys = ["A", "Z", "a/1", "a/2", "b-1", "é"]
        store.documents.write(*(Write("c", key, key.encode()) for key in reversed(keys)), Write("d", "a/0", b""))
        assert [one.key for one in store.documents.page("c", limit=2)] == keys[:2]
        assert [one.key for one in store.documents.page("c", after="Z", limit=3)] == keys[2:5]
        assert [one.key for one in store.documents.all("c")] == keys
        assert [one.key for one in store.documents.all("c", under="a/")] == ["a/1", "a/2"]

    def test_a_document_is_written_with_the_append_or_not_at_all(self, store: Store) -> None:
        told: list[Appended] = []

        def receipt(done: Appended) -> list[Write]:
            told.append(done)
            return [Write("receipts", "r-1", str(done.head).encode(), seen=0)]

        acknowledging = store.with_documents(receipt)
        assert acknowledging.log.append([assigned(1), assigned(2)]) == 2
        assert store.documents.get("receipts", "r-1") == Document("receipts", "r-1", 1, b"2")
        assert sorted(told[0].positions.values()) == [1, 2]
        with pytest.raises(DocumentChanged):
            acknowledging.log.append([assigned(3)])
        with pytest.raises(DocumentChanged):
            acknowledging.log.ingest([assigned(3)])
        assert store.log.head() == 2
        assert store.log.append([assigned(3)]) > 2

    def test_a_refused_append_writes_no_document(self, store: Store) -> None:
        store.log.append([assigned(1)])
        with pytest.raises(ConcurrentWrite):
            store.with_documents(lambda _: [Write("receipts", "r-1", b"")]).log.append([assigned(1, event_id=9)])
        assert store.documents.get("receipts", "r-1") is None

    def test_a_delivery_in_batches_writes_its_document_with_the_last(self, store: Store) -> None:
        def acknowledging(key: str) -> Store:
            return store.with_documents(lambda done: [Write("receipts", key, str(done.head).encode(), seen=0)])

        done = acknowledging("r-1").log.ingest([assigned(n) for n in range(1, 6)], batch_size=2)
        assert (done.stored, done.already_known, done.head) == (5, 0, 5)
        assert sorted(done.positions.values()) == [1, 2, 3, 4, 5]
        again = acknowledging("r-2").log.ingest([assigned(n) for n in range(4, 8)])
        assert (again.stored, again.already_known, sorted(again.positions.values())) == (2, 2, [6, 7])
        nothing = acknowledging("r-3").log.ingest([])
        assert (nothing.stored, nothing.head) == (0, 7)
        assert [one.body for one in store.documents.all("receipts")] == [b"5", b"7", b"7"]

    def test_of_many_at_once_one_writes(self, store: Store) -> None:
        won: list[int] = []

        def attempt(number: int) -> None:
            try:
                store.with_documents(lambda _: [Write("receipts", "r-1", b"", seen=0)]).log.ingest([assigned(number)])
            except DocumentChanged:
                return
            won.append(number)

        threads = [threading.Thread(target=attempt, args=(number,)) for number in range(1, 7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert store.log.head() == 1

    def test_documents_stay_when_a_store_is_opened_again(self, store: Store) -> None:
        if store.url.startswith("memory"):
            pytest.skip("a store in memory is gone when it is closed")
        store.documents.write(Write("keys", "k-1", b"kept"))
        store.close()
        with open_store(store.url) as again:
            assert [one.body for one in again.documents.all("keys")] == [b"kept"]
