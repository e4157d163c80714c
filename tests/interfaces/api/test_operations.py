"""For whoever runs the service: what it tidies by itself, and what it tells of webhooks, in counts alone."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.operations import housekeeping
from allocation_engine.interfaces.api.operations.housekeeping import RECEIPTS_KEPT, kept_tidy, tidy
from allocation_engine.interfaces.api.operations.metrics import Metrics
from allocation_engine.interfaces.api.serving import deliverer_of
from allocation_engine.interfaces.webhooks import DEAD_LETTERS_KEPT, Attempt, Fault, Outcome
from tests.interfaces.api.conftest import NOW, Callers
from tests.interfaces.api.test_webhook_routes import CLOSED, LOCAL, post
from tests.interfaces.webhooks.receiver import Say, receiving
from tests.interfaces.webhooks.service import Clock, Script
from tests.interfaces.webhooks.service import Service as WebhookService

NOTHING = {"receipts": 0, "sessions": 0, "looks": 0, "dead_letters": 0}


def with_a_dead_letter(callers: Callers) -> WebhookService:
    object.__setattr__(callers.service, "webhook_targets", LOCAL)
    post(callers, "", {"url": "http://127.0.0.1:9999/hooks"})
    callers.http.post("/v1/events", headers={**callers.as_(Role.SYSTEM), "Idempotency-Key": "e-1"}, json=CLOSED)
    webhooks = WebhookService(callers.service.engine.store, Clock(NOW))
    webhooks.to_the_end(webhooks.deliverer(Script(always=Outcome(Fault.STATUS, 500))))
    assert webhooks.dead.count() == 1
    return webhooks


def at(engine: Engine, moment: Any) -> Engine:
    return replace(engine, clock=lambda: moment)


def test_what_was_kept_for_its_time_is_forgotten_and_counted(any_callers: Callers) -> None:
    webhooks, engine = with_a_dead_letter(any_callers), any_callers.service.engine
    (letter,) = webhooks.dead.page(webhooks.webhooks.all()[0].id)
    assert tidy(at(engine, NOW)) == NOTHING
    assert tidy(at(engine, NOW + RECEIPTS_KEPT + timedelta(seconds=1))) == {**NOTHING, "receipts": 1}
    assert tidy(at(engine, letter.died_at + DEAD_LETTERS_KEPT)) == NOTHING
    assert tidy(at(engine, letter.died_at + DEAD_LETTERS_KEPT + timedelta(seconds=1))) == {**NOTHING, "dead_letters": 1}
    assert webhooks.dead.count() == 0


def test_each_round_is_in_the_log_as_counts_and_one_that_fails_stops_nothing(
    callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, int]]] = []
    done = threading.Event()

    class Log:
        def info(self, what: str, **counts: int) -> None:
            told.append((what, counts))
            done.set()

        def exception(self, what: str) -> None:
            told.append((what, {}))

    failing = iter([True])

    def one_round(_: Engine) -> dict[str, int]:
        if next(failing, False):
            raise ConnectionError
        return NOTHING

    monkeypatch.setattr(housekeeping, "log", Log())
    monkeypatch.setattr(housekeeping, "tidy", one_round)
    with kept_tidy(callers.service.engine, every_seconds=0.001):
        assert done.wait(60)
    assert told[:2] == [("it could not be tidied", {}), ("tidied", NOTHING)]


def test_dead_letters_and_stopped_webhooks_are_told_as_counts(any_callers: Callers) -> None:
    with_a_dead_letter(any_callers)
    webhook = any_callers.service.webhooks.all()[0].id
    post(any_callers, f"/{webhook}/pause")
    lines = any_callers.http.get("/metrics").text.splitlines()
    assert "allocation_webhook_dead_letters 1.0" in lines
    assert 'allocation_webhooks_stopped{reason="paused"} 1.0' in lines
    assert 'allocation_webhooks_stopped{reason="gone"} 0.0' in lines
    post(any_callers, f"/{webhook}/resume")
    post(any_callers, f"/{webhook}/dead-letters/replay")
    lines = any_callers.http.get("/metrics").text.splitlines()
    assert "allocation_webhook_dead_letters 0.0" in lines
    assert 'allocation_webhooks_stopped{reason="paused"} 0.0' in lines


def test_what_the_server_delivers_is_counted_by_outcome_and_timed(callers: Callers) -> None:
    object.__setattr__(callers.service, "webhook_targets", LOCAL)
    with receiving() as receiver:
        receiver.answers = [Say(200), Say(410)]
        webhook = post(callers, "", {"url": receiver.url}).json()["id"]
        with deliverer_of(callers.service):
            for number in (1, 2):
                event = {**CLOSED, "event": {"case_id": f"c-90000{number}"}, "source_id": f"x-{number}"}
                callers.http.post("/v1/events", headers=callers.as_(Role.SYSTEM), json=event)
                receiver.wait_until(lambda got, number=number: len(got) == number)  # type: ignore[misc]
    text = callers.http.get("/metrics").text
    lines = text.splitlines()
    assert 'allocation_webhook_attempts_total{outcome="delivered"} 1.0' in lines
    assert 'allocation_webhook_attempts_total{outcome="gone"} 1.0' in lines
    assert 'allocation_webhook_attempts_total{outcome="timeout"} 0.0' in lines
    assert "allocation_webhook_answer_seconds_count 2.0" in lines
    assert 'allocation_webhooks_stopped{reason="gone"} 1.0' in lines
    assert webhook not in text
    assert "127.0.0.1" not in text


def test_an_attempt_without_an_answer_is_counted_and_not_timed() -> None:
    metrics = Metrics()
    for outcome in (Outcome(Fault.TIMEOUT, seconds=15.0), Outcome(Fault.UNREADABLE_EVENT), Outcome(status=204)):
        metrics.count_attempt(Attempt("wh-1", 5, "case.closed.v1", 1, outcome, dead=False))
    lines = metrics.text().decode().splitlines()
    assert "allocation_webhook_answer_seconds_count 0.0" in lines
    for name in ("timeout", "unreadable_event", "delivered"):
        assert f'allocation_webhook_attempts_total{{outcome="{name}"}} 1.0' in lines
