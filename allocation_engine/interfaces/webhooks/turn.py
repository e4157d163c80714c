"""One subscription's turn: take its lease, send what is due, write down after every message what came of it.

What is due is a message whose time to be tried again has come, else the next event after the position that the filter
lets through. Everything is written in one transaction with the lease, so whoever lost it writes nothing any more; the
message in flight is then sent again by another, which is what "at least once" means.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from allocation_engine.interfaces.webhooks.message import Message, headers_of, message_of
from allocation_engine.interfaces.webhooks.reading import Found, Reading
from allocation_engine.interfaces.webhooks.schedule import RetrySchedule
from allocation_engine.interfaces.webhooks.sender import Fault, Outcome, Sender, Sending
from allocation_engine.interfaces.webhooks.subscription import (
    DEAD_LETTERS,
    DELIVERIES,
    RETRIES,
    WEBHOOKS,
    DeadLetter,
    Delivery,
    Retry,
    Stopped,
    StoredSubscription,
    place,
    put,
    read,
    retries_of,
)
from allocation_engine.persistence.documents import Document, DocumentChanged, Write
from allocation_engine.persistence.store import Store

log = structlog.get_logger("allocation_engine.webhooks")


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as it is told to whoever counts; `dead` if it was the last."""

    subscription_id: str
    position: int
    event_type: str
    number: int
    outcome: Outcome
    dead: bool


def tell_nobody(_: Attempt) -> None:
    """Count nothing."""


@dataclass(frozen=True)
class DeliveryRules:
    """How messages are delivered.

    Attributes
    ----------
    schedule
        When a message is tried again.
    lease
        How long a lease runs after the last write. The clocks of servers may differ by this, less the time for one attempt.
    attempt
        The most that one attempt takes; a lease that would run out meanwhile is renewed first.
    most_pending
        How many messages may wait to be tried again before no further event is sent for a first time.
    messages, time
        After so many messages, or so long, others get their turn.
    """

    schedule: RetrySchedule = field(default_factory=RetrySchedule)
    lease: timedelta = timedelta(seconds=60)
    attempt: timedelta = timedelta(seconds=30)
    most_pending: int = 100
    messages: int = 100
    time: timedelta = timedelta(seconds=20)


@dataclass(frozen=True)
class Means:
    """What every turn of one deliverer works with. `holder` is a name that no other deliverer has."""

    store: Store
    sending: Sending
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    holder: str
    rules: DeliveryRules
    observe: Callable[[Attempt], None] = tell_nobody
    is_over: Callable[[], bool] = lambda: False


def take_turn(means: Means, subscription_id: str) -> None:
    """Deliver what is due of one subscription, if nobody else does."""
    turn = _with_lease(means, subscription_id)
    if turn is None:
        return
    try:
        turn.run()
        turn.release()
    except DocumentChanged:
        # Somebody paused, replayed or unsubscribed meanwhile, or the lease had run out: the next turn reads it all anew.
        return


def _with_lease(means: Means, subscription_id: str) -> "Turn | None":
    document = means.store.documents.get(DELIVERIES, subscription_id)
    if document is None or read(Delivery, document).is_held_by_another(means.holder, means.clock()):
        return None
    turn = Turn(means, document)
    try:
        turn.renew()
    except DocumentChanged:
        return None
    turn.look()
    return turn


@dataclass(frozen=True, slots=True)
class _Due:
    """What is to be sent now: the event, and the message waiting of it, None for a first time."""

    found: Found
    waiting: Retry | None


class Turn:
    """A turn; all of it is nothing without the lease that `renew` takes."""

    def __init__(self, means: Means, document: Document) -> None:
        self._means = means
        self._id = document.key
        self._delivery = read(Delivery, document)
        self._version = document.version
        self._retries: dict[int, Retry] = {}
        self._knows_retries = False
        self._reading: Reading | None = None

    def renew(self) -> None:
        """Take the lease, or hold it for longer."""
        self._write()

    def look(self) -> None:
        """Read what waits, now that nobody else changes it."""
        self._retries = retries_of(self._means.store.documents, self._id)
        self._knows_retries = True

    def release(self) -> None:
        """Let others take the lease."""
        self._write(holder=None)

    def run(self) -> None:
        """Send one message after the other until none is due, one fails, or others should have their turn."""
        rules, began = self._means.rules, self._means.clock()
        with self._means.sending() as sender:
            for _ in range(rules.messages):
                if self._means.is_over() or self._means.clock() - began > rules.time or not self._one(sender):
                    return

    def _one(self, sender: Sender) -> bool:
        """Send the message that is due; tell whether the turn goes on. One that failed is the end of it, for others' sake."""
        document = self._means.store.documents.get(WEBHOOKS, self._id)
        if document is None:
            return False
        stored, now = read(StoredSubscription, document), self._means.clock()
        if stored.stopped is not None or self._delivery.is_resting(now):
            return False
        due = self._due(stored, now)
        if due is None:
            return False
        if due.found.stored is None:
            self._give_up(due, Outcome(Fault.UNREADABLE_EVENT), None)
            return True
        message = message_of(due.found.stored, self._id)
        self._hold_on()
        now = self._means.clock()
        headers = headers_of(message, stored.secrets_at(now), now)
        outcome = sender.post(stored.url, headers, message.body, now)
        self._settle(due, message, outcome, document)
        return outcome.fault is None

    def _due(self, stored: StoredSubscription, now: datetime) -> _Due | None:
        if self._reading is None:
            self._reading = Reading(self._means.store, stored.event_types)
        for waiting in sorted(self._retries.values(), key=lambda one: (one.due, one.position)):
            if waiting.due > now:
                break
            if (found := self._reading.at(waiting.position)) is not None:
                return _Due(found, waiting)
            self._forget(waiting.position)
        if len(self._retries) >= self._means.rules.most_pending:
            return None
        found = self._next(self._reading)
        return None if found is None else _Due(found, None)

    def _next(self, reading: Reading) -> Found | None:
        """Find the next event, writing down how far there is none, so that this is looked through once."""
        while not self._means.is_over():
            reached, found = reading.next(self._delivery.position)
            if found is not None:
                return found
            if reached == self._delivery.position:
                return None
            self._write(position=reached)
        return None

    def _hold_on(self) -> None:
        """Renew a lease that would run out during an attempt."""
        until = self._delivery.held_until
        if until is None or until - self._means.clock() < self._means.rules.attempt:
            self._write()

    def _settle(self, due: _Due, message: Message, outcome: Outcome, document: Document) -> None:
        """Write down what came of an attempt."""
        if outcome.fault is None:
            self._tell(due, outcome, dead=False)
            self._done(due)
        elif outcome.fault is Fault.GONE:
            # The message is not counted as tried: whoever resumes the subscription gets it first.
            self._tell(due, outcome, dead=False)
            ended = read(StoredSubscription, document).model_copy(update={"stopped": Stopped.GONE})
            self._write(put(WEBHOOKS, self._id, ended, document.version))
        else:
            self._failed(due, message, outcome)

    def _done(self, due: _Due) -> None:
        position = due.found.position
        well = {"failures": 0, "rest_until": None}
        if due.waiting is None:
            self._write(position=position, **well)
            return
        del self._retries[position]
        self._write(Write(RETRIES, place(self._id, position), None), **well)

    def _failed(self, due: _Due, message: Message, outcome: Outcome) -> None:
        now, schedule = self._means.clock(), self._means.rules.schedule
        attempts = (due.waiting.attempts if due.waiting else 0) + 1
        again = schedule.next_attempt(attempts, now, outcome.asked, self._means.chance)
        failures = self._delivery.failures + 1
        ill = {"failures": failures, "rest_until": schedule.rest(failures, now, outcome.asked)}
        if again is None:
            self._give_up(due, outcome, message.id, **ill)
            return
        self._tell(due, outcome, dead=False)
        position = due.found.position
        waiting = Retry(position=position, attempts=attempts, due=again, fault=outcome.fault, status=outcome.status)
        self._retries[position] = waiting
        self._write(put(RETRIES, place(self._id, position), waiting), **self._moved(due), **ill)

    def _give_up(self, due: _Due, outcome: Outcome, message_id: str | None, **state: object) -> None:
        self._tell(due, outcome, dead=True)
        position = due.found.position
        letter = DeadLetter(
            subscription_id=self._id,
            position=position,
            event_type=due.found.event_type,
            message_id=message_id,
            attempts=(due.waiting.attempts if due.waiting else 0) + (message_id is not None),
            fault=outcome.fault or Fault.PROTOCOL,
            status=outcome.status,
            died_at=self._means.clock(),
        )
        writes = [put(DEAD_LETTERS, place(self._id, position), letter)]
        if self._retries.pop(position, None) is not None:
            writes.append(Write(RETRIES, place(self._id, position), None))
        self._write(*writes, **self._moved(due), **state)

    def _forget(self, position: int) -> None:
        """Let go of a message whose event the filter no longer lets through: it was erased."""
        del self._retries[position]
        self._write(Write(RETRIES, place(self._id, position), None))

    def _moved(self, due: _Due) -> dict[str, object]:
        return {} if due.waiting is not None else {"position": due.found.position}

    def _write(self, *others: Write, **state: object) -> None:
        """Write how things stand, holding the lease for longer, and other documents with it; `DocumentChanged` if it is lost."""
        lease = {"holder": self._means.holder, "held_until": self._means.clock() + self._means.rules.lease}
        delivery = self._delivery.model_copy(update=lease | state)
        if self._knows_retries:
            delivery = delivery.with_retries([one.due for one in self._retries.values()])
        self._means.store.documents.write(put(DELIVERIES, self._id, delivery, self._version), *others)
        self._delivery, self._version = delivery, self._version + 1

    def _tell(self, due: _Due, outcome: Outcome, *, dead: bool) -> None:
        number = (due.waiting.attempts if due.waiting else 0) + 1
        attempt = Attempt(self._id, due.found.position, due.found.event_type, number, outcome, dead)
        try:
            self._means.observe(attempt)
        except Exception:  # what came of the message must be written down, or it would be sent for ever
            log.exception("an attempt of a webhook could not be counted")
