"""Messages that were given up: list them, try one or all again, drop one, forget those that nobody asked for in time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allocation_engine.interfaces.webhooks.errors import UnknownDeadLetter, UnknownSubscription
from allocation_engine.interfaces.webhooks.subscription import (
    DEAD_LETTERS,
    DELIVERIES,
    RETRIES,
    WEBHOOKS,
    DeadLetter,
    Delivery,
    Retry,
    StoredSubscription,
    place,
    put,
    read,
    retries_of,
    shown,
)
from allocation_engine.interfaces.webhooks.webhooks import Alongside, insist, written
from allocation_engine.persistence.documents import Document, DocumentChanged, Write
from allocation_engine.persistence.store import Store

DEAD_LETTERS_KEPT = timedelta(days=30)
"""How long a message that was given up can be tried again. Its event stays in the log, and in the feed, for ever."""


@dataclass(frozen=True)
class DeadLetters:
    """The dead letters of one store."""

    store: Store
    clock: Callable[[], datetime]

    def page(self, subscription_id: str, *, after: int = 0, limit: int = 100) -> list[DeadLetter]:
        """Give a subscription's dead letters past a position, in order of position."""
        self._subscription(subscription_id)
        page = self.store.documents.page(DEAD_LETTERS, after=place(subscription_id, after), limit=limit)
        letters = (read(DeadLetter, one) for one in page)
        return [one for one in letters if one.subscription_id == subscription_id]

    def count(self) -> int:
        """Give how many there are, of all subscriptions."""
        return self.store.documents.count(DEAD_LETTERS)

    def purge(self, before: datetime) -> int:
        """Forget those that were given up before a moment, of all subscriptions; give how many."""
        gone = 0
        for document in self.store.documents.all(DEAD_LETTERS):
            if read(DeadLetter, document).died_at < before:
                try:
                    self.store.documents.write(Write(DEAD_LETTERS, document.key, None, document.version))
                except DocumentChanged:  # somebody has just asked for it, or another server was first
                    continue
                gone += 1
        return gone

    def get(self, subscription_id: str, position: int) -> DeadLetter:
        """Give one; `UnknownDeadLetter` if there is none."""
        return read(DeadLetter, self._find(subscription_id, position))

    def replay(self, subscription_id: str, position: int, alongside: Alongside = ()) -> DeadLetter:
        """Try one again at once, and from then on as if it were new; give it as it was."""

        def attempt() -> DeadLetter:
            letter = self._find(subscription_id, position)
            self._put_back(subscription_id, [letter], alongside)
            return read(DeadLetter, letter)

        return insist(attempt)

    def replay_all(self, subscription_id: str, alongside: Alongside = ()) -> int:
        """Try all of a subscription's again; give how many."""

        def attempt() -> int:
            letters = list(self.store.documents.all(DEAD_LETTERS, under=f"{subscription_id}/"))
            self._put_back(subscription_id, letters, alongside)
            return len(letters)

        return insist(attempt)

    def drop(self, subscription_id: str, position: int, alongside: Alongside = ()) -> DeadLetter:
        """Forget one, which is then never delivered; give it as it was."""

        def attempt() -> DeadLetter:
            stored, delivery, _ = self._subscription(subscription_id)
            letter = self._find(subscription_id, position)
            self.store.documents.write(
                Write(DEAD_LETTERS, letter.key, None, letter.version), *written(alongside, shown(stored, delivery))
            )
            return read(DeadLetter, letter)

        return insist(attempt)

    def _put_back(self, subscription_id: str, letters: list[Document], alongside: Alongside) -> None:
        stored, delivery, version = self._subscription(subscription_id)
        now = self.clock()
        back = {one.position: one for one in (_fresh(read(DeadLetter, letter), now) for letter in letters)}
        waiting = retries_of(self.store.documents, subscription_id) | back
        delivery = delivery.with_retries([one.due for one in waiting.values()])
        self.store.documents.write(
            put(DELIVERIES, subscription_id, delivery, version),
            *(Write(DEAD_LETTERS, letter.key, None, letter.version) for letter in letters),
            *(put(RETRIES, place(subscription_id, position), one) for position, one in back.items()),
            *written(alongside, shown(stored, delivery)),
        )

    def _find(self, subscription_id: str, position: int) -> Document:
        self._subscription(subscription_id)
        letter = self.store.documents.get(DEAD_LETTERS, place(subscription_id, position))
        if letter is None:
            raise UnknownDeadLetter(subscription_id, position)
        return letter

    def _subscription(self, subscription_id: str) -> tuple[StoredSubscription, Delivery, int]:
        document = self.store.documents.get(WEBHOOKS, subscription_id)
        delivery = self.store.documents.get(DELIVERIES, subscription_id)
        if document is None or delivery is None:
            raise UnknownSubscription(subscription_id)
        return read(StoredSubscription, document), read(Delivery, delivery), delivery.version


def _fresh(letter: DeadLetter, now: datetime) -> Retry:
    return Retry(position=letter.position, attempts=0, due=now)
