"""A served store with a collector beside it: what the variables promise arrives, also from the processes beside the server."""

import gzip
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from allocation_engine.bootstrap import open_engine
from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.service import Service
from tests.interfaces.api.conftest import HISTORY, NOW


class Collector:
    """Takes spans in as an OpenTelemetry collector does."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self.came = threading.Condition()

    def take(self, body: bytes) -> None:
        sent = ExportTraceServiceRequest.FromString(body)
        with self.came:
            for resource in sent.resource_spans:
                told = {one.key: one.value.string_value for one in resource.resource.attributes}
                self.services.add(told["service.name"])
                self.spans += [span for scope in resource.scope_spans for span in scope.spans]
            self.came.notify_all()

    def wait_for(self, name: str) -> list[Span]:
        def found() -> list[Span]:
            return [one for one in self.spans if one.name == name]

        with self.came:
            assert self.came.wait_for(lambda: bool(found()), timeout=120), [one.name for one in self.spans]
            return found()


@contextmanager
def collecting() -> Iterator[tuple[str, Collector]]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(store: str, log: Path, **environment: str) -> Iterator[httpx.Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "allocation_engine", "serve", "--port", f"{port}", "--store", store]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:
                wait_until(lambda: is_ready(http) or process.poll() is not None)
                assert process.poll() is None, log.read_text()
                yield http
        finally:
            process.terminate()
            process.wait(60)


def is_ready(http: httpx.Client) -> bool:
    try:
        return http.get("/health/ready").is_success
    except httpx.TransportError:
        return False


def wait_until(so: Callable[[], bool]) -> None:
    for _ in range(1200):
        if so():
            return
        time.sleep(0.1)


def test_spans_reach_the_collector_and_the_log_names_their_traces(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'service.sqlite'}"
    with open_engine(store, clock=lambda: NOW) as engine:
        engine.ingest(HISTORY)
        keys = Service(engine).keys
        key = keys.issue(keys.draft(KeyRequest(actor="m-1", role=Role.MANAGER), "0a1b2c3d4e5f", "m-1"))
    log = tmp_path / "server.log"
    with collecting() as (endpoint, collector):
        settings = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
            "OTEL_SERVICE_NAME": "north",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
            "NO_PROXY": "127.0.0.1",
        }
        with serving(store, log, **settings) as http:
            http.headers["Authorization"] = f"Bearer {key}"
            assert http.get("/v1/workers/w-0003").status_code == 200
            assert http.post("/v1/proposals", json={"effort": 1}).status_code == 202
            (asked,) = collector.wait_for("POST /v1/proposals")
            (made,) = collector.wait_for("proposal")
        (read,) = collector.wait_for("GET /v1/workers/{worker_id}")
        appends = collector.wait_for("append")
    assert collector.services == {"north"}
    assert {asked.span_id, made.span_id} <= {one.parent_span_id for one in appends}
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    (line,) = [one for one in lines if one.get("operation") == "read_worker"]
    assert line["trace_id"] == read.trace_id.hex()
    told = {one.key: one.value for one in read.attributes}
    assert line["correlation_id"] == told["allocation.correlation_id"].string_value
    assert told["http.response.status_code"].int_value == 200
    assert not any("w-0003" in f"{one}" for one in collector.spans)
