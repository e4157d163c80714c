"""What is kept of a webhook, as documents.

`webhook` holds the subscription itself, `webhook-delivery` how far it has come and who is delivering at the moment,
`webhook-retry` a message that is to be tried again, `webhook-dead` one that was given up. Of messages only the
position is kept: the content is read from the log when it is sent, so that what was erased since is sent to nobody.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from allocation_engine.interfaces.webhooks.sender import Fault
from allocation_engine.persistence.documents import Document, Documents, Write
from domain.identifiers import Moment, OpaqueId

WEBHOOKS = "webhook"
DELIVERIES = "webhook-delivery"
RETRIES = "webhook-retry"
DEAD_LETTERS = "webhook-dead"

MOST_TYPES = 200


class Stopped(StrEnum):
    """Why a subscription is not active."""

    PAUSED = "paused"
    GONE = "gone"


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SubscriptionRequest(_Kept):
    """What is asked for. There is no field for a description: free text is where names slip in.

    `event_types` are wire names, with or without their version (`case.assigned`, `case.assigned.v1`); none is all of them.
    """

    url: Annotated[str, Field(max_length=2048)]
    event_types: Annotated[tuple[str, ...], Field(max_length=MOST_TYPES)] = ()


class Subscription(_Kept):
    """A webhook as it may be shown: all but its secret.

    Attributes
    ----------
    event_types
        Wire names without versions; empty for all.
    stopped
        Why it is not active: somebody paused it, or the receiver answered 410.
    position
        Everything up to here that the filter lets through was tried at least once.
    pending
        How many messages wait to be tried again.
    failures
        Failed attempts since the last one that worked.
    old_secret_until
        Until when messages are signed with the secret before the last rotation too.
    """

    id: OpaqueId
    url: str
    event_types: tuple[str, ...]
    created_by: OpaqueId
    created_at: Moment
    active: bool
    stopped: Stopped | None
    position: int
    pending: int
    failures: int
    old_secret_until: Moment | None


class StoredSubscription(_Kept):
    """A subscription as it is kept.

    The signing secret is kept as it is, in a document beside the log: a signature cannot be made from a hash. Whoever can
    read the store or a backup of it can sign in its name; rotate the secrets after a copy went astray.
    """

    id: OpaqueId
    url: str
    event_types: tuple[str, ...]
    created_by: OpaqueId
    created_at: Moment
    secret: str
    old_secret: str | None = None
    old_until: Moment | None = None
    stopped: Stopped | None = None

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """Give the secrets to sign with, the newest first."""
        if self.old_secret is None or self.old_until is None or now >= self.old_until:
            return (self.secret,)
        return (self.secret, self.old_secret)


class Delivery(_Kept):
    """How far a subscription has come, with the lease of whoever delivers.

    One document for both, written after every message: so a deliverer that lost its lease cannot write any more, and
    nobody can move the position beneath one that holds it without its noticing.

    Attributes
    ----------
    holder, held_until
        Who delivers now, until when unless they write again; others take over after that.
    rest_until
        Until when the receiver gets nothing, since it failed several times in a row or asked for it.
    next_retry
        When the first of the waiting messages is due.
    """

    position: int
    failures: int = 0
    rest_until: Moment | None = None
    pending: int = 0
    next_retry: Moment | None = None
    holder: str | None = None
    held_until: Moment | None = None

    def is_held_by_another(self, holder: str, now: datetime) -> bool:
        """Tell whether somebody else's lease runs."""
        return self.holder not in {None, holder} and self.held_until is not None and now < self.held_until

    def is_resting(self, now: datetime) -> bool:
        """Tell whether the receiver is left alone for now."""
        return self.rest_until is not None and now < self.rest_until

    def with_retries(self, due: list[datetime]) -> "Delivery":
        """Take in when the waiting messages are due."""
        return self.model_copy(update={"pending": len(due), "next_retry": min(due, default=None)})


class Retry(_Kept):
    """A message that failed and is to be tried again."""

    position: int
    attempts: int
    due: Moment
    fault: Fault | None = None
    status: int | None = None


class DeadLetter(_Kept):
    """A message that was given up: which event, how often it was tried, and what came of the last attempt.

    It has no `message_id` if the event itself could not be read.
    """

    subscription_id: OpaqueId
    position: int
    event_type: str
    message_id: str | None
    attempts: int
    fault: Fault
    status: int | None
    died_at: Moment


def shown(stored: StoredSubscription, delivery: Delivery) -> Subscription:
    """Leave out the secrets."""
    return Subscription(
        id=stored.id,
        url=stored.url,
        event_types=stored.event_types,
        created_by=stored.created_by,
        created_at=stored.created_at,
        active=stored.stopped is None,
        stopped=stored.stopped,
        position=delivery.position,
        pending=delivery.pending,
        failures=delivery.failures,
        old_secret_until=stored.old_until,
    )


def place(subscription_id: str, position: int) -> str:
    """Give the key of a message's document; keys sort by position."""
    return f"{subscription_id}/{position:020d}"


Kept = TypeVar("Kept", bound=BaseModel)


def read(kind: type[Kept], document: Document) -> Kept:
    """Read a document."""
    return kind.model_validate_json(document.body)


def put(collection: str, key: str, kept: BaseModel, seen: int | None = None) -> Write:
    """Write a document."""
    return Write(collection, key, kept.model_dump_json().encode(), seen)


def retries_of(documents: Documents, subscription_id: str) -> dict[int, Retry]:
    """Give the messages that wait to be tried again, by position."""
    found = (read(Retry, one) for one in documents.all(RETRIES, under=f"{subscription_id}/"))
    return {one.position: one for one in found}
