"""The conformance script passes where all is well, and names what is wrong where something in between spoils it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest
from fastapi.testclient import TestClient

from allocation_engine.bootstrap import open_engine
from allocation_engine.conformance import __main__ as command
from allocation_engine.conformance.report import Result, closing, document, line_of, run
from allocation_engine.conformance.signed_example import signed_example
from allocation_engine.conformance.steps import STEPS, Session
from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.app import create_app
from allocation_engine.interfaces.api.jobs.making import make
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.generator import ServiceShape, generate

NOW = datetime.now(UTC)
HISTORY = tuple(generate(ServiceShape(ends_at=NOW, workers=6, waiting=2, weeks=4), seed=4))


@pytest.fixture
def service() -> Iterator[Service]:
    with open_engine("memory://", person_keys="memory") as engine:
        engine.ingest(HISTORY)
        yield Service(engine)


def key_of(service: Service, role: Role) -> str:
    asked = KeyRequest(actor=f"a-{role.value}", role=role)
    return service.keys.issue(service.keys.draft(asked, service.new_bytes(6).hex(), "m-1"))


def session_of(service: Service, *, manager: bool = True, role: Role = Role.SYSTEM) -> Session:
    """Give a session over the service itself, with what a real server adds: the date, and somebody who makes proposals."""

    def served(response: httpx.Response) -> None:
        response.headers["date"] = format_datetime(datetime.now(UTC), usegmt=True)
        if response.request.method == "POST" and response.request.url.path == "/v1/proposals":
            response.read()
            make(service.engine, response.json()["proposal_id"], "maker")

    http = TestClient(create_app(service), headers={"Authorization": f"Bearer {key_of(service, role)}"})
    http.event_hooks["response"].append(served)
    return Session(http, key_of(service, Role.MANAGER) if manager else None)


def failed(results: list[Result]) -> list[str]:
    return [one.step for one in results if one.outcome == "failed"]


def test_every_step_passes_against_the_service_as_often_as_it_is_run(service: Service) -> None:
    for _ in range(2):
        results = run(session_of(service))
        assert [(one.step, one.what) for one in results if one.outcome != "passed"] == []
        assert len(results) == len(STEPS) > 25


def test_without_a_managers_key_the_steps_about_decisions_are_left_out(service: Service) -> None:
    results = run(session_of(service, manager=False))
    assert [one.outcome for one in results if one.outcome != "passed"] == ["skipped", "skipped"]
    assert "--manager-key" in line_of(next(one for one in results if one.outcome == "skipped"))


def test_nothing_that_was_sent_is_left_in_force(service: Service) -> None:
    before = len(service.engine.situation(None, None).waiting)
    session = session_of(service)
    assert failed(run(session)) == []
    situation = service.engine.situation(None, None)
    assert len(situation.waiting) == before
    assert not any(str(worker).startswith(session.mark) and held for worker, held in situation.caseloads.items())


def drop_from_answers(*names: str) -> Callable[[httpx.Response], None]:
    def drop(response: httpx.Response) -> None:
        for name in names:
            response.headers.pop(name, None)

    return drop


@pytest.mark.parametrize(
    ("dropped", "step"),
    [
        ("location", "An event in plain JSON is stored"),
        ("etag", "What has not changed is not sent again"),
        ("x-correlation-id", "Your correlation id comes back"),
        ("www-authenticate", "Nobody is let in without a key"),
        ("date", "Both clocks agree"),
    ],
)
def test_a_proxy_that_drops_a_header_of_answers_is_found_out(service: Service, dropped: str, step: str) -> None:
    session = session_of(service, manager=False)
    session.http.event_hooks["response"].append(drop_from_answers(dropped))
    assert step in failed(run(session))


@pytest.mark.parametrize(
    ("dropped", "step"),
    [
        ("idempotency-key", "A repeated call gets the answer of the first"),
        ("if-none-match", "What has not changed is not sent again"),
        ("if-match", "A decision says what it is on"),
        ("accept", "Lists come as CSV where they are asked for so"),
    ],
)
def test_a_proxy_that_drops_a_header_of_calls_is_found_out(service: Service, dropped: str, step: str) -> None:
    session = session_of(service, manager=dropped == "if-match")

    def drop(request: httpx.Request) -> None:
        request.headers.pop(dropped, None)

    session.http.event_hooks["request"].append(drop)
    results = run(session)
    assert step in failed(results)
    told = line_of(next(one for one in results if one.step == step))
    assert told.startswith("failed")
    assert next(one.remedy for one in STEPS if one.title == step) in told


def test_a_key_of_another_role_is_found_out(service: Service) -> None:
    assert "The key is a system's, and may send and read" in failed(
        run(session_of(service, manager=False, role=Role.MANAGER))
    )


def test_a_clock_that_is_off_is_found_out(service: Service) -> None:
    session = session_of(service, manager=False)

    def late(response: httpx.Response) -> None:
        response.headers["date"] = "Mon, 01 Jan 2024 00:00:00 GMT"

    session.http.event_hooks["response"].append(late)
    assert failed(run(session)) == ["Both clocks agree"]


def test_a_service_that_is_not_there_fails_every_step() -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with httpx.Client(base_url="http://nowhere.example", transport=httpx.MockTransport(nobody)) as http:
        results = run(Session(http))
    assert "The service is reached and describes itself" in failed(results)
    assert "The way to it is encrypted" in failed(results)


def test_the_example_of_a_webhook_is_signed_as_standard_webhooks_has_it() -> None:
    example = signed_example()
    key = base64.b64decode(example.secret.removeprefix("whsec_"))
    signed = f"{example.headers['webhook-id']}.{example.headers['webhook-timestamp']}.{example.body}".encode()
    assert (
        example.headers["webhook-signature"]
        == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    )
    assert example.secret in closing([])


def test_the_command_says_by_its_status_whether_all_is_well(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    session = session_of(service)
    monkeypatch.setattr(command, "Session", lambda *_: session)
    assert command.main(["http://testserver", "--key", "k"]) == 0
    assert "0 failed" not in (out := capsys.readouterr().out)
    assert f"{len(STEPS)} passed" in out
    session = session_of(service)
    session.http.event_hooks["response"].append(drop_from_answers("etag"))
    assert command.main(["http://testserver", "--key", "k", "--json"]) == 1
    printed = capsys.readouterr().out  # after the service's own log lines, which in a test come here as well
    steps = json.loads(printed[printed.index("{\n") :])["steps"]
    assert {one["outcome"] for one in steps} == {"passed", "failed"}
    assert json.loads(document([]))["steps"] == []


def test_the_command_needs_a_key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv(command.KEY, raising=False)
    with pytest.raises(SystemExit):
        command.main(["http://testserver"])
    assert command.KEY in capsys.readouterr().err
