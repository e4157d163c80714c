"""Events in: whatever the network does, each is stored once, and each that is refused is said to be."""

import json
from typing import Any

import pytest

from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.examples import CLOUD_EVENT, EVENT
from allocation_engine.interfaces.api.service import Service
from tests.interfaces.api.conftest import HISTORY, Callers

HEAD = len(HISTORY)


def plain(number: int = 1, **more: Any) -> dict[str, Any]:
    return {**EVENT, "event": {"case_id": f"c-{number}", "worker_id": "w-0003"}, "source_id": f"a-{number}", **more}


def send(callers: Callers, body: Any, path: str = "/v1/events", kind: str = "application/json", **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body)
    whole = {**callers.as_(Role.SYSTEM), "content-type": kind, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return callers.http.post(path, content=content, headers=whole)


def stored(callers: Callers) -> int:
    return callers.service.engine.store.log.head() - HEAD


def test_an_event_is_stored_once_however_often_it_is_sent(any_callers: Callers) -> None:
    first = send(any_callers, plain())
    assert (first.status_code, first.json()["position"]) == (201, HEAD + 1)
    assert any_callers.http.get(first.headers["Location"], headers=any_callers.as_(Role.SYSTEM)).json()["event"] == {
        **plain()["event"],
        "role": "primary",
        "proposal_id": None,
    }
    again = send(any_callers, plain())
    assert (again.status_code, again.json()["status"]) == (200, "already_known")
    assert stored(any_callers) == 1


def test_the_same_request_gets_the_same_answer(any_callers: Callers) -> None:
    first = send(any_callers, plain(), Idempotency_Key="k-1")
    again = send(any_callers, plain(), Idempotency_Key="k-1")
    assert (first.status_code, first.json(), first.headers["Location"]) == (
        201,
        again.json(),
        again.headers["Location"],
    )
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    other = send(any_callers, plain(2), Idempotency_Key="k-1")
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency_key_reused")
    assert stored(any_callers) == 1


def test_another_event_under_a_known_id_is_not_lost_without_a_word(any_callers: Callers) -> None:
    send(any_callers, plain())
    answer = send(any_callers, plain(event={"case_id": "c-2", "worker_id": "w-0003"}))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/source_id_reused")


def test_a_batch_is_answered_item_by_item(any_callers: Callers) -> None:
    send(any_callers, plain(1))
    batch = [plain(1), plain(2), plain(2), {"type": "no.such.v1"}, plain(1, occurred_at="2026-11-03T09:30:00Z")]
    answer = send(any_callers, {"events": batch}, "/v1/events/batch")
    assert answer.status_code == 207
    told = [(one["status"], one.get("code"), one.get("position")) for one in answer.json()["items"]]
    assert told == [
        ("already_known", None, None),
        ("stored", None, HEAD + 2),
        ("already_known", None, None),
        ("refused", "invalid_event", None),
        ("refused", "source_id_reused", None),
    ]
    assert stored(any_callers) == 2


def test_an_atomic_batch_is_stored_whole_or_not_at_all(any_callers: Callers) -> None:
    refused = send(any_callers, {"events": [plain(1), {"bad": 1}], "atomic": True}, "/v1/events/batch")
    assert (refused.status_code, stored(any_callers)) == (422, 0)
    assert [one["status"] for one in refused.json()["items"]] == ["not_stored", "refused"]
    whole = send(any_callers, {"events": [plain(n) for n in range(1200)], "atomic": True}, "/v1/events/batch")
    assert (whole.status_code, whole.json()["stored"], stored(any_callers)) == (200, 1200, 1200)


def test_a_large_batch_is_stored_in_parts_and_its_answer_is_kept_with_the_last(any_callers: Callers) -> None:
    body = {"events": [plain(n) for n in range(2300)]}
    first = send(any_callers, body, "/v1/events/batch", Idempotency_Key="big")
    assert (first.status_code, first.json()["stored"]) == (200, 2300)
    assert [one["position"] for one in first.json()["items"]] == list(range(HEAD + 1, HEAD + 2301))
    again = send(any_callers, body, "/v1/events/batch", Idempotency_Key="big")
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_cloud_events_are_read_one_by_one_and_in_batches(callers: Callers) -> None:
    one = send(callers, CLOUD_EVENT, kind="application/cloudevents+json")
    assert (one.status_code, one.json()["source_system"], one.json()["source_id"]) == (
        201,
        "case-system",
        "referral-3391",
    )
    many = [CLOUD_EVENT, {**CLOUD_EVENT, "id": "r-2"}, {**CLOUD_EVENT, "id": "r-3", "specversion": "0.3"}]
    answer = send(callers, many, "/v1/events/batch", "application/cloudevents-batch+json")
    assert [item["status"] for item in answer.json()["items"]] == ["already_known", "stored", "refused"]


@pytest.mark.parametrize("missing", ["type", "source", "id", "time", "data", "specversion"])
def test_a_cloud_event_without_what_it_needs_says_so(callers: Callers, missing: str) -> None:
    body = {name: value for name, value in CLOUD_EVENT.items() if name != missing}
    answer = send(callers, body, kind="application/cloudevents+json")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid_event")
    assert answer.json()["faults"]


def test_a_stream_is_taken_line_by_line(any_callers: Callers) -> None:
    lines = [json.dumps(plain(n)) for n in range(1500)] + ["", "{bad", json.dumps(plain(3))]
    answer = send(any_callers, "\n".join(lines).encode(), "/v1/events/stream", "application/x-ndjson")
    told = answer.json()
    assert (answer.status_code, told["stored"], told["already_known"], told["refused"]) == (200, 1500, 1, 1)
    assert told["refused_lines"][0]["line"] == 1502
    assert stored(any_callers) == 1500


def test_an_event_is_retracted_and_corrected_by_its_own_id(any_callers: Callers) -> None:
    hours = {
        "type": "worker.hours_changed.v1",
        "event": {"worker_id": "w-0003", "fte": 0.5},
        "occurred_at": "2026-11-02T00:00:00Z",
        "source_system": "hr",
        "source_id": "h-1",
    }
    engine = any_callers.service.engine
    before = engine.account("w-0003").capacity
    assert before is not None
    send(any_callers, hours)
    assert engine.account("w-0003").capacity == pytest.approx(before / 2)
    right = {**hours, "event": {"worker_id": "w-0003", "fte": 0.75}}
    for status in (201, 200):
        assert send(any_callers, right, "/v1/corrections").status_code == status
    assert engine.account("w-0003").capacity == pytest.approx(before * 0.75)
    back = {"source_system": "hr", "source_id": "h-1", "reason": "recorded_in_error"}
    for status in (201, 200):
        assert send(any_callers, back, "/v1/retractions").status_code == status
    assert engine.account("w-0003").capacity == pytest.approx(before)
    unknown = send(any_callers, {**back, "source_id": "h-2"}, "/v1/retractions")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/not_found")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b'{"type": NaN}', "application/json", 422),
        (b"null", "application/json", 422),
        (json.dumps(plain()).encode(), "text/plain", 415),
        (json.dumps({**plain(), "source_system": "allocation-engine"}).encode(), "application/json", 422),
        (json.dumps({**plain(), "type": "allocation.approved.v1"}).encode(), "application/json", 422),
        (json.dumps({**plain(), "type": "correction.person_erased.v2"}).encode(), "application/json", 422),
        (json.dumps({**plain(), "event": {"case_id": "Jane Marker Roe"}}).encode(), "application/json", 422),
    ],
)
def test_what_cannot_be_taken_is_refused_without_an_echo(callers: Callers, body: bytes, kind: str, status: int) -> None:
    answer = send(callers, body, kind=kind)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Marker" not in answer.text
    assert stored(callers) == 0


def test_a_body_that_is_too_large_is_refused_before_it_is_read(callers: Callers) -> None:
    most = callers.service.limits.body_mib << 20
    assert send(callers, b" " * (most + 1)).status_code == 413

    def unannounced() -> Any:
        for _ in range(most // 65_536 + 2):
            yield b" " * 65_536

    headers = {**callers.as_(Role.SYSTEM), "content-type": "application/json"}
    assert callers.http.post("/v1/events", content=unannounced(), headers=headers).status_code == 413


def test_a_payload_that_comes_late_undoes_nothing(any_engine: Engine) -> None:
    callers = Callers(Service(any_engine, pseudonym_key=lambda: b"k" * 32))

    def deliver(worker: str, drawn_at: str) -> Any:
        body = [
            {
                "la_child_id": "K1",
                "social_care_episodes": [
                    {
                        "social_care_episode_id": "E1",
                        "referral_date": "2026-03-02",
                        "care_worker_details": [{"worker_id": worker, "start_date": "2026-03-02"}],
                    }
                ],
            }
        ]
        return send(callers, body, f"/v1/imports/dfe-daily?drawn_at={drawn_at}")

    newer = deliver("SWE2", "2026-11-19T07:00:00Z").json()
    assert [one["outcome"] for one in newer["items"]] == ["taken"]
    late = deliver("SWE1", "2026-11-19T06:00:00Z").json()
    assert [one["outcome"] for one in late["items"]] == ["older"]
    assert late["items"][0]["records"] == 0
    assert "older" in {note["code"] for note in late["notes"]}
    assert deliver("SWE1", "2026-11-19T06:00:00Z").json()["stored"] == 0
    ahead = deliver("SWE1", "2026-11-21T06:00:00Z")
    assert (ahead.status_code, ahead.json()["rule"]) == (422, "drawn_in_future")
