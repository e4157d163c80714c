"""What people do with webhooks: each act one transaction with what is written alongside, and clear refusals."""

import base64
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from allocation_engine.bootstrap import open_engine
from allocation_engine.interfaces.webhooks import (
    DeadLetter,
    Fault,
    Outcome,
    PositionAhead,
    Subscription,
    SubscriptionRequest,
    UnknownDeadLetter,
    UnknownSubscription,
    WebhookError,
)
from allocation_engine.interfaces.webhooks.subscription import DEAD_LETTERS, DELIVERIES, RETRIES, WEBHOOKS
from allocation_engine.persistence.documents import DocumentChanged, Write
from allocation_engine.persistence.memory import MemoryLog
from domain.errors import AllocationError, UnknownEventType
from domain.vocabulary import ErasureReason
from tests.interfaces.webhooks.service import Script, Service, event

REFUSED = Outcome(Fault.STATUS, 500)


def test_a_subscription_shows_all_but_its_secret(service: Service) -> None:
    service.append(1, 2)
    subscription, secret = service.subscribe("http://receiver.test/hook?a=b", "case.referred", "case.assigned.v1")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert subscription == service.webhooks.get(subscription.id)
    assert service.webhooks.all() == [subscription]
    assert (subscription.position, subscription.active, subscription.created_by) == (2, True, "m-1")
    assert subscription.event_types == ("case.assigned", "case.referred")
    assert subscription.created_at == service.clock.now
    assert secret not in subscription.model_dump_json()


def test_there_is_no_field_for_free_text() -> None:
    with pytest.raises(ValidationError):
        SubscriptionRequest.model_validate({"url": "https://receiver.test/", "description": "for somebody"})


def test_a_subscription_may_begin_with_what_was_before(service: Service) -> None:
    service.append(1, 2, 3)
    script = Script()
    request = SubscriptionRequest(url="http://receiver.test/")
    subscription, _ = service.webhooks.subscribe(request, "m-1", after=1)
    assert subscription.position == 1
    service.to_the_end(service.deliverer(script))
    assert script.positions == [2, 3]


def test_what_is_asked_for_must_exist(in_memory: Service) -> None:
    webhooks, dead = in_memory.webhooks, in_memory.dead
    with pytest.raises(UnknownEventType):
        in_memory.subscribe("http://receiver.test/", "case.renamed")
    with pytest.raises(PositionAhead):
        webhooks.subscribe(SubscriptionRequest(url="http://receiver.test/"), "m-1", after=1)
    subscription, _ = in_memory.subscribe()
    for position in (-1, 1):
        with pytest.raises(PositionAhead) as ahead:
            webhooks.replay(subscription.id, position)
        assert (ahead.value.position, ahead.value.reached) == (position, 0)
    for attempt in (dead.get, dead.replay, dead.drop):
        with pytest.raises(UnknownDeadLetter) as unknown:
            attempt(subscription.id, 7)
        assert (unknown.value.subscription_id, unknown.value.position) == (subscription.id, 7)
    calls: tuple[Callable[[str], object], ...] = (
        *(webhooks.get, webhooks.rotate_secret, webhooks.pause, webhooks.resume, webhooks.unsubscribe),
        *(dead.page, dead.replay_all, lambda other: webhooks.replay(other, 0), lambda other: dead.get(other, 1)),
    )
    for call in calls:
        with pytest.raises(UnknownSubscription) as nobody:
            call("wh-0")
        assert nobody.value.subscription_id == "wh-0"


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [one.code for one in WebhookError.__subclasses__()]
    assert len(set(codes)) == len(codes) == 4
    assert issubclass(WebhookError, AllocationError)


def test_each_act_writes_what_goes_alongside_or_does_nothing(service: Service) -> None:
    """A receipt that is there already means that another did the same: then nothing may change."""
    script = Script(always=REFUSED)
    subscription, _ = service.subscribe()
    service.append(1, 2)
    service.to_the_end(service.deliverer(script))
    webhooks, dead, id_ = service.webhooks, service.dead, subscription.id
    request = SubscriptionRequest(url="http://receiver.test/")
    told: list[Subscription] = []

    def receipt(now: Subscription) -> list[Write]:
        told.append(now)
        return [Write("receipt", "r", now.model_dump_json().encode(), seen=0)]

    acts: tuple[Callable[[], object], ...] = (
        lambda: webhooks.subscribe(request, "m-2", alongside=receipt),
        lambda: webhooks.rotate_secret(id_, receipt),
        lambda: webhooks.pause(id_, receipt),
        lambda: webhooks.resume(id_, receipt),
        lambda: dead.drop(id_, 1, receipt),
        lambda: dead.replay(id_, 2, receipt),
        lambda: dead.replay_all(id_, receipt),
        lambda: webhooks.replay(id_, 0, receipt),
        lambda: webhooks.unsubscribe(id_, receipt),
    )
    for act in acts:
        service.store.documents.write(Write("receipt", "r", b"another's", seen=None))
        before = everything(service)
        with pytest.raises(DocumentChanged):
            act()
        assert everything(service) == before
        service.store.documents.write(Write("receipt", "r", None))
        act()
        kept = service.store.documents.get("receipt", "r")
        assert kept is not None
        assert kept.body == told[-1].model_dump_json().encode()
    assert [one.key for one in service.store.documents.all(WEBHOOKS)] != [id_]


def test_documents_alongside_may_be_given_as_they_are(in_memory: Service) -> None:
    subscription, _ = in_memory.subscribe()
    in_memory.webhooks.pause(subscription.id, (Write("receipt", "r", b"done", seen=0),))
    assert in_memory.store.documents.get("receipt", "r") is not None


def test_nothing_is_left_of_a_subscription_that_was_ended(service: Service) -> None:
    script = Script(always=REFUSED)
    ended, _ = service.subscribe()
    other, _ = service.subscribe("http://other.test/")
    service.append(1)
    deliverer = service.deliverer(script)
    service.to_the_end(deliverer)
    service.append(2)
    service.clock.advance(minutes=1)
    deliverer.deliver_due()
    assert service.webhooks.unsubscribe(ended.id).id == ended.id
    for collection in (WEBHOOKS, DELIVERIES, RETRIES, DEAD_LETTERS):
        assert {one.key.partition("/")[0] for one in service.store.documents.all(collection)} == {other.id}


def test_what_was_erased_since_is_sent_to_nobody(in_memory: Service) -> None:
    """A message that waits is read from the log when it is sent: by then it may be an erasure, which this filter keeps back."""
    script = Script(outcomes=[REFUSED])
    with open_engine("memory://", clock=in_memory.clock) as engine:
        service = Service(engine.store, in_memory.clock)
        some, _ = service.subscribe("http://receiver.test/", "case.assigned")
        service.append(1)
        deliverer = service.deliverer(script)
        deliverer.deliver_due()
        assert service.webhooks.get(some.id).pending == 1
        engine.erase(["case:c1", "worker:w1"], "m-1", ErasureReason.REQUEST_OF_THE_PERSON)
        service.to_the_end(deliverer)
        assert script.positions == [1]
        assert service.webhooks.get(some.id).pending == 0
        every, _ = service.subscribe()
        service.webhooks.replay(every.id, 0)
        service.to_the_end(deliverer)
        told = [one.body["type"] for one in script.sent[1:]]
        assert set(told) == {"correction.person_erased.v2"}
        erasures, _ = service.subscribe("http://receiver.test/", "correction.person_erased")
        service.webhooks.replay(erasures.id, 0)
        service.to_the_end(deliverer)
        assert [one.body["type"] for one in script.sent[1:]] == told * 2
        assert "c1" not in str([one.body["data"]["event"].get("case_id") for one in script.sent[1:]])


def test_an_event_that_cannot_be_read_is_a_dead_letter_and_delivery_goes_on(in_memory: Service) -> None:
    script = Script()
    subscription, _ = in_memory.subscribe()
    in_memory.append(1, 2, 3)
    log = in_memory.store._backend.log
    assert isinstance(log, MemoryLog)
    stored = log._recorder.events[1].event
    sound, stored.data = stored.data, b"{}"
    deliverer = in_memory.deliverer(script)
    in_memory.to_the_end(deliverer)
    assert script.positions == [1, 3]
    assert in_memory.dead.page(subscription.id) == [
        DeadLetter(
            subscription_id=subscription.id,
            position=2,
            event_type="case.referred.v1",
            message_id=None,
            attempts=0,
            fault=Fault.UNREADABLE_EVENT,
            status=None,
            died_at=in_memory.clock.now,
        )
    ]
    stored.data = sound
    in_memory.dead.replay(subscription.id, 2)
    in_memory.to_the_end(deliverer)
    assert script.positions == [1, 3, 2]


def test_a_filter_that_keeps_everything_back_costs_no_write_for_each_event(in_memory: Service) -> None:
    subscription, _ = in_memory.subscribe("http://receiver.test/", "worker.left")
    script = Script()
    deliverer = in_memory.deliverer(script)
    for number in range(1, 20):
        in_memory.append(number)
        deliverer.deliver_due()
    document = in_memory.store.documents.get(DELIVERIES, subscription.id)
    assert document is not None
    assert document.version == 1
    in_memory.store.log.ingest([event(number) for number in range(20, 1500)])
    deliverer.deliver_due()
    assert in_memory.webhooks.get(subscription.id).position == 1499
    assert script.sent == []


def everything(service: Service) -> list[tuple[str, int]]:
    """Give every document of webhooks with its version."""
    return [
        (f"{collection}/{one.key}", one.version)
        for collection in (WEBHOOKS, DELIVERIES, RETRIES, DEAD_LETTERS)
        for one in service.store.documents.all(collection)
    ]
