"""Webhooks over HTTP: subscribed once, the secret shown once, delivered and signed, ended."""

import json
from typing import Any

import pytest
from standardwebhooks import Webhook

from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.webhooks import PRIVATE_NETWORKS, Deliverer, HttpSending, TargetRules
from tests.interfaces.api.conftest import HISTORY, Callers
from tests.interfaces.webhooks.receiver import receiving

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
