"""From an error to an answer: RFC 9457 problem details, one table, each type with a page of its own.

No answer repeats what the caller sent: it may be personal, and belongs in nobody's log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi_problem.error import Problem, StatusProblem
from fastapi_problem.handler import ExceptionHandler, add_exception_handler, new_exception_handler
from rfc9457.openapi import problem_response
from starlette.exceptions import HTTPException

from allocation_engine.errors import IntakeError, StaleProposal
from allocation_engine.interfaces.failures import code_of
from allocation_engine.interfaces.webhooks.errors import WHAT_TO_DO, TargetRefused
from domain.errors import AllocationError, InvalidEvent


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem: its code, the status it comes with, what it means, and what to do about it."""

    code: str
    status: HTTPStatus
    title: str
    remedy: str


_TYPES = (
    ProblemType(
        "unauthenticated",
        HTTPStatus.UNAUTHORIZED,
        "Nobody knows who calls",
        "Send an API key or a token of your identity service: `Authorization: Bearer …`.",
    ),
    ProblemType(
        "forbidden",
        HTTPStatus.FORBIDDEN,
        "Not open to this role",
        "Use a key whose role and scopes cover this; the description says for each endpoint which roles may.",
    ),
    ProblemType(
        "not_found",
        HTTPStatus.NOT_FOUND,
        "Nothing is there",
        "Check the path and the id. What you may not see is not there for you either.",
    ),
    ProblemType("method_not_allowed", HTTPStatus.METHOD_NOT_ALLOWED, "Not done this way", "See `Allow` in the answer."),
    ProblemType(
        "not_acceptable",
        HTTPStatus.NOT_ACCEPTABLE,
        "Not given in this form",
        "Ask for application/json or, for lists, text/csv.",
    ),
    ProblemType(
        "too_large",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body is too large",
        "Send fewer events at once, or stream them as NDJSON.",
    ),
    ProblemType(
        "unsupported_media_type",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body is of a kind not read here",
        "See the description for the kinds that this endpoint reads.",
    ),
    ProblemType(
        "invalid_request",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The request does not fit its description",
        "`faults` names each field and what is wrong with it.",
    ),
    ProblemType(
        "invalid_event",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The event does not fit its definition",
        "`faults` names each field and what is wrong with it. Nothing was stored.",
    ),
    ProblemType(
        "unknown_event_type",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "No event is known by this type",
        "The description lists the types, with an example for each.",
    ),
    ProblemType(
        "target_refused",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Nothing is sent to this address",
        "Give an https address on the public internet, or have its network allowed in the settings.",
    ),
    ProblemType(
        "unreadable_delivery",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The return cannot be read",
        "The detail says what is wrong with it as a whole. Nothing was stored.",
    ),
    ProblemType(
        "source_id_reused",
        HTTPStatus.CONFLICT,
        "Another event is on record under this source id",
        "Give each event an id of its own. To change one that was sent, send a correction.",
    ),
    ProblemType(
        "idempotency_key_reused",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Another request was made with this Idempotency-Key",
        "Make a new key for each request.",
    ),
    ProblemType(
        "too_many_requests",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many requests",
        "Wait as long as `Retry-After` says, then go on.",
    ),
    ProblemType(
        "if_match_required",
        HTTPStatus.PRECONDITION_REQUIRED,
        "Say what you decide on",
        "Read the proposal and send its `ETag` back as `If-Match`: a decision holds for what was seen.",
    ),
    ProblemType(
        "changed_since_read",
        HTTPStatus.PRECONDITION_FAILED,
        "It has changed since you read it",
        "Read it again and decide on what it says now.",
    ),
    ProblemType("unknown_proposal", HTTPStatus.NOT_FOUND, "There is no such proposal", "Check the id."),
    ProblemType(
        "stale",
        HTTPStatus.CONFLICT,
        "What the proposal relied on has changed",
        "`changes` says what. Ask for a new proposal and decide on that.",
    ),
    ProblemType("refused", HTTPStatus.CONFLICT, "A rule is in the way", "`rule` names it and the detail says why."),
    ProblemType(
        "concurrent_write", HTTPStatus.CONFLICT, "Something was recorded in between", "Read again and try anew."
    ),
    ProblemType(
        "person_erased",
        HTTPStatus.CONFLICT,
        "This person was erased",
        "Nothing more is recorded about them; whoever comes back gets a new id.",
    ),
    ProblemType(
        "store_unavailable",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The store cannot be reached",
        "Try again later with the same Idempotency-Key. Nothing was half done.",
    ),
    ProblemType(
        "keys_unavailable",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The keys of persons cannot be reached",
        "Try again later; if it stays so, whoever runs the service has to look.",
    ),
    ProblemType(
        "internal",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Our fault",
        "Nothing was half done. Tell whoever runs the service the `X-Correlation-ID` of the answer.",
    ),
)

PROBLEMS: Mapping[str, ProblemType] = {one.code: one for one in _TYPES}
"""By code. The last part of a problem's `type` is the code; the page under that address says what it means."""

_OF_ERROR: Mapping[str, str] = {
    "unknown_key": "not_found",
    "unknown_webhook": "not_found",
    "position_ahead": "invalid_request",
    "unknown_dead_letter": "not_found",
    "settings": "internal",
    "unreadable_event": "internal",
    "projection_stopped": "internal",
}
"""Codes of errors that are told as a problem of another name."""

PAGES = "/problems/{type}"

_OF_STATUS = {one.status: one.code for one in reversed(_TYPES)} | {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.BAD_REQUEST: "invalid_request",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid_request",
}


def problem(code: str, detail: str | None = None, headers: Mapping[str, str] | None = None, **more: Any) -> Problem:
    """Make the problem of a kind, to be raised."""
    kind = PROBLEMS[code]
    return Problem(kind.title, code, detail or kind.remedy, kind.status.value, dict(headers or {}), **more)


def of_error(error: AllocationError) -> Problem:
    """Give one of our own errors as a problem."""
    code = code_of(error)
    code = _OF_ERROR.get(code, code)
    if isinstance(error, StaleProposal):
        changes = [{"position": c.position, "type": c.wire_type, "subjects": list(c.subjects)} for c in error.changes]
        return problem("stale", str(error), changes=changes)
    if isinstance(error, InvalidEvent):
        return problem("invalid_event", faults=faults(error.faults))
    if code == "unknown_event_type":
        return problem(code)
    if isinstance(error, TargetRefused):  # its own sentence names the host that the caller sent
        return problem(code, f"The URL {WHAT_TO_DO[error.reason]}.", rule=error.reason.value)
    if isinstance(error, IntakeError):
        return problem("unreadable_delivery", str(error), rule=code)
    if code in PROBLEMS:
        return problem(code, None if PROBLEMS[code].status >= HTTPStatus.INTERNAL_SERVER_ERROR else str(error))
    rejection = getattr(error, "rejection", None)
    if rejection is not None:
        return problem("refused", rejection.reason, rule=rejection.code)
    return problem("internal")


def faults(found: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> list[dict[str, str]]:
    """Give faults as an answer lists them."""
    return [{"field": field, "fault": fault} for field, fault in found]


def told_by(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Give what an endpoint's description says of its problems, with an example of each."""
    by_status: dict[int, list[ProblemType]] = {}
    for code in codes:
        by_status.setdefault(PROBLEMS[code].status.value, []).append(PROBLEMS[code])
    return {
        status: problem_response(
            "; ".join(kind.title for kind in kinds), [problem(kind.code).marshal(uri=PAGES) for kind in kinds]
        )
        for status, kinds in sorted(by_status.items())
    }


def answer_with_problems(app: FastAPI) -> ExceptionHandler:
    """Have every error of an application answered as a problem."""
    handler = new_exception_handler(
        handlers={
            AllocationError: lambda _handler, _request, error: of_error(error),
        },
        http_exception_handler=_of_http,
        request_validation_handler=_of_validation,
        unhandled_wrappers={"default": _Internal},
        documentation_uri_template=PAGES,
    )
    add_exception_handler(app, handler, generic_swagger_defaults=False)
    app.add_exception_handler(AllocationError, handler)
    return handler


class _Internal(StatusProblem):
    """Whatever nobody expected: the log has it, the caller is told nothing of its insides."""

    type_ = "internal"
    title = PROBLEMS["internal"].title
    status = PROBLEMS["internal"].status.value

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__(PROBLEMS["internal"].remedy)


def _of_http(_handler: object, _request: Request, error: HTTPException) -> Problem:
    code = _OF_STATUS.get(HTTPStatus(error.status_code), "invalid_request")
    return problem(code, headers=error.headers)


def _of_validation(_handler: object, _request: Request, error: RequestValidationError) -> Problem:
    """Name each faulty field and what is wrong with it, never what was sent."""
    found = [
        (".".join(str(part) for part in one["loc"]), str(one["msg"]).removeprefix("Value error, "))
        for one in error.errors()
    ]
    return problem("invalid_request", faults=faults(found))
