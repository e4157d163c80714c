"""Events in, one by one, in batches or as a stream; and out again as a feed."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from allocation_engine.interfaces import documents
from allocation_engine.interfaces.api.answers import Limit, answer, given, link
from allocation_engine.interfaces.api.bodies import (
    BatchAnswer,
    Correction,
    EventAnswer,
    Feed,
    Retraction,
    StoredEventAnswer,
    StreamAnswer,
)
from allocation_engine.interfaces.api.calls import (
    LARGE,
    Call,
    Post,
    caller,
    described_body,
    endpoint,
    poster,
    read_body,
)
from allocation_engine.interfaces.api.examples import BATCH_BODIES, EVENT_BODIES, STREAM_BODY
from allocation_engine.interfaces.api.intake.corrections import correct, retract
from allocation_engine.interfaces.api.intake.formats import (
    CLOUDEVENT,
    CLOUDEVENTS,
    JSON,
    NDJSON,
    Reader,
    Refused,
    SentEvents,
    parse,
    reader,
)
from allocation_engine.interfaces.api.intake.take_in import take_in, take_one_soon, told_otherwise
from allocation_engine.interfaces.api.problems import faults, problem
from domain.events.registry import faults_of

router = APIRouter(tags=["events"])

MOST_REFUSALS_TOLD = 1000
LINES_AT_ONCE = 1000


@router.post(
    "/events",
    **endpoint(
        "send_event",
        "invalid_event",
        "unknown_event_type",
        "source_id_reused",
        "idempotency_key_reused",
        "unsupported_media_type",
        "too_large",
        "person_erased",
        "concurrent_write",
        responses={200: {"model": EventAnswer, "description": "Known already"}, 201: {"model": EventAnswer}},
        openapi_extra={"requestBody": EVENT_BODIES},
    ),
    status_code=201,
    summary="Send one event",
)
async def send_event(post: Annotated[Post, Depends(poster("send_event", JSON, CLOUDEVENT))]) -> JSONResponse:
    """Take in one event, in any order and however late, as plain JSON or as a CloudEvent.

    It is known again by its source id: sent twice, it is stored once (201, then 200).
    """
    read = reader(post.media_type, post.who.actor, post.service.clock())
    item = read(parse(post.body)) if len(post.body) < LARGE else await run_in_threadpool(lambda: read(parse(post.body)))
    reply = await take_one_soon(post.once, item)
    _count(post, reply.body)
    return given(reply)


@router.post(
    "/events/batch",
    **endpoint(
        "send_events",
        "invalid_event",
        "idempotency_key_reused",
        "unsupported_media_type",
        "too_large",
        "person_erased",
        "concurrent_write",
        responses={
            200: {"model": BatchAnswer, "description": "All stored or known"},
            207: {"model": BatchAnswer, "description": "Some were refused; the others are stored or known"},
        },
        openapi_extra={"requestBody": BATCH_BODIES},
    ),
    summary="Send up to 10,000 events",
)
def send_events(
    post: Annotated[Post, Depends(poster("send_events", JSON, CLOUDEVENTS))],
    atomic: Annotated[
        bool, Query(description="Store all or none (for CloudEvents; plain JSON says it itself).")
    ] = False,
) -> JSONResponse:
    """Take in a batch; the answer says of each item what became of it, in the order in which they were sent."""
    sent = parse(post.body)
    try:
        batch = SentEvents.model_validate(
            {"events": sent, "atomic": atomic} if post.media_type == CLOUDEVENTS else sent
        )
    except ValidationError as error:
        raise problem("invalid_request", faults=faults(faults_of(error))) from None
    read = reader(post.media_type, post.who.actor, post.service.clock())
    reply = take_in(post.once, [read(item) for item in batch.events], atomic=batch.atomic)
    _count(post, reply.body)
    return given(reply)


@router.post(
    "/events/stream",
    **endpoint(
        "stream_events",
        "unsupported_media_type",
        "person_erased",
        "concurrent_write",
        responses={200: {"model": StreamAnswer}},
        openapi_extra={"requestBody": STREAM_BODY},
    ),
    summary="Stream events, one JSON object a line",
)
async def stream_events(request: Request, call: Annotated[Call, Depends(caller("stream_events"))]) -> Response:
    """Take in a stream of any length, a thousand lines at a time. Should it break off, send it again: nothing doubles."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != NDJSON:
        raise problem("unsupported_media_type")
    read = reader(JSON, call.who.actor, call.service.clock())
    total: dict[str, Any] = {"stored": 0, "already_known": 0, "refused": 0, "position": 0, "refused_lines": []}
    numbers = count(1)
    most = call.service.limits.body_mib << 20
    async for lines in _in_pages(_lines(request, most)):
        numbered = [(next(numbers), line) for line in lines]
        await run_in_threadpool(_take_lines, call, read, numbered, total)
    total["position"] = await run_in_threadpool(call.engine.store.log.head)
    return JSONResponse(total)


def _take_lines(call: Call, read: Reader, lines: list[tuple[int, bytes]], total: dict[str, Any]) -> None:
    items = [(number, _read_line(read, line)) for number, line in lines if line.strip()]
    outcomes = told_otherwise(call.engine.store.log, [item for _, item in items])
    records = [one for one in outcomes if not isinstance(one, Refused)]
    done = call.engine.store.log.ingest(records)
    total["stored"] += done.stored
    total["already_known"] += done.already_known
    for (number, _), outcome in zip(items, outcomes, strict=True):
        if isinstance(outcome, Refused):
            total["refused"] += 1
            if len(total["refused_lines"]) < MOST_REFUSALS_TOLD:
                refused = {"line": number, "code": outcome.code, "faults": faults(outcome.faults)}
                total["refused_lines"].append(refused)


def _read_line(read: Reader, line: bytes) -> Any:
    try:
        return read(parse(line))
    except Exception as error:
        found = getattr(error, "faults", None)
        if found is None:
            raise
        return Refused("invalid_event", found)


async def _lines(request: Request, most: int) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in request.stream():
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > most:
            raise problem("too_large")
        for line in whole:
            yield line
    if rest:
        yield rest


async def _in_pages(lines: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    page: list[bytes] = []
    async for line in lines:
        page.append(line)
        if len(page) == LINES_AT_ONCE:
            yield page
            page = []
    if page:
        yield page


@router.post(
    "/retractions",
    **endpoint(
        "retract_event",
        "not_found",
        "refused",
        "idempotency_key_reused",
        "unsupported_media_type",
        "concurrent_write",
        responses={200: {"model": EventAnswer, "description": "Retracted already"}, 201: {"model": EventAnswer}},
        openapi_extra=described_body(
            Retraction,
            {
                "source_system": "case-system",
                "source_id": "assignment-1207",
                "reason": "recorded_in_error",
            },
        ),
    ),
    status_code=201,
    summary="Take an event back",
)
def retract_event(post: Annotated[Post, Depends(poster("retract_event"))]) -> JSONResponse:
    """Say that an event should not be there. The log keeps it; every account and view goes on without it."""
    return given(retract(post, read_body(Retraction, post.body)))


@router.post(
    "/corrections",
    **endpoint(
        "correct_event",
        "not_found",
        "invalid_event",
        "unknown_event_type",
        "idempotency_key_reused",
        "unsupported_media_type",
        "concurrent_write",
        responses={200: {"model": EventAnswer, "description": "Corrected so already"}, 201: {"model": EventAnswer}},
        openapi_extra=described_body(
            Correction,
            {
                "source_system": "case-system",
                "source_id": "hours-88",
                "type": "worker.hours_changed.v1",
                "occurred_at": "2026-11-02T00:00:00Z",
                "event": {"worker_id": "w-0003", "fte": 0.8},
            },
        ),
    ),
    status_code=201,
    summary="Put an event right",
)
def correct_event(post: Annotated[Post, Depends(poster("correct_event"))]) -> JSONResponse:
    """Say what an event should have read. Every account and view holds what the correction says, as if told in time."""
    return given(correct(post, read_body(Correction, post.body)))


@router.get(
    "/events",
    **endpoint("read_events", "not_acceptable", responses={200: {"model": Feed}}),
    summary="Read the feed of events",
)
def read_events(
    request: Request,
    call: Annotated[Call, Depends(caller("read_events"))],
    after: Annotated[int, Query(ge=0, le=2**62, description="Begin past this position.")] = 0,
    limit: Limit = 100,
) -> Response:
    """Read the log from a position on, as often as you like; `next` leads on. Keep the last position that you handled."""
    page = call.engine.store.log.read(after=after, limit=limit)
    events = [documents.event_document(one) for one in page.events]
    last = page.events[-1].position if page.events else after
    head = call.engine.store.log.head()
    more = link(request, after=last, limit=limit) if last < head else None
    return answer(request, {"events": events, "after": last, "head": head, "next": more})


@router.get(
    "/events/{position}",
    **endpoint("read_event", "not_found", "not_acceptable", responses={200: {"model": StoredEventAnswer}}),
    summary="Read one event",
)
def read_event(
    request: Request,
    position: int,
    call: Annotated[Call, Depends(caller("read_event"))],
) -> Response:
    """Read the event at a position of the log."""
    found = call.engine.store.log.read(after=max(position, 1) - 1, limit=1).events if 0 < position < 2**62 else ()
    if not found or found[0].position != position:
        raise problem("not_found")
    return answer(request, documents.event_document(found[0]))


def _count(post: Post, body: Any) -> None:
    counts = body if "items" in body else {body["status"]: 1}
    for status in ("stored", "already_known", "refused"):
        if counts.get(status):
            post.service.metrics.events.labels(status).inc(counts[status])
