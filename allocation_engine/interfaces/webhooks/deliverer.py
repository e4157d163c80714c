"""Follows the log and gives every subscription its turn, for as long as it runs.

Several may run over one store, in one process or many: the lease of each subscription keeps them apart.
"""

import random
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import structlog

from allocation_engine.interfaces.webhooks.reading import Reading
from allocation_engine.interfaces.webhooks.sender import HttpSending, Sending
from allocation_engine.interfaces.webhooks.subscription import (
    DELIVERIES,
    WEBHOOKS,
    Delivery,
    StoredSubscription,
    read,
)
from allocation_engine.interfaces.webhooks.turn import Attempt, DeliveryRules, Means, take_turn, tell_nobody
from allocation_engine.persistence.event_log import LogSubscription
from allocation_engine.persistence.store import Store

log = structlog.get_logger("allocation_engine.webhooks")

THREADS = 8
POLL = timedelta(seconds=1)
"""How often is looked without being woken: for what other processes change, and where a wake-up went astray."""

MOST_UNWRITTEN = 1000
"""How far the log may be looked through for a filter before the position is written down."""


def wait_for(wake: threading.Event, seconds: float) -> None:
    """Sleep until woken, or so long."""
    wake.wait(seconds)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A subscription as it stands: when its turn comes (None: not until something changes), and whether it keeps failing."""

    subscription_id: str
    turn_at: datetime | None
    failing: bool


class Deliverer:
    """Delivers a store's events to its subscriptions. Enter it to run beside other work; or call `deliver_due`.

    Receivers that fail have threads of their own, so that however many of them hang, the others get their messages.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        sending: Sending | None = None,
        rules: DeliveryRules | None = None,
        chance: Callable[[], float] = random.random,
        observe: Callable[[Attempt], None] = tell_nobody,
        threads: int = THREADS,
        pause: Callable[[threading.Event, float], None] = wait_for,
    ) -> None:
        self._over = threading.Event()
        self._means = Means(
            store=store,
            sending=sending or HttpSending(),
            clock=clock,
            chance=chance,
            holder=secrets.token_hex(8),
            rules=rules or DeliveryRules(),
            observe=observe,
            is_over=self._over.is_set,
        )
        self._pause = pause
        self._well = ThreadPoolExecutor(threads, thread_name_prefix="webhooks")
        self._failing = ThreadPoolExecutor(threads, thread_name_prefix="webhooks-failing")
        self._running: dict[str, Future[None]] = {}
        self._wake = threading.Event()
        self._following: LogSubscription | None = None
        self._threads: list[threading.Thread] = []
        self._nothing_new: dict[str, tuple[int, int]] = {}

    def deliver_due(self) -> None:
        """Deliver, in threads, all that is due now, and come back when nothing more is; what waits stays."""
        while started := self._start(self._standings()):
            for future in started:
                future.result()

    def next_turn(self) -> datetime | None:
        """Give when something is due, as things stand; None if nothing is until something new happens."""
        return min((one.turn_at for one in self._standings() if one.turn_at is not None), default=None)

    def run(self) -> None:
        """Deliver until `stop` is called from another thread."""
        while True:
            self._wake.clear()
            if self._over.is_set():  # looked at after the clearing, so that no call of `stop` is slept through
                return
            seconds = POLL.total_seconds()
            try:
                standings = self._standings()
                self._start(standings)
                seconds = min([seconds, *self._seconds_to_turns(standings)])
            except Exception:  # the store may be away for a while: look again
                log.exception("the webhooks could not be looked at")
            self._pause(self._wake, seconds)

    def stop(self) -> None:
        """Send nothing more, and come back when the messages in flight are done."""
        self._over.set()
        if (following := self._following) is not None:
            following.stop()
        self._wake.set()
        for thread in self._threads:
            thread.join()
        self._well.shutdown()
        self._failing.shutdown()

    def _start(self, standings: list[_Standing]) -> list[Future[None]]:
        """Give a turn to every subscription whose time has come and that does not have one."""
        now = self._means.clock()
        self._running = {one: future for one, future in self._running.items() if not future.done()}
        started = []
        for one in standings:
            if one.turn_at is None or one.turn_at > now or one.subscription_id in self._running:
                continue
            pool = self._failing if one.failing else self._well
            future = pool.submit(take_turn, self._means, one.subscription_id)
            future.add_done_callback(self._turn_ended)
            self._running[one.subscription_id] = future
            started.append(future)
        return started

    def _seconds_to_turns(self, standings: list[_Standing]) -> list[float]:
        """Give how long it is until each turn that has not begun."""
        now = self._means.clock()
        waiting = [one.turn_at for one in standings if one.turn_at and one.subscription_id not in self._running]
        return [max((turn_at - now).total_seconds(), 0) for turn_at in waiting]

    def _standings(self) -> list[_Standing]:
        documents = self._means.store.documents
        subscriptions = [read(StoredSubscription, one) for one in documents.all(WEBHOOKS)]
        deliveries = documents.some(DELIVERIES, [one.id for one in subscriptions])
        now, head = self._means.clock(), self._means.store.log.head()
        return [
            self._standing(one, read(Delivery, deliveries[one.id]), now, head)
            for one in subscriptions
            if one.stopped is None and one.id in deliveries
        ]

    def _standing(self, stored: StoredSubscription, delivery: Delivery, now: datetime, head: int) -> _Standing:
        moments = [] if delivery.next_retry is None else [delivery.next_retry]
        if delivery.pending < self._means.rules.most_pending and self._has_news(stored, delivery, head):
            moments.append(now)
        turn_at = min(moments, default=None)
        if turn_at is not None and delivery.rest_until is not None:
            turn_at = max(turn_at, delivery.rest_until)
        if turn_at is not None and delivery.held_until and delivery.is_held_by_another(self._means.holder, now):
            turn_at = max(turn_at, delivery.held_until)
        return _Standing(stored.id, turn_at, delivery.failures > 0)

    def _has_news(self, stored: StoredSubscription, delivery: Delivery, head: int) -> bool:
        """Tell whether a first attempt is due, without a lease and a write for every event that the filter keeps back."""
        if head <= delivery.position or not stored.event_types:
            return head > delivery.position
        began, looked_to = self._nothing_new.get(stored.id, (delivery.position, delivery.position))
        if began != delivery.position:  # it has moved since, perhaps back
            looked_to = delivery.position
        if head <= looked_to:
            return False
        reached, found = Reading(self._means.store, stored.event_types).next(looked_to)
        self._nothing_new[stored.id] = (delivery.position, reached)
        return found is not None or reached < head or reached - delivery.position > MOST_UNWRITTEN

    def _turn_ended(self, future: Future[None]) -> None:
        if future.cancelled():
            return
        if (error := future.exception()) is None:
            self._wake.set()
        else:  # the next look tries again; not at once, since the store may be away
            log.error("a webhook's turn broke off", error=type(error).__name__)

    def _follow(self) -> None:
        """Wake the loop for what is new in the log."""
        while not self._over.is_set():
            try:
                with self._means.store.log.subscribe(after=self._means.store.log.head()) as events:
                    self._following = events
                    if self._over.is_set():
                        return
                    for _ in events:
                        self._wake.set()
            except Exception:  # an event that cannot be read, or a store that is away: polling goes on meanwhile
                log.exception("the log could not be followed for the webhooks")
                self._over.wait(POLL.total_seconds())

    def __enter__(self) -> Self:
        for name, work in (("webhooks-loop", self.run), ("webhooks-follow", self._follow)):
            thread = threading.Thread(target=work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
