"""The client tries again where that helps, with one key for all tries, and tells what went wrong where it does not."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from allocation_engine.client import Client, Fault, Problem, Retries, Unreachable

STORED = {"status": "stored", "source_system": "s", "source_id": "1", "position": 7}
EVENT: dict[str, Any] = {
    "type": "case.assigned.v1",
    "event": {},
    "occurred_at": "2026-11-02T09:30:00Z",
    "source_system": "s",
    "source_id": "1",
}

Answer = httpx.Response | Exception


class Service:
    """Gives the answers in turn, the last one for ever, and keeps what it was asked."""

    def __init__(self, *answers: Answer | Callable[[httpx.Request], httpx.Response]) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.slept: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    def client(self, tries: int = 10) -> Client:
        retries = Retries(tries=tries, sleep=self.slept.append, drawn=lambda: 0.5)
        return Client("http://service", "ae_x_y", retries=retries, transport=httpx.MockTransport(self))


def problem(status: int, code: str, headers: dict[str, str] | None = None, **more: object) -> httpx.Response:
    body = {"type": f"/problems/{code}", "title": "t", "status": status, "detail": "d", **more}
    return httpx.Response(status, json=body, headers={"content-type": "application/problem+json", **(headers or {})})


def test_all_tries_of_a_post_carry_one_key() -> None:
    service = Service(
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("no answer"),
        problem(503, "store_unavailable"),
        problem(409, "concurrent_write"),
        httpx.Response(201, json=STORED),
    )
    assert service.client().send_event(EVENT).position == 7
    assert len({request.headers["Idempotency-Key"] for request in service.asked}) == 1
    assert len(service.asked) == 5
    assert service.asked[0].headers["Authorization"] == "Bearer ae_x_y"


def test_two_calls_have_two_keys() -> None:
    service = Service(httpx.Response(201, json=STORED))
    client = service.client()
    client.send_event(EVENT)
    client.send_event(EVENT)
    assert len({request.headers["Idempotency-Key"] for request in service.asked}) == 2


def test_a_caller_may_keep_the_key_itself() -> None:
    service = Service(httpx.Response(201, json=STORED))
    service.client().send_event(EVENT, key="kept")
    assert service.asked[0].headers["Idempotency-Key"] == "kept"


def test_waits_double_up_to_the_most_and_are_partly_drawn() -> None:
    service = Service(httpx.ConnectError("refused"))
    with pytest.raises(Unreachable) as caught:
        service.client().me()
    assert caught.value.tries == 10
    assert caught.value.why == "ConnectError"
    assert service.slept == [0.75 * ceiling for ceiling in (0.25, 0.5, 1, 2, 4, 8, 16, 20, 20)]


def test_retry_after_is_heeded_where_it_is_longer() -> None:
    service = Service(problem(429, "too_many_requests", {"Retry-After": "3"}), httpx.Response(200, json={"actor": "a"}))
    assert service.client().me() == {"actor": "a"}
    assert service.slept == [3.0]


def test_a_problem_that_another_try_would_meet_again_is_raised_at_once() -> None:
    faults = [{"field": "occurred_at", "fault": "Field required"}]
    service = Service(problem(422, "invalid_event", {"X-Correlation-ID": "c-1"}, faults=faults, items=[1]))
    with pytest.raises(Problem) as caught:
        service.client().send_event(EVENT)
    found = caught.value
    assert (found.status, found.code, found.correlation_id) == (422, "invalid_event", "c-1")
    assert found.faults == (Fault("occurred_at", "Field required"),)
    assert found.more == {"items": [1]}
    assert len(service.asked) == 1


def test_a_problem_met_at_each_try_is_raised_at_the_end() -> None:
    service = Service(problem(503, "store_unavailable"))
    with pytest.raises(Problem) as caught:
        service.client(tries=3).me()
    assert caught.value.code == "store_unavailable"
    assert len(service.asked) == 3


def test_a_page_of_a_proxy_is_told_by_its_status() -> None:
    service = Service(httpx.Response(502, text="<html>bad gateway"), httpx.Response(404, text="<html>nothing here"))
    with pytest.raises(Problem) as caught:
        service.client().me()
    assert (caught.value.status, caught.value.code) == (404, "unknown")


def test_a_mistaken_address_is_not_tried_again() -> None:
    never = Retries(sleep=lambda _: pytest.fail("it waited"))
    with Client("ftp://service", "k", retries=never) as client, pytest.raises(httpx.UnsupportedProtocol):
        client.me()


def test_the_client_needs_nothing_of_the_server() -> None:
    heavy = "('fastapi', 'uvicorn', 'ortools', 'numba', 'numpy', 'polars', 'eventsourcing', 'psycopg', 'typer')"
    code = f"import allocation_engine.client, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
