"""Documents: what the service keeps for itself beside the log, such as keys, subscriptions and receipts.

They are no facts about the service's work, so they are no events; they live in the log's own database, so that one can be
written in the same transaction as an append (`Store.with_documents`).
"""

from collections.abc import Iterator, Sequence

from allocation_engine.persistence.ports import Document, DocumentBackend, DocumentChanged, Write
from allocation_engine.persistence.vendor_errors import store_errors

__all__ = ["Document", "DocumentChanged", "Documents", "Write"]

PAGE = 500


class Documents:
    """Collections of documents by key. Safe for many threads and processes at once."""

    def __init__(self, backend: DocumentBackend, store: str) -> None:
        self._backend = backend
        self._store = store

    def get(self, collection: str, key: str) -> Document | None:
        """Give one document, None where there is none."""
        return self.some(collection, [key]).get(key)

    def some(self, collection: str, keys: Sequence[str]) -> dict[str, Document]:
        """Give the documents of these keys that exist."""
        with store_errors(self._store):
            return self._backend.read(collection, keys)

    def page(self, collection: str, *, after: str = "", limit: int = PAGE) -> list[Document]:
        """Give a collection's documents past a key, in order of key, at most `limit` of them."""
        with store_errors(self._store):
            return self._backend.page(collection, after, limit)

    def all(self, collection: str, *, under: str = "") -> Iterator[Document]:
        """Give a collection's documents in order of key, or those whose key begins with `under`."""
        after = under
        while page := self.page(collection, after=after):
            for document in page:
                if not document.key.startswith(under):
                    return
                yield document
            after = page[-1].key

    def newest_first(self, collection: str, *, before: str) -> Iterator[Document]:
        """Give a collection's documents before a key, the last key first: the newest, where keys begin with a moment."""
        while page := self._page_back(collection, before):
            yield from page
            before = page[-1].key

    def _page_back(self, collection: str, before: str) -> list[Document]:
        with store_errors(self._store):
            return self._backend.page_back(collection, before, PAGE)

    def count(self, collection: str) -> int:
        """Give how many documents a collection has, without reading them."""
        with store_errors(self._store):
            return self._backend.count(collection)

    def write(self, *writes: Write) -> None:
        """Write all or none.

        Raises
        ------
        DocumentChanged
            One of them was no longer at the version that its write had seen.
        """
        with store_errors(self._store):
            self._backend.write(writes)
