"""What happens to every request, whatever it asks: a limit on its body, a correlation id, a line in the log, a count."""

import time
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from asgi_correlation_id import correlation_id
from fastapi.responses import JSONResponse
from opentelemetry.trace import get_current_span
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from allocation_engine.interfaces.api.problems import PAGES, problem
from allocation_engine.interfaces.api.service import MIB, Service
from allocation_engine.interfaces.telemetry.attributes import CORRELATION_ID

log = structlog.get_logger("allocation_engine.http")

FRAMES_TOLD = 12

STREAMS = frozenset({"/v1/events/stream"})
"""Paths whose body is read line by line, so that it may be of any length."""


class BodyLimit:
    """Refuses a body that is too large, by what it says of itself or by what comes, before it is all in memory."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._most = service.limits.body_mib * MIB

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body."""
        if scope["type"] != "http" or scope["path"] in STREAMS:
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._most:
            await _refuse(send)
            return
        seen, answered = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                raise _TooLarge
            return message

        async def noting(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, noting)
        except _TooLarge:
            if not answered:
                await _refuse(send)


class _TooLarge(Exception):
    pass


async def _refuse(send: Send) -> None:
    body = problem("too_large").marshal(uri=PAGES)
    response = JSONResponse(body, 413, media_type="application/problem+json")
    await send({"type": "http.response.start", "status": 413, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body})


class Watched:
    """Counts and logs each request: endpoint, status, time, and which key; never a path's ids, a body or a person."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        if (correlation := correlation_id.get()) is not None:
            # Where nothing is traced, nothing comes of it.
            get_current_span().set_attribute(CORRELATION_ID, correlation)

        async def noting(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            log.error("failed", error=type(error).__name__, where=_where(error), correlation_id=correlation_id.get())  # noqa: TRY400
            raise
        finally:
            state = scope.get("state", {})
            operation = state.get("operation", "other")
            seconds = time.perf_counter() - began
            self._service.metrics.requests.labels(operation, str(status)).inc()
            self._service.metrics.seconds.labels(operation).observe(seconds)
            log.info(
                "request",
                operation=operation,
                method=scope["method"],
                status=status,
                milliseconds=round(seconds * 1000, 1),
                credential=state.get("actor"),
                correlation_id=correlation_id.get(),
            )


def _where(error: Exception) -> list[str]:
    """Name the places that an error came through; its own words may repeat what the caller sent, so they are left out."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-FRAMES_TOLD:]]
