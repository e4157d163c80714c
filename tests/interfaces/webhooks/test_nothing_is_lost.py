"""Whatever receivers do, and whoever restarts or starts over: every event the filter lets through arrives or is a dead letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from allocation_engine.interfaces.webhooks import Deliverer, DeliveryRules, Fault, Outcome, RetrySchedule
from allocation_engine.interfaces.webhooks.subscription import DELIVERIES, RETRIES
from allocation_engine.persistence.store import open_store
from tests.interfaces.webhooks.service import Script, Service

SHORT = RetrySchedule(delays=(timedelta(seconds=5), timedelta(minutes=5)))


class Crash(Exception):
    """The process ends with a message on its way."""


@dataclass
class Unreliable(Script):
    """Answers as drawn, and at times takes the whole process down; keeps what truly arrived."""

    crashes: list[bool] = field(default_factory=list)
    arrivals: list[int] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        outcome = super().post(url, headers, body, now)
        if outcome.fault is None:
            self.arrivals.append(self.sent[-1].position)
        if self.crashes and self.crashes.pop(0):
            raise Crash
        return outcome

    @property
    def arrived(self) -> set[int]:
        return set(self.arrivals)


FAILURES = st.one_of(
    st.builds(Outcome, st.sampled_from([Fault.TIMEOUT, Fault.CONNECTION, Fault.TLS, Fault.TARGET_REFUSED])),
    st.builds(
        Outcome,
        st.just(Fault.STATUS),
        st.sampled_from([302, 400, 404, 429, 500, 503]),
        st.none() | st.integers(0, 10_000).map(lambda seconds: timedelta(seconds=seconds)),
    ),
)
OUTCOMES = st.lists(st.just(Outcome(status=200)) | FAILURES, max_size=40)
GONE = Outcome(Fault.GONE, 410)


def go_on(service: Service, deliverer: Deliverer, script: Script) -> Deliverer:
    """Deliver to the end; after each crash with a new deliverer."""
    while True:
        try:
            service.to_the_end(deliverer)
        except Crash:
            deliverer = service.deliverer(script)
        else:
            return deliverer


@settings(max_examples=150)
@given(
    outcomes=OUTCOMES,
    always=st.just(Outcome(status=200)) | FAILURES,
    crashes=st.lists(st.booleans(), max_size=25),
    batches=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    types=st.sampled_from([(), ("case.assigned",), ("case.referred",), ("worker.left",)]),
    most_pending=st.integers(1, 4),
)
def test_every_event_arrives_or_is_a_dead_letter_and_is_first_tried_in_order(
    outcomes: list[Outcome],
    always: Outcome,
    crashes: list[bool],
    batches: list[int],
    types: tuple[str, ...],
    most_pending: int,
) -> None:
    with open_store("memory://") as store:
        service = Service(store, rules=DeliveryRules(schedule=SHORT, most_pending=most_pending))
        script = Unreliable(outcomes=list(outcomes), always=always, crashes=list(crashes))
        subscription, _ = service.subscribe("http://receiver.test/", *types)
        deliverer = service.deliverer(script)
        number = 0
        for batch in batches:
            service.append(*range(number + 1, number + batch + 1))
            number += batch
            deliverer = go_on(service, deliverer, script)
        wanted = {
            stored.position for stored in store.log.read().events if not types or stored.record.event.wire_name in types
        }
        dead = {one.position for one in service.dead.page(subscription.id)}
        assert script.arrived | dead == wanted
        assert set(script.positions) == wanted
        first_tried = list(dict.fromkeys(script.positions))
        assert first_tried == sorted(first_tried)
        if not any(crashes):
            assert all(script.arrivals.count(position) == 1 for position in script.arrived)
        assert list(store.documents.all(RETRIES)) == []
        (delivery,) = store.documents.all(DELIVERIES)
        assert b'"pending":0' in delivery.body
        assert all(len({one.headers["webhook-id"] for one in script.sent if one.position == p}) == 1 for p in wanted)


ACTS = st.lists(
    st.sampled_from(["append", "pause", "resume", "replay", "replay dead", "rotate", "restart", "look", "an hour"]),
    max_size=30,
)


@settings(max_examples=150)
@given(outcomes=st.lists(st.just(Outcome(status=200)) | FAILURES | st.just(GONE), max_size=40), acts=ACTS)
def test_nothing_that_people_do_loses_an_event(outcomes: list[Outcome], acts: list[str]) -> None:
    with open_store("memory://") as store:
        service = Service(store, rules=DeliveryRules(schedule=SHORT, most_pending=3, messages=2))
        script = Unreliable(outcomes=list(outcomes))
        subscription, _ = service.subscribe()
        deliverer = service.deliverer(script)
        number = 0
        for act in acts:
            match act:
                case "append":
                    number += 1
                    service.append(number)
                case "pause":
                    service.webhooks.pause(subscription.id)
                case "resume":
                    service.webhooks.resume(subscription.id)
                case "replay":
                    service.webhooks.replay(subscription.id, service.webhooks.get(subscription.id).position // 2)
                case "replay dead":
                    service.dead.replay_all(subscription.id)
                case "rotate":
                    service.webhooks.rotate_secret(subscription.id)
                case "restart":
                    deliverer = service.deliverer(script)
                case "look":
                    deliverer.deliver_due()
                case _:
                    service.clock.advance(hours=1)
        for _ in range(outcomes.count(GONE) + 1):
            service.webhooks.resume(subscription.id)
            service.to_the_end(deliverer)
        dead = {one.position for one in service.dead.page(subscription.id)}
        assert script.arrived | dead >= set(range(1, number + 1))
