"""Restarts, crashes, and several deliverers over one store: nothing is lost, nothing is sent by two at once."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from allocation_engine.interfaces.webhooks import (
    Attempt,
    Deliverer,
    DeliveryRules,
    Fault,
    HttpSending,
    Outcome,
    Webhooks,
)
from allocation_engine.interfaces.webhooks.subscription import DELIVERIES, RETRIES
from allocation_engine.persistence.store import open_store
from tests.interfaces.webhooks.receiver import Receiver
from tests.interfaces.webhooks.service import HERE, Script, Service

LEASE = DeliveryRules().lease
REFUSED = Outcome(Fault.STATUS, 503)


class Crash(Exception):
    """The process ends here, as far as the test goes."""


@dataclass
class Crashing(Script):
    """Ends the process when a message has gone out and before anything is written of it."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        super().post(url, headers, body, now)
        raise Crash


@dataclass
class Meanwhile(Script):
    """Lets something happen while each message is on its way."""

    happens: Callable[[], object] = lambda: None

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        outcome = super().post(url, headers, body, now)
        self.happens()
        return outcome


@dataclass
class Watching(Script):
    """Counts how many send to one receiver at once."""

    here: Counter[str] = field(default_factory=Counter)
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        with self.lock:
            self.here[url] += 1
            self.most = max(self.most, self.here[url])
        outcome = super().post(url, headers, body, now)
        with self.lock:
            self.here[url] -= 1
        return outcome


@contextmanager
def opened_again(service: Service) -> Iterator[Service]:
    """Open the same store once more, as another process would; one in memory there is only once."""
    if service.store.url.startswith("memory"):
        yield service
        return
    with open_store(service.store.url) as store:
        yield Service(store, service.clock, service.rules, service.new_bytes)


def test_what_waits_and_how_far_it_came_survive_a_restart(service: Service) -> None:
    script = Script(outcomes=[Outcome(status=200), REFUSED])
    subscription, _ = service.subscribe()
    service.append(1, 2, 3)
    deliverer = service.deliverer(script)
    deliverer.deliver_due()
    deliverer.stop()
    with opened_again(service) as again:
        assert again.webhooks.get(subscription.id).pending == 1
        again.to_the_end(again.deliverer(script))
        assert again.webhooks.get(subscription.id).pending == 0
    assert script.positions == [1, 2, 3, 2]


def test_a_message_in_flight_at_a_crash_is_sent_again_when_the_lease_has_run_out(service: Service) -> None:
    crashing, script = Crashing(), Script()
    service.subscribe()
    service.append(1, 2)
    with pytest.raises(Crash):
        service.deliverer(crashing).deliver_due()
    with opened_again(service) as again:
        deliverer = again.deliverer(script)
        deliverer.deliver_due()
        assert script.sent == []
        assert deliverer.next_turn() == service.clock.now + LEASE
        service.clock.advance(seconds=LEASE.total_seconds())
        deliverer.deliver_due()
    assert crashing.positions == [1]
    assert script.positions == [1, 2]
    assert script.sent[0].headers["webhook-id"] == crashing.sent[0].headers["webhook-id"]


def test_a_retry_in_flight_at_a_crash_is_not_counted_and_not_lost(service: Service) -> None:
    subscription, _ = service.subscribe()
    service.append(1)
    service.deliverer(Script(always=REFUSED)).deliver_due()
    service.clock.advance(seconds=5)
    with pytest.raises(Crash):
        service.deliverer(Crashing()).deliver_due()
    script = Script()
    service.to_the_end(service.deliverer(script))
    assert script.positions == [1]
    assert service.webhooks.get(subscription.id).pending == 0


def test_whoever_lost_the_lease_writes_nothing_any_more(service: Service) -> None:
    """The process slept through its lease with a message on its way; another took over and went on."""
    subscription, _ = service.subscribe()
    service.append(1, 2)
    taken = Script()
    other = service.deliverer(taken)

    def sleep_too_long() -> None:
        if not taken.sent:
            service.clock.advance(seconds=LEASE.total_seconds())
            other.deliver_due()

    slow = Meanwhile(always=REFUSED, happens=sleep_too_long)
    service.deliverer(slow).deliver_due()
    assert slow.positions == [1]
    assert taken.positions == [1, 2]
    now = service.webhooks.get(subscription.id)
    assert (now.position, now.pending, now.failures) == (2, 0, 0)


@pytest.mark.parametrize("act", ["pause", "unsubscribe", "replay", "rotate_secret"])
def test_whoever_acts_while_a_message_is_on_its_way_is_heeded(service: Service, act: str) -> None:
    subscription, _ = service.subscribe()
    service.append(1, 2)
    acts: dict[str, Callable[[Webhooks], object]] = {
        "pause": lambda webhooks: webhooks.pause(subscription.id),
        "unsubscribe": lambda webhooks: webhooks.unsubscribe(subscription.id),
        "replay": lambda webhooks: webhooks.replay(subscription.id, after=0),
        "rotate_secret": lambda webhooks: webhooks.rotate_secret(subscription.id),
    }
    happened: list[str] = []

    def once() -> None:
        if not happened:
            happened.append(act)
            acts[act](service.webhooks)

    script = Meanwhile(happens=once, outcomes=[REFUSED] if act == "unsubscribe" else [])
    service.to_the_end(service.deliverer(script))
    expected = {"pause": [1], "unsubscribe": [1], "replay": [1, 1, 2], "rotate_secret": [1, 2]}
    assert script.positions == expected[act]
    if act == "unsubscribe":
        assert list(service.store.documents.all(DELIVERIES)) == []
        assert list(service.store.documents.all(RETRIES)) == []
    if act == "rotate_secret":
        assert [len(one.headers["webhook-signature"].split()) for one in script.sent] == [1, 2]


def test_several_deliverers_at_once_send_each_message_once_and_never_two_to_one_receiver(service: Service) -> None:
    urls = [f"http://receiver-{number}.test/" for number in range(4)]
    for url in urls:
        service.subscribe(url)
    service.append(*range(1, 26))
    script = Watching()
    with ExitStack() as stack:
        services = [stack.enter_context(opened_again(service)) for _ in range(3)]
        deliverers = [one.deliverer(script) for one in services]
        threads = [threading.Thread(target=one.deliver_due) for one in deliverers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for one in deliverers:
            one.stop()
    assert script.most == 1
    for url in urls:
        assert [one.position for one in script.sent if one.url == url] == list(range(1, 26))


def test_receivers_that_hang_hold_up_nobody_else(
    in_memory: Service, receiver: Receiver, another_receiver: Receiver
) -> None:
    for _ in range(3):
        in_memory.subscribe(another_receiver.url)
    in_memory.append(1)
    failing = Script(always=REFUSED)
    in_memory.deliverer(failing).deliver_due()
    assert len(failing.sent) == 3
    another_receiver.hangs = True
    in_memory.clock.advance(seconds=5)
    in_memory.subscribe(receiver.url)
    with Deliverer(in_memory.store, in_memory.clock, sending=HttpSending(HERE, seconds=60), threads=1):
        another_receiver.wait_until(lambda got: len(got) == 1)
        in_memory.append(2, 3)
        receiver.wait_until(lambda got: len(got) == 2)
        assert len(another_receiver.got) == 1
        another_receiver.hangs = False
        another_receiver.released.set()
        another_receiver.wait_until(lambda got: len(got) >= 4)


def test_a_running_deliverer_wakes_for_what_is_new(service: Service, receiver: Receiver) -> None:
    service.subscribe(receiver.url)
    asleep = threading.Event()

    def pause(wake: threading.Event, _: float) -> None:
        asleep.set()
        wake.wait()

    with Deliverer(service.store, service.clock, sending=HttpSending(HERE), pause=pause):
        assert asleep.wait(60)
        for number in range(1, 4):
            service.append(number)
            receiver.wait_until(lambda got, number=number: len(got) == number)  # type: ignore[misc]


def test_a_store_that_is_away_for_a_while_is_looked_at_again(
    in_memory: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script()
    in_memory.subscribe()
    in_memory.append(1)
    looks: list[int] = []
    done = threading.Event()
    head = in_memory.store.log.head

    def away_at_first() -> int:
        looks.append(1)
        if len(looks) < 4:
            raise ConnectionError
        return head()

    monkeypatch.setattr(in_memory.store.log, "head", away_at_first)

    def pause(_: threading.Event, seconds: float) -> None:
        if script.sent:
            done.set()
        threading.Event().wait(min(seconds, 0.01))

    with Deliverer(in_memory.store, in_memory.clock, sending=script, pause=pause):
        assert done.wait(60)
    assert script.positions == [1]


def test_whoever_counts_attempts_cannot_stop_them(in_memory: Service) -> None:
    script = Script(outcomes=[Outcome(status=200), REFUSED])
    seen: list[tuple[int, int, Fault | None, bool]] = []

    def count(one: Attempt) -> None:
        seen.append((one.position, one.number, one.outcome.fault, one.dead))
        raise ArithmeticError

    in_memory.subscribe()
    in_memory.append(1, 2, 3)
    deliverer = Deliverer(in_memory.store, in_memory.clock, sending=script, observe=count)
    in_memory.to_the_end(deliverer)
    assert script.positions == [1, 2, 3, 2]
    assert seen == [(1, 1, None, False), (2, 1, Fault.STATUS, False), (3, 1, None, False), (2, 2, None, False)]
