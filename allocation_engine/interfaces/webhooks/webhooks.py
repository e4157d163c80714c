"""The webhooks of one store: subscribe, look, rotate the secret, pause, resume, start over from a position, unsubscribe."""

import base64
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from allocation_engine.interfaces.webhooks.errors import PositionAhead, UnknownSubscription
from allocation_engine.interfaces.webhooks.name_lookups import NameLookups
from allocation_engine.interfaces.webhooks.sender import ATTEMPT_SECONDS
from allocation_engine.interfaces.webhooks.subscription import (
    DEAD_LETTERS,
    DELIVERIES,
    RETRIES,
    WEBHOOKS,
    Delivery,
    Stopped,
    StoredSubscription,
    Subscription,
    SubscriptionRequest,
    put,
    read,
    retries_of,
    shown,
)
from allocation_engine.interfaces.webhooks.target import TargetRules
from allocation_engine.persistence.documents import DocumentChanged, Write
from allocation_engine.persistence.store import Store
from domain.events import EventRegistry

SECRET_PREFIX = "whsec_"  # noqa: S105  the marker that Standard Webhooks gives secrets
ID_BYTES, SECRET_BYTES = 8, 32
OVERLAP = timedelta(hours=24)
"""How long messages are signed with the old secret beside the new one after a rotation."""

TRIES = 50
OURS = frozenset({WEBHOOKS, DELIVERIES, RETRIES, DEAD_LETTERS})

Alongside = Sequence[Write] | Callable[[Subscription], Sequence[Write]]
"""Further documents to be written in the same transaction; or what makes them, once it is known how the webhook then stands."""

Done = TypeVar("Done")


@dataclass(frozen=True)
class Webhooks:
    """The subscriptions of one store.

    Each change is one transaction with what is to be written `alongside`. `DocumentChanged` is raised only where one of
    those was overtaken, or somebody else changed the webhook time and again.
    """

    store: Store
    clock: Callable[[], datetime]
    new_bytes: Callable[[int], bytes] = secrets.token_bytes
    rules: TargetRules = field(default_factory=TargetRules)
    names: NameLookups = field(default_factory=NameLookups)

    def subscribe(
        self, request: SubscriptionRequest, by: str, *, after: int | None = None, alongside: Alongside = ()
    ) -> tuple[Subscription, str]:
        """Send the events after a position (from now on, if none is given) to a URL; give the secret, shown only here.

        Raises
        ------
        TargetRefused
            Nothing is sent to such a URL, and why.
        UnknownEventType
            No event is known by one of the names.
        PositionAhead
            The log does not reach so far.
        """
        target = self.rules.read(request.url)
        self.rules.addresses(target.host, target.port, self._look_up)
        head = self.store.log.head()
        secret = self._new_secret()
        stored = StoredSubscription(
            id=f"wh-{self.new_bytes(ID_BYTES).hex()}",
            url=target.url,
            event_types=wire_names(request.event_types, self.store.mapper.registry),
            created_by=by,
            created_at=self.clock(),
            secret=secret,
        )
        delivery = Delivery(position=_within(head if after is None else after, head))
        subscription = shown(stored, delivery)
        self.store.documents.write(
            put(WEBHOOKS, stored.id, stored, 0),
            put(DELIVERIES, stored.id, delivery, 0),
            *written(alongside, subscription),
        )
        return subscription, secret

    def get(self, subscription_id: str) -> Subscription:
        """Give one; `UnknownSubscription` if there is none."""
        stored, delivery, *_ = self._find(subscription_id)
        return shown(stored, delivery)

    def all(self) -> list[Subscription]:
        """Give all there are, by id."""
        documents = list(self.store.documents.all(WEBHOOKS))
        deliveries = self.store.documents.some(DELIVERIES, [one.key for one in documents])
        return [
            shown(read(StoredSubscription, one), read(Delivery, deliveries[one.key]))
            for one in documents
            if one.key in deliveries
        ]

    def stopped(self) -> dict[Stopped, int]:
        """Give how many get nothing at present, for each reason there may be."""
        reasons = [read(StoredSubscription, one).stopped for one in self.store.documents.all(WEBHOOKS)]
        return {reason: reasons.count(reason) for reason in Stopped}

    def rotate_secret(self, subscription_id: str, alongside: Alongside = ()) -> tuple[Subscription, str]:
        """Give a new secret, shown only here. The old one signs too for a day; one before that no longer."""
        secret = self._new_secret()

        def rotate(stored: StoredSubscription) -> StoredSubscription:
            old = {"old_secret": stored.secret, "old_until": self.clock() + OVERLAP}
            return stored.model_copy(update={"secret": secret, **old})

        return self._change(subscription_id, rotate, alongside), secret

    def pause(self, subscription_id: str, alongside: Alongside = ()) -> Subscription:
        """Send nothing more until it is resumed; a message on its way may still arrive."""
        return self._change(
            subscription_id, lambda stored: stored.model_copy(update={"stopped": Stopped.PAUSED}), alongside
        )

    def resume(self, subscription_id: str, alongside: Alongside = ()) -> Subscription:
        """Go on where it stopped, also if the receiver had said that it was gone; nothing is left out."""

        def attempt() -> Subscription:
            stored, delivery, version, delivery_version = self._find(subscription_id)
            stored = stored.model_copy(update={"stopped": None})
            delivery = delivery.model_copy(update={"failures": 0, "rest_until": None})
            subscription = shown(stored, delivery)
            self.store.documents.write(
                put(WEBHOOKS, stored.id, stored, version),
                put(DELIVERIES, stored.id, delivery, delivery_version),
                *written(alongside, subscription),
            )
            return subscription

        return insist(attempt)

    def replay(self, subscription_id: str, after: int, alongside: Alongside = ()) -> Subscription:
        """Send everything after a position again, in order; what waited or was given up past it is dropped for that.

        Raises
        ------
        PositionAhead
            The subscription has not come so far: that would leave events out.
        """

        def attempt() -> Subscription:
            stored, delivery, _, delivery_version = self._find(subscription_id)
            _within(after, delivery.position)
            waiting = retries_of(self.store.documents, stored.id)
            kept = [one.due for one in waiting.values() if one.position <= after]
            start = {"position": after, "failures": 0, "rest_until": None}
            delivery = delivery.model_copy(update=start).with_retries(kept)
            subscription = shown(stored, delivery)
            self.store.documents.write(
                put(DELIVERIES, stored.id, delivery, delivery_version),
                *self._deletions(stored.id, after),
                *written(alongside, subscription),
            )
            return subscription

        return insist(attempt)

    def unsubscribe(self, subscription_id: str, alongside: Alongside = ()) -> Subscription:
        """End it, with all that is kept of it; give it as it stood."""

        def attempt() -> Subscription:
            stored, delivery, version, delivery_version = self._find(subscription_id)
            subscription = shown(stored, delivery)
            self.store.documents.write(
                Write(WEBHOOKS, stored.id, None, version),
                Write(DELIVERIES, stored.id, None, delivery_version),
                *self._deletions(stored.id, -1),
                *written(alongside, subscription),
            )
            return subscription

        return insist(attempt)

    def _look_up(self, host: str, port: int) -> list[str]:
        return self.names.find(host, port, ATTEMPT_SECONDS)

    def _change(
        self,
        subscription_id: str,
        change: Callable[[StoredSubscription], StoredSubscription],
        alongside: Alongside,
    ) -> Subscription:
        def attempt() -> Subscription:
            stored, delivery, version, _ = self._find(subscription_id)
            stored = change(stored)
            subscription = shown(stored, delivery)
            self.store.documents.write(put(WEBHOOKS, stored.id, stored, version), *written(alongside, subscription))
            return subscription

        return insist(attempt)

    def _find(self, subscription_id: str) -> tuple[StoredSubscription, Delivery, int, int]:
        """Give both documents, with their versions."""
        document = self.store.documents.get(WEBHOOKS, subscription_id)
        delivery = self.store.documents.get(DELIVERIES, subscription_id)
        if document is None or delivery is None:
            raise UnknownSubscription(subscription_id)
        return read(StoredSubscription, document), read(Delivery, delivery), document.version, delivery.version

    def _deletions(self, subscription_id: str, after: int) -> list[Write]:
        """Delete what waits and what was given up past a position."""
        found = (
            one
            for collection in (RETRIES, DEAD_LETTERS)
            for one in self.store.documents.all(collection, under=f"{subscription_id}/")
        )
        return [Write(one.collection, one.key, None) for one in found if _position(one.key) > after]

    def _new_secret(self) -> str:
        return SECRET_PREFIX + base64.b64encode(self.new_bytes(SECRET_BYTES)).decode()


def insist(attempt: Callable[[], Done]) -> Done:
    """Try a change again while a delivery writes the same documents; let through what others wrote alongside."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except DocumentChanged as changed:
            if changed.collection not in OURS:
                raise
    return attempt()


def written(alongside: Alongside, subscription: Subscription) -> Sequence[Write]:
    """Give what is to be written alongside."""
    return alongside(subscription) if callable(alongside) else alongside


def wire_names(asked: Sequence[str], registry: EventRegistry) -> tuple[str, ...]:
    """Give the names of events, sorted, without versions; `UnknownEventType` for one that is none."""
    known = {one.wire_name for one in registry.classes}
    return tuple(sorted({one if one in known else registry.class_of(one).wire_name for one in asked}))


def _within(position: int, reached: int) -> int:
    if not 0 <= position <= reached:
        raise PositionAhead(position, reached)
    return position


def _position(key: str) -> int:
    return int(key.rpartition("/")[2])
