"""What is traced of the service, and that nothing of it says who or what was asked about."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_trace_id

from allocation_engine.bootstrap import open_engine
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.app import create_app
from allocation_engine.interfaces.api.operations.logs import with_trace
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.api.serving import deliverer_of
from allocation_engine.interfaces.telemetry.attributes import (
    ALLOWED,
    CORRELATION_ID,
    ERROR_TYPE,
    EVENTS,
    OUTCOME,
    STATUS,
)
from allocation_engine.interfaces.telemetry.tracing import Tracing
from allocation_engine.interfaces.web.pages import ROUTERS
from tests.interfaces.api.conftest import HISTORY, NOW, Callers
from tests.interfaces.api.test_roles import operations
from tests.interfaces.api.test_webhook_routes import CLOSED, LOCAL, post
from tests.interfaces.webhooks.receiver import Say, receiving

MARK = "marker"
"""Stands in everything that a caller sends, and must stand in nothing that leaves."""

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SENT = {
    "User-Agent": f"{MARK}-agent",
    "Host": f"{MARK}.example",
    "X-Forwarded-For": "192.0.2.77",
    "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
    "tracestate": f"vendor={MARK}",
    "baggage": f"user={MARK}",
}


class Traced:
    """A service whose spans are kept here instead of being sent."""

    def __init__(self, callers: Callers, exporter: InMemorySpanExporter, tracing: Tracing) -> None:
        self.callers = callers
        self.exporter = exporter
        self.tracing = tracing

    def spans(self, name: str | None = None) -> list[ReadableSpan]:
        return [one for one in self.exporter.get_finished_spans() if name in {None, one.name}]

    def span(self, name: str) -> ReadableSpan:
        (found,) = self.spans(name)
        return found


def attribute(span: ReadableSpan, name: str) -> Any:
    return (span.attributes or {}).get(name)


@pytest.fixture
def traced() -> Iterator[Traced]:
    exporter = InMemorySpanExporter()
    tracing = Tracing(exporter, SimpleSpanProcessor)
    with open_engine("memory://", clock=lambda: NOW, person_keys="memory", within_append=tracing.append) as engine:
        engine.ingest(HISTORY)
        callers = Callers(Service(engine, webhook_targets=LOCAL), tracing.of_requests)
        callers.as_(Role.SYSTEM)
        exporter.clear()
        yield Traced(callers, exporter, tracing)
    tracing.close()


def test_a_request_is_traced_by_its_route_with_the_correlation_id_of_its_answer(traced: Traced) -> None:
    correlation = str(uuid4())
    headers = {**traced.callers.as_(Role.SYSTEM), **SENT, "X-Correlation-ID": correlation}
    answer = traced.callers.http.get("/v1/workers/w-0003", headers=headers, params={"as_at": "2026-11-01T00:00:00Z"})
    assert (answer.status_code, answer.headers["X-Correlation-ID"]) == (200, correlation)
    span = traced.span("GET /v1/workers/{worker_id}")
    assert span.attributes == {
        "http.request.method": "GET",
        "http.route": "/v1/workers/{worker_id}",
        "http.response.status_code": 200,
        "network.protocol.version": "1.1",
        "url.scheme": "http",
        CORRELATION_ID: correlation,
    }
    assert span.kind is SpanKind.SERVER
    assert span.context is not None
    assert span.parent is not None
    assert format_trace_id(span.context.trace_id) == TRACE
    assert not span.context.trace_state
    assert not span.parent.trace_state


def test_nothing_that_a_caller_sends_leaves_with_a_span(traced: Traced) -> None:
    templates = {*call_every_endpoint(traced.callers), *call_every_page(traced.callers)}
    templates |= {"/problems/{code}", "/desk/static/{path}", "/desk/{path}"}
    for path in (f"/v1/{MARK}", f"/{MARK}", f"/desk/{MARK}", f"/desk/static/{MARK}.css", f"/problems/{MARK}"):
        traced.callers.http.get(path, headers=SENT)
    traced.callers.http.request(MARK.upper(), f"/v1/workers/{MARK}", headers=SENT)
    spans = traced.spans()
    assert len(spans) > 150
    for one in spans:
        assert set(one.attributes or {}) <= ALLOWED
        assert (tuple(one.events), tuple(one.links), one.status.description) == ((), (), None)
        if (route := attribute(one, "http.route")) is not None:
            assert route in templates
        assert one.name in {"append", "GET", f"GET {route}", f"POST {route}", f"HTTP {route}"}
        told = one.to_json().lower()
        for word in (MARK, "192.0.2.77", "testclient", "127.0.0.1", "as_at"):
            assert word not in told


def call_every_endpoint(callers: Callers) -> Iterator[str]:
    """Call every endpoint in several roles, with ids, a query, a body and headers that must not leave; give the routes."""
    for role in (Role.SYSTEM, Role.MANAGER, Role.PRACTITIONER):
        for _, method, template, operation in operations(callers.http.app):  # type: ignore[arg-type]
            kind = next(iter(operation.get("requestBody", {}).get("content", {"application/json": {}})))
            headers = {**callers.as_(role), **SENT, "content-type": kind, "X-Correlation-ID": MARK}
            content = None if method == "get" else json.dumps({MARK: MARK})
            query = {MARK: MARK, "as_at": MARK}
            callers.http.request(method, filled(template), headers=headers, params=query, content=content)
            yield template


def call_every_page(callers: Callers) -> Iterator[str]:
    """Ask for every page of the desk; give the routes."""
    for route in (route for router in ROUTERS for route in router.routes):
        assert isinstance(route, APIRoute)
        callers.http.get(f"/desk{filled(route.path)}", headers=SENT, params={MARK: MARK}, follow_redirects=False)
        yield f"/desk{route.path}"


def filled(template: str) -> str:
    return "/".join(f"{MARK}-1" if part.startswith("{") else part for part in template.split("/"))


def test_what_an_unexpected_error_says_stays_here(traced: Traced, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(f"{MARK} of somebody")

    monkeypatch.setattr("allocation_engine.interfaces.api.routes.reads.explain_load", breaks)
    assert traced.callers.http.get("/v1/workers/w-0003", headers=traced.callers.as_(Role.SYSTEM)).status_code == 500
    span = traced.span("GET /v1/workers/{worker_id}")
    assert span.status.status_code is StatusCode.ERROR
    assert attribute(span, ERROR_TYPE) == "RuntimeError"
    assert MARK not in span.to_json()


def test_an_append_belongs_to_the_request_that_brought_the_events(traced: Traced) -> None:
    send = traced.callers.http.post
    headers = traced.callers.as_(Role.SYSTEM)
    for path, body, number in (
        ("/v1/events", CLOSED, 1),
        ("/v1/events/batch", {"events": [{**CLOSED, "source_id": f"x-{n}"} for n in (2, 3)]}, 2),
    ):
        traced.exporter.clear()
        assert send(path, headers=headers, json=body).is_success
        request, append = traced.span(f"POST {path}"), traced.span("append")
        assert append.parent == request.context
        assert attribute(append, EVENTS) == number
        assert append.status.status_code is StatusCode.UNSET


def test_an_append_that_is_undone_says_so(traced: Traced) -> None:
    send = traced.callers.http.post
    headers = traced.callers.as_(Role.SYSTEM)
    send("/v1/events", headers=headers, json=CLOSED)
    traced.exporter.clear()
    assert send("/v1/events", headers=headers, json=CLOSED).json()["status"] == "already_known"
    undone = [attribute(one, ERROR_TYPE) for one in traced.spans("append")]
    assert undone[0] == "_NotAllNewError"
    assert undone[-1] is None


def test_each_attempt_to_deliver_a_message_is_traced_by_its_outcome(traced: Traced) -> None:
    with receiving() as receiver:
        receiver.answers = [Say(200), Say(410)]
        post(traced.callers, "", {"url": receiver.url})
        with deliverer_of(traced.callers.service, traced.tracing):
            for number in (1, 2):
                event = {**CLOSED, "event": {"case_id": f"c-90000{number}"}, "source_id": f"x-{number}"}
                traced.callers.http.post("/v1/events", headers=traced.callers.as_(Role.SYSTEM), json=event)
                receiver.wait_until(lambda got, number=number: len(got) == number)  # type: ignore[misc]
        assert all("traceparent" not in got.headers for got in receiver.got)
    well, gone = traced.spans("webhook attempt")
    assert well.attributes == {OUTCOME: "delivered", STATUS: 200}
    assert gone.attributes == {OUTCOME: "gone", STATUS: 410, ERROR_TYPE: "gone"}
    assert (well.status.status_code, gone.status.status_code) == (StatusCode.UNSET, StatusCode.ERROR)
    assert {one.kind for one in (well, gone)} == {SpanKind.CLIENT}


def test_work_that_fails_says_by_what_kind_of_error_and_no_more(traced: Traced) -> None:
    def fail() -> None:
        with traced.tracing.work("proposal"):
            raise ValueError(MARK)

    with pytest.raises(ValueError, match=MARK):
        fail()
    span = traced.span("proposal")
    assert (attribute(span, ERROR_TYPE), span.status.status_code) == ("ValueError", StatusCode.ERROR)
    assert MARK not in span.to_json()


def test_a_line_of_the_log_names_the_trace_that_it_belongs_to(traced: Traced) -> None:
    assert with_trace(None, "info", {"event": "outside"}) == {"event": "outside"}
    with traced.tracing.work("proposal"):
        line = with_trace(None, "info", {"event": "inside"})
    context = traced.span("proposal").context
    assert context is not None
    assert line == {"event": "inside", "trace_id": format_trace_id(context.trace_id)}


def test_health_and_metrics_are_not_traced(traced: Traced) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert traced.callers.http.get(path).status_code == 200
    assert traced.spans() == []


def test_nothing_is_traced_unless_it_is_asked_for_whatever_the_process_traces(
    traced: Traced, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent that instruments the whole process would else be told paths and the words of errors."""
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: traced.tracing._provider)
    silent = Callers(traced.callers.service)
    traced.exporter.clear()
    assert silent.http.get("/v1/workers", headers=traced.callers.as_(Role.SYSTEM)).status_code == 200
    assert silent.http.get("/desk/", follow_redirects=False).status_code in {303, 307, 401}
    assert traced.spans() == []
    assert create_app(traced.callers.service)._telemetry["auto_configure"] is False
