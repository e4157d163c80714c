"""Webhooks over HTTP: subscribed once, the secret shown once, delivered and signed, ended."""

import json
import socket
import threading
from typing import Any

import pytest
from standardwebhooks import Webhook

from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.webhooks import (
    PRIVATE_NETWORKS,
    Deliverer,
    Fault,
    HttpSending,
    NameLookups,
    Outcome,
    TargetRules,
)
from tests.interfaces.api.conftest import HISTORY, NOW, Callers
from tests.interfaces.webhooks.receiver import receiving
from tests.interfaces.webhooks.service import Clock, Script
from tests.interfaces.webhooks.service import Service as WebhookService

LOCAL = TargetRules(allow_http=True, allowed_networks=PRIVATE_NETWORKS)
CLOSED = {
    "type": "case.closed.v1",
    "event": {"case_id": "c-000001"},
    "occurred_at": "2026-11-20T11:00:00Z",
    "source_system": "cms",
    "source_id": "x-1",
}


@pytest.fixture
def local(callers: Callers) -> Callers:
    object.__setattr__(callers.service, "webhook_targets", LOCAL)
    return callers


@pytest.fixture
def any_local(any_callers: Callers) -> Callers:
    object.__setattr__(any_callers.service, "webhook_targets", LOCAL)
    return any_callers


def post(callers: Callers, path: str, body: Any = None, **headers: str) -> Any:
    whole = {**callers.as_(Role.SYSTEM), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return callers.http.post(f"/v1/webhooks{path}", headers=whole, json=body)


def test_an_event_reaches_a_subscriber_signed(local: Callers) -> None:
    with receiving() as receiver:
        made = post(local, "", {"url": receiver.url, "event_types": ["case.closed"]})
        assert (made.status_code, made.json()["position"]) == (201, len(HISTORY))
        local.http.post("/v1/events", headers=local.as_(Role.SYSTEM), json=CLOSED)
        engine = local.service.engine
        with Deliverer(engine.store, engine.clock, sending=HttpSending(LOCAL)):
            receiver.wait_until(lambda got: len(got) == 1)
    (got,) = receiver.got
    sent = json.loads(got.body)
    assert (sent["type"], sent["data"]["event"]) == ("case.closed.v1", {"case_id": "c-000001"})
    headers = {name.lower(): value for name, value in got.headers.items()}
    headers["webhook-timestamp"] = headers["webhook-timestamp"]
    assert Webhook(made.json()["secret"]).sign(headers["webhook-id"], engine.clock(), got.body.decode()) in headers[
        "webhook-signature"
    ].split(" ")


def test_the_secret_is_shown_once(local: Callers) -> None:
    body = {"url": "http://127.0.0.1:9999/hooks"}
    made = post(local, "", body, Idempotency_Key="w-1").json()
    again = post(local, "", body, Idempotency_Key="w-1").json()
    assert made["secret"].startswith("whsec_")
    assert (again["id"], again["secret"]) == (made["id"], None)
    listed = local.http.get("/v1/webhooks", headers=local.as_(Role.SYSTEM))
    assert [one["id"] for one in listed.json()["webhooks"]] == [made["id"]]
    assert made["secret"] not in listed.text
    rotated = post(local, f"/{made['id']}/rotate-secret").json()
    assert rotated["secret"] not in {made["secret"], None}
    for document in local.service.engine.store.documents.all("receipt"):
        assert made["secret"].encode() not in document.body


def test_a_webhook_is_paused_resumed_replayed_and_ended(local: Callers) -> None:
    webhook = post(local, "", {"url": "http://127.0.0.1:9999/hooks"}).json()["id"]
    assert not post(local, f"/{webhook}/pause").json()["active"]
    assert post(local, f"/{webhook}/resume").json()["active"]
    assert post(local, f"/{webhook}/replay", {"after": 5}).json()["position"] == 5
    assert post(local, f"/{webhook}/replay", {"after": 10**9}).status_code == 422
    dead = local.http.get(f"/v1/webhooks/{webhook}/dead-letters", headers=local.as_(Role.SYSTEM))
    assert dead.json() == {"dead_letters": [], "next": None}
    assert post(local, f"/{webhook}/dead-letters/7/replay").status_code == 404
    assert post(local, f"/{webhook}/unsubscribe").status_code == 200
    assert local.http.get(f"/v1/webhooks/{webhook}", headers=local.as_(Role.SYSTEM)).status_code == 404


def test_all_dead_letters_are_replayed_at_once_and_a_repeated_call_has_one_effect(any_local: Callers) -> None:
    webhook = post(any_local, "", {"url": "http://127.0.0.1:9999/hooks"}).json()["id"]
    for number in (1, 2):
        event = {**CLOSED, "event": {"case_id": f"c-90000{number}"}, "source_id": f"x-{number}"}
        assert any_local.http.post("/v1/events", headers=any_local.as_(Role.SYSTEM), json=event).status_code == 201
    script = Script(always=Outcome(Fault.STATUS, 500))
    webhooks = WebhookService(any_local.service.engine.store, Clock(NOW))
    deliverer = webhooks.deliverer(script)
    webhooks.to_the_end(deliverer)
    place = f"/{webhook}/dead-letters"
    positions = [one["position"] for one in dead_letters(any_local, webhook)]
    assert positions == [len(HISTORY) + 1, len(HISTORY) + 2]
    replayed = post(any_local, f"{place}/replay", Idempotency_Key="all-1")
    assert (replayed.status_code, replayed.json()["id"], replayed.json()["pending"]) == (200, webhook, 2)
    assert dead_letters(any_local, webhook) == []
    script.always, script.sent = Outcome(status=200), []
    webhooks.to_the_end(deliverer)
    assert script.positions == positions
    again = post(any_local, f"{place}/replay", Idempotency_Key="all-1")
    assert again.json() == replayed.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    webhooks.to_the_end(deliverer)
    assert script.positions == positions
    assert post(any_local, f"{place}/replay").json()["pending"] == 0
    assert post(any_local, "/wh-none/dead-letters/replay").status_code == 404


def dead_letters(callers: Callers, webhook: str) -> Any:
    listed = callers.http.get(f"/v1/webhooks/{webhook}/dead-letters", headers=callers.as_(Role.SYSTEM))
    return listed.json()["dead_letters"]


def test_an_answer_that_is_a_webhook_has_an_example_that_shows_all_of_it(local: Callers) -> None:
    made = post(local, "", {"url": "http://127.0.0.1:9999/hooks"}).json()
    shown = {name for name, value in made.items() if value is not None}  # the description leaves out what is null
    for path, methods in local.http.get("/v1/openapi.json").json()["paths"].items():
        if not path.startswith("/v1/webhooks/{webhook_id}") or path.endswith("/dead-letters"):
            continue
        for operation in methods.values():
            example = operation["responses"]["200"]["content"]["application/json"]["example"]
            secret = {"secret"} if "rotate" in path else set()
            assert example.keys() == shown - {"secret"} | secret, path


def test_a_host_that_is_not_found_in_time_is_refused_by_that_name(local: Callers) -> None:
    object.__setattr__(local.service, "names", NameLookups(most=0))
    answer = post(local, "", {"url": "https://receiver.test/hooks"})
    assert (answer.status_code, answer.json()["rule"]) == (422, "lookup_timeout")
    assert "try again" in answer.json()["detail"]
    assert "receiver.test" not in answer.text


def test_a_resolver_that_hangs_holds_neither_a_request_nor_the_stopping_of_the_server(
    local: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, asked = threading.Event(), threading.Event()
    original = socket.getaddrinfo

    def hanging(host: Any, *rest: Any, **more: Any) -> Any:
        if host == "receiver.test":
            asked.set()
            over.wait(60)
        return original(host, *rest, **more)

    service = local.service
    with receiving() as receiver:
        object.__setattr__(service, "names", NameLookups(lambda _host, _port: ["127.0.0.1"]))
        post(local, "", {"url": receiver.url.replace("127.0.0.1", "receiver.test")})
        object.__setattr__(service, "names", NameLookups())
        monkeypatch.setattr(socket, "getaddrinfo", hanging)
        monkeypatch.setattr("allocation_engine.interfaces.webhooks.webhooks.ATTEMPT_SECONDS", 0.05)
        try:
            assert post(local, "", {"url": "https://receiver.test/hooks"}).json()["rule"] == "lookup_timeout"
            asked.clear()
            local.http.post("/v1/events", headers=local.as_(Role.SYSTEM), json=CLOSED)
            sending = HttpSending(LOCAL, seconds=0.5)
            with Deliverer(service.engine.store, service.clock, sending=sending, observe=service.metrics.count_attempt):
                assert asked.wait(60)
        finally:
            over.set()
        assert receiver.got == []
    assert 'outcome="timeout"} 1.0' in local.http.get("/metrics").text


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://example.com/hooks", "scheme"),
        ("https://127.0.0.1/hooks", "loopback"),
        ("https://10.1.2.3/hooks", "private"),
        ("https://169.254.169.254/latest", "cloud_metadata"),
        ("https://[::ffff:10.0.0.1]/", "private"),
        ("https://user:secret@example.com/", "userinfo"),
        ("not a url", "malformed"),
    ],
)
def test_nothing_is_sent_into_private_networks(callers: Callers, url: str, rule: str) -> None:
    answer = post(callers, "", {"url": url})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/target_refused")
    assert answer.json()["rule"] == rule
    assert "user:" not in answer.text


def test_an_unknown_kind_of_event_is_refused(local: Callers) -> None:
    answer = post(local, "", {"url": "http://127.0.0.1:9999/", "event_types": ["case.exploded"]})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unknown_event_type")
