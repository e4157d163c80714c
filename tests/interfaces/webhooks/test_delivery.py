"""Messages arrive signed, in order, are tried again, given up, and sent once more on demand."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from allocation_engine.interfaces.webhooks import (
    DeliveryRules,
    Fault,
    Outcome,
    RetrySchedule,
    Stopped,
    SubscriptionRequest,
)
from allocation_engine.interfaces.webhooks.subscription import DEAD_LETTERS
from tests.interfaces.webhooks.receiver import Receiver, Say
from tests.interfaces.webhooks.service import Clock, Script, Service, event

REFUSED = Outcome(Fault.STATUS, 500)


def test_every_event_arrives_signed_and_in_order(
    service: Service, receiver: Receiver, verified_at: Callable[[Clock], None]
) -> None:
    verified_at(service.clock)
    service.append(1)
    subscription, secret = service.subscribe(receiver.url)
    service.append(2, 3)
    service.deliverer().deliver_due()
    told = [Webhook(secret).verify(got.body, got.headers) for got in receiver.got]
    assert [one["data"]["position"] for one in told] == [2, 3]
    assert told[1]["type"] == "case.assigned.v1"
    assert told[1]["timestamp"] == told[1]["data"]["envelope"]["recorded_at"]
    assert told[1]["data"]["event"]["case_id"] == "c3"
    event_id = told[1]["data"]["envelope"]["event_id"]
    assert receiver.got[1].headers["webhook-id"] == f"{event_id}_{subscription.id}"
    assert receiver.got[0].path == "/hook"
    now = service.webhooks.get(subscription.id)
    assert (now.position, now.pending, now.failures, now.active) == (3, 0, 0, True)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(receiver.got[0].body + b" ", receiver.got[0].headers)
    assert len(receiver.connections) == 1


def test_only_the_events_asked_for_are_sent(service: Service) -> None:
    script = Script()
    subscription, _ = service.subscribe("http://receiver.test/", "case.assigned.v1")
    assert subscription.event_types == ("case.assigned",)
    service.append(*range(1, 6))
    service.deliverer(script).deliver_due()
    assert script.positions == [1, 3, 5]
    assert service.webhooks.get(subscription.id).position == 5


def test_a_message_is_tried_again_on_schedule_until_it_is_dead_and_delivery_goes_on(service: Service) -> None:
    script = Script(always=REFUSED)
    subscription, _ = service.subscribe()
    service.append(1)
    deliverer = service.deliverer(script)
    service.to_the_end(deliverer)
    waits = [later.at - earlier.at for earlier, later in zip(script.sent, script.sent[1:], strict=False)]
    assert waits == list(RetrySchedule().delays)
    assert len({one.headers["webhook-id"] for one in script.sent}) == 1
    (letter,) = service.dead.page(subscription.id)
    assert (letter.position, letter.attempts, letter.fault, letter.status) == (1, 10, Fault.STATUS, 500)
    assert letter.message_id == script.sent[0].headers["webhook-id"]
    script.always = Outcome(status=200)
    service.append(2)
    service.to_the_end(deliverer)
    assert script.positions[-1] == 2
    assert service.webhooks.get(subscription.id).failures == 0


def test_one_bad_message_does_not_hold_up_the_next(in_memory: Service) -> None:
    script = Script(outcomes=[REFUSED])
    in_memory.subscribe()
    in_memory.append(1, 2, 3)
    deliverer = in_memory.deliverer(script)
    deliverer.deliver_due()
    assert script.positions == [1, 2, 3]
    in_memory.to_the_end(deliverer)
    assert script.positions == [1, 2, 3, 1]


def test_a_retry_that_fails_sends_nothing_else_again(service: Service) -> None:
    script = Script(outcomes=[REFUSED, Outcome(status=200), Outcome(status=200), REFUSED])
    service.subscribe()
    service.append(1, 2, 3)
    service.to_the_end(service.deliverer(script))
    assert script.positions == [1, 2, 3, 1, 1]


def test_a_long_log_is_read_page_by_page(service: Service) -> None:
    script = Script()
    service.webhooks.subscribe(SubscriptionRequest(url="http://receiver.test/", event_types=("case.assigned",)), "m-1")
    service.store.log.ingest([event(number) for number in range(1, 902)])
    service.to_the_end(service.deliverer(script))
    assert script.positions == list(range(1, 902, 2))
    service.store.log.ingest([event(number) for number in range(902, 1500, 2)])
    service.append(1501)
    service.to_the_end(service.deliverer(script))
    assert script.sent[-1].body["data"]["event"]["case_id"] == "c1501"


def test_a_filtered_subscription_starts_over_from_a_position_too(service: Service) -> None:
    script = Script()
    subscription, _ = service.subscribe("http://receiver.test/", "case.assigned")
    service.append(1, 2)
    service.to_the_end(service.deliverer(script))
    deliverer = service.deliverer(script)
    service.append(4)
    service.to_the_end(deliverer)
    service.webhooks.replay(subscription.id, 0)
    service.to_the_end(deliverer)
    assert script.positions == [1, 1]


def test_a_receiver_that_keeps_failing_is_left_alone_for_longer_each_time(in_memory: Service) -> None:
    script = Script(always=REFUSED)
    in_memory.subscribe()
    in_memory.append(*range(1, 20))
    deliverer = in_memory.deliverer(script)
    for _ in range(12):
        deliverer.deliver_due()
        in_memory.clock.now = deliverer.next_turn() or in_memory.clock.now
    waits = [
        (later.at - earlier.at).total_seconds() for earlier, later in zip(script.sent, script.sent[1:], strict=False)
    ]
    assert waits[:8] == [0, 1, 2, 4, 8, 16, 32, 60]


def test_no_more_messages_wait_than_are_allowed(in_memory: Service) -> None:
    in_memory.rules = DeliveryRules(most_pending=3)
    script = Script(always=REFUSED)
    subscription, _ = in_memory.subscribe()
    in_memory.append(*range(1, 9))
    deliverer = in_memory.deliverer(script)
    for _ in range(8):
        deliverer.deliver_due()
        in_memory.clock.now = deliverer.next_turn() or in_memory.clock.now
    assert set(script.positions) == {1, 2, 3}
    assert in_memory.webhooks.get(subscription.id).pending == 3
    in_memory.to_the_end(deliverer)
    assert [one.position for one in in_memory.dead.page(subscription.id)] == list(range(1, 9))


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        ("120", timedelta(minutes=2)),
        ("Fri, 20 Nov 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("1", timedelta(seconds=5)),
        ("99999999999", timedelta(hours=24)),
        ("soon", timedelta(seconds=5)),
    ],
)
def test_a_receiver_may_ask_to_be_left_alone_within_bounds(
    in_memory: Service, receiver: Receiver, asked: str, waited: timedelta
) -> None:
    receiver.answers = [Say(429, {"Retry-After": asked})]
    in_memory.subscribe(receiver.url)
    in_memory.append(1)
    deliverer = in_memory.deliverer()
    deliverer.deliver_due()
    assert deliverer.next_turn() == in_memory.clock.now + waited
    in_memory.append(2)
    in_memory.to_the_end(deliverer)
    assert sorted(json.loads(got.body)["data"]["position"] for got in receiver.got) == [1, 1, 2]


def test_a_receiver_that_is_gone_gets_nothing_more_and_misses_nothing_if_it_comes_back(
    service: Service, receiver: Receiver
) -> None:
    receiver.answers = [Say(), Say(410)]
    subscription, _ = service.subscribe(receiver.url)
    service.append(1, 2, 3)
    deliverer = service.deliverer()
    service.to_the_end(deliverer)
    stopped = service.webhooks.get(subscription.id)
    assert (stopped.active, stopped.stopped, stopped.position) == (False, Stopped.GONE, 1)
    assert len(receiver.got) == 2
    service.webhooks.resume(subscription.id)
    service.to_the_end(deliverer)
    assert [json.loads(got.body)["data"]["position"] for got in receiver.got] == [1, 2, 2, 3]


def test_a_redirect_is_a_failure_and_is_not_followed(
    in_memory: Service, receiver: Receiver, another_receiver: Receiver
) -> None:
    receiver.always = Say(302, {"Location": another_receiver.url})
    subscription, _ = in_memory.subscribe(receiver.url)
    in_memory.append(1)
    in_memory.to_the_end(in_memory.deliverer())
    assert len(receiver.got) == 10
    assert another_receiver.got == []
    assert [one.status for one in in_memory.dead.page(subscription.id)] == [302]


def test_dead_letters_are_sent_again_one_by_one_or_all_or_dropped(service: Service) -> None:
    script = Script(always=REFUSED)
    subscription, _ = service.subscribe()
    service.append(1, 2, 3, 4)
    deliverer = service.deliverer(script)
    service.to_the_end(deliverer)
    assert [one.position for one in service.dead.page(subscription.id)] == [1, 2, 3, 4]
    assert [one.position for one in service.dead.page(subscription.id, after=1, limit=2)] == [2, 3]
    script.always, script.sent = Outcome(status=200), []
    service.dead.drop(subscription.id, 1)
    assert service.dead.replay(subscription.id, 3).position == 3
    service.to_the_end(deliverer)
    assert script.positions == [3]
    assert service.dead.replay_all(subscription.id) == 2
    service.to_the_end(deliverer)
    assert script.positions == [3, 2, 4]
    assert service.dead.page(subscription.id) == []


def test_dead_letters_that_nobody_asked_for_in_time_are_forgotten(service: Service) -> None:
    script = Script(always=REFUSED)
    subscription, _ = service.subscribe()
    service.append(1)
    deliverer = service.deliverer(script)
    service.to_the_end(deliverer)
    between = service.clock.now + timedelta(minutes=1)
    service.clock.advance(hours=1)
    service.append(2)
    service.to_the_end(deliverer)
    assert service.dead.count() == 2
    assert service.dead.purge(between) == 1
    assert [one.position for one in service.dead.page(subscription.id)] == [2]
    assert service.dead.purge(between) == 0
    assert service.dead.replay_all(subscription.id) == 1
    assert service.dead.count() == 0


def test_a_dead_letter_that_somebody_asks_for_while_others_are_forgotten_is_sent(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script(always=REFUSED)
    subscription, _ = service.subscribe()
    service.append(1, 2)
    deliverer = service.deliverer(script)
    service.to_the_end(deliverer)
    documents, dead = service.store.documents, service.dead
    letters = list(documents.all(DEAD_LETTERS))
    dead.replay(subscription.id, 1)
    service.clock.advance(days=1)
    with monkeypatch.context() as overtaken:
        overtaken.setattr(documents, "all", lambda _: iter(letters))
        assert dead.purge(service.clock.now) == 1
    script.always, script.sent = Outcome(status=200), []
    service.to_the_end(deliverer)
    assert script.positions == [1]
    assert dead.count() == 0


def test_a_subscription_starts_over_from_a_position(service: Service) -> None:
    script = Script(outcomes=[Outcome(status=200), REFUSED])
    subscription, _ = service.subscribe()
    service.append(1, 2, 3)
    deliverer = service.deliverer(script)
    deliverer.deliver_due()
    assert service.webhooks.get(subscription.id).pending == 1
    again = service.webhooks.replay(subscription.id, after=0)
    assert (again.position, again.pending) == (0, 0)
    service.to_the_end(deliverer)
    assert script.positions == [1, 2, 3, 1, 2, 3]


def test_a_paused_subscription_gets_nothing_until_it_is_resumed(service: Service) -> None:
    script = Script()
    subscription, _ = service.subscribe()
    assert service.webhooks.pause(subscription.id).stopped is Stopped.PAUSED
    service.append(1)
    deliverer = service.deliverer(script)
    service.to_the_end(deliverer)
    assert script.sent == []
    service.webhooks.resume(subscription.id)
    service.to_the_end(deliverer)
    assert script.positions == [1]


def test_after_a_rotation_both_secrets_verify_for_a_day(
    service: Service, verified_at: Callable[[Clock], None], receiver: Receiver
) -> None:
    verified_at(service.clock)
    subscription, old = service.subscribe(receiver.url)
    rotated, new = service.webhooks.rotate_secret(subscription.id)
    assert rotated.old_secret_until == service.clock.now + timedelta(hours=24)
    service.append(1)
    deliverer = service.deliverer()
    deliverer.deliver_due()
    got = receiver.got[0]
    assert Webhook(old).verify(got.body, got.headers) == Webhook(new).verify(got.body, got.headers)
    service.clock.advance(hours=24)
    service.append(2)
    deliverer.deliver_due()
    Webhook(new).verify(receiver.got[1].body, receiver.got[1].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(receiver.got[1].body, receiver.got[1].headers)
