"""Acts that overlap, at the very moment between reading and writing: none undoes another."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from allocation_engine.interfaces.webhooks import DeliveryRules, Fault, Outcome, Stopped, Subscription
from allocation_engine.interfaces.webhooks.subscription import DELIVERIES, RETRIES
from allocation_engine.interfaces.webhooks.turn import take_turn
from allocation_engine.persistence.documents import DocumentChanged, Write
from tests.interfaces.webhooks.service import Script, Service

REFUSED = Outcome(Fault.STATUS, 500)


def first_of_all(act: Callable[[], object]) -> Callable[[Subscription], Sequence[Write]]:
    """Let another act come between what an act has read and what it writes, the first time it tries."""
    done: list[object] = []

    def alongside(_: Subscription) -> Sequence[Write]:
        if not done:
            done.append(None)
            act()
        return ()

    return alongside


def test_a_rotation_and_a_pause_at_once_both_count(service: Service) -> None:
    subscription, old = service.subscribe()
    service.append(1)
    webhooks, script = service.webhooks, Script()
    paused = webhooks.pause(subscription.id, first_of_all(lambda: webhooks.rotate_secret(subscription.id)))
    assert (paused.stopped, paused.old_secret_until) == (Stopped.PAUSED, service.clock.now + timedelta(hours=24))
    webhooks.resume(subscription.id, first_of_all(lambda: webhooks.rotate_secret(subscription.id)))
    service.to_the_end(service.deliverer(script))
    assert len(script.sent[0].headers["webhook-signature"].split()) == 2
    assert old not in str(script.sent)


@pytest.mark.parametrize("act", ["replay", "unsubscribe", "replay_all", "resume"])
def test_a_delivery_in_between_leaves_nothing_behind(service: Service, act: str) -> None:
    script = Script(outcomes=[Outcome(status=200), REFUSED])
    subscription, _ = service.subscribe()
    service.append(1)
    deliverer = service.deliverer(script)
    deliverer.deliver_due()
    service.append(2, 3)
    between = first_of_all(deliverer.deliver_due)
    acts: dict[str, Callable[[], object]] = {
        "replay": lambda: service.webhooks.replay(subscription.id, 0, between),
        "unsubscribe": lambda: service.webhooks.unsubscribe(subscription.id, between),
        "replay_all": lambda: service.dead.replay_all(subscription.id, between),
        "resume": lambda: service.webhooks.resume(subscription.id, between),
    }
    acts[act]()
    assert script.positions == [1, 2, 3]
    waiting = [one.key for one in service.store.documents.all(RETRIES)]
    if act == "unsubscribe":
        assert waiting == [one.key for one in service.store.documents.all(DELIVERIES)] == []
        return
    now = service.webhooks.get(subscription.id)
    assert (now.position, now.pending) == ((0, 0) if act == "replay" else (3, 1))
    assert len(waiting) == now.pending
    service.to_the_end(deliverer)
    assert script.positions[3:] == ([1, 2, 3] if act == "replay" else [2])


def test_an_act_gives_up_where_it_is_overtaken_time_and_again(in_memory: Service) -> None:
    subscription, _ = in_memory.subscribe()
    tries: list[int] = []

    def overtake(_: Subscription) -> Sequence[Write]:
        tries.append(1)
        in_memory.webhooks.rotate_secret(subscription.id)
        return ()

    with pytest.raises(DocumentChanged):
        in_memory.webhooks.pause(subscription.id, overtake)
    assert len(tries) == 50
    assert in_memory.webhooks.get(subscription.id).active


def test_a_turn_is_not_taken_from_whoever_holds_it(service: Service) -> None:
    service.subscribe()
    service.append(1, 2)
    holding, other = Script(), Script()
    another = service.deliverer(other)._means

    class Holding(Script):
        def post(self, *sent: object) -> Outcome:
            for document in service.store.documents.all(DELIVERIES):
                take_turn(another, document.key)
            return holding.post(*sent)  # type: ignore[arg-type]

    service.deliverer(Holding()).deliver_due()
    assert holding.positions == [1, 2]
    assert other.positions == []


def test_two_who_take_a_lease_at_once_do_not_both_get_it(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    subscription, _ = service.subscribe()
    service.append(1)
    first, second = Script(), Script()
    one, another = service.deliverer(first)._means, service.deliverer(second)._means
    documents = type(service.store.documents)
    taken: list[int] = []
    write = documents.write

    def write_second(self: object, *writes: Write) -> None:
        if not taken:
            taken.append(1)
            take_turn(another, subscription.id)
        write(self, *writes)  # type: ignore[arg-type]

    monkeypatch.setattr(documents, "write", write_second)
    take_turn(one, subscription.id)
    assert (first.positions, second.positions) == ([], [1])


def test_a_lease_is_held_for_longer_where_an_attempt_might_outlast_it(in_memory: Service) -> None:
    subscription, _ = in_memory.subscribe()
    in_memory.append(1)
    in_memory.rules = DeliveryRules(lease=timedelta(seconds=25), attempt=timedelta(seconds=20))
    left: list[timedelta] = []

    class Slow(Script):
        @contextmanager
        def __call__(self) -> Iterator[Script]:
            in_memory.clock.advance(seconds=10)
            yield self

        def post(self, *sent: object) -> Outcome:
            document = in_memory.store.documents.get(DELIVERIES, subscription.id)
            assert document is not None
            until = document.body.decode().split('"held_until":"')[1].split('"')[0]
            left.append(datetime.fromisoformat(until) - in_memory.clock.now)
            return Outcome(status=200)

    in_memory.deliverer(Slow()).deliver_due()
    assert left == [timedelta(seconds=25)]
