"""A store with webhooks, on a clock that tests move by hand."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from allocation_engine.interfaces.webhooks import (
    PRIVATE_NETWORKS,
    DeadLetters,
    Deliverer,
    DeliveryRules,
    HttpSending,
    NameLookups,
    Outcome,
    Subscription,
    SubscriptionRequest,
    TargetRules,
    Webhooks,
)
from allocation_engine.interfaces.webhooks.sender import Sending
from allocation_engine.persistence.store import Store
from domain.events import EventRecord
from tests.contracts.examples import assigned, referred

HERE = TargetRules(allow_http=True, allowed_networks=PRIVATE_NETWORKS)
START = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Bytes:
    """Gives other bytes each time, the same in every run."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self, length: int) -> bytes:
        return next(self._numbers).to_bytes(length, "big")


@dataclass(frozen=True)
class Sent:
    """A message as a scripted sender saw it."""

    url: str
    headers: Mapping[str, str]
    body: Any
    at: datetime

    @property
    def position(self) -> int:
        return int(self.body["data"]["position"])


@dataclass
class Script:
    """Answers in place of receivers: by list, then always the same. Nothing is sent."""

    outcomes: list[Outcome] = field(default_factory=list)
    always: Outcome = field(default_factory=lambda: Outcome(status=204))
    sent: list[Sent] = field(default_factory=list)

    @contextmanager
    def __call__(self) -> Iterator["Script"]:
        yield self

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        self.sent.append(Sent(url, headers, json.loads(body), now))
        return self.outcomes.pop(0) if self.outcomes else self.always

    @property
    def positions(self) -> list[int]:
        return [one.position for one in self.sent]


@dataclass
class Service:
    """One store with its webhooks."""

    store: Store
    clock: Clock = field(default_factory=Clock)
    rules: DeliveryRules = field(default_factory=DeliveryRules)
    new_bytes: Bytes = field(default_factory=Bytes)

    @property
    def webhooks(self) -> Webhooks:
        return Webhooks(self.store, self.clock, self.new_bytes, HERE, NameLookups(lambda _host, _port: ["127.0.0.1"]))

    @property
    def dead(self) -> DeadLetters:
        return DeadLetters(self.store, self.clock)

    def deliverer(self, sending: Sending | None = None) -> Deliverer:
        return Deliverer(
            self.store, self.clock, sending=sending or HttpSending(HERE), rules=self.rules, chance=lambda: 0.0
        )

    def subscribe(self, url: str = "http://receiver.test/hook", *types: str) -> tuple[Subscription, str]:
        return self.webhooks.subscribe(SubscriptionRequest(url=url, event_types=types), "m-1")

    def append(self, *numbers: int) -> None:
        for number in numbers:
            self.store.log.append([event(number)])

    def to_the_end(self, deliverer: Deliverer) -> None:
        """Deliver, moving the clock on to whatever is due next, until nothing is."""
        deliverer.deliver_due()
        while (then := deliverer.next_turn()) is not None:
            self.clock.now = max(then, self.clock.now)
            deliverer.deliver_due()


def event(number: int) -> EventRecord:
    """Give an event: those with odd numbers are `case.assigned`, the others `case.referred`."""
    return assigned(number, f"c{number}") if number % 2 else referred(number, f"c{number}")
