"""What an endpoint is handed: the service, who calls, and what they ask about. Checked before the endpoint is reached."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ValidationError

from allocation_engine.engine import Engine
from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.api.access.principal import Principal
from allocation_engine.interfaces.api.access.roles import ROLES, SCOPES
from allocation_engine.interfaces.api.once import Once
from allocation_engine.interfaces.api.problems import faults, problem, told_by
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.moments import asked_about
from domain.events.registry import faults_of
from domain.identifiers import Moment

LARGE = 1 << 16
"""A body of more bytes is hashed off the event loop."""

Sent = TypeVar("Sent", bound=BaseModel)

bearer = HTTPBearer(auto_error=False, description="An API key (`ae_…`) or a token of your identity service.")

AsAt = Annotated[Moment | None, Query(description="The moment asked about; now by default, a year ahead at most.")]
KnownAt = Annotated[Moment | None, Query(description="Leave out what was recorded after this moment.")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Made anew for each request, sent again with each try: the request then has one effect.",
    ),
]


@dataclass(frozen=True)
class Call:
    """One call of somebody who may."""

    service: Service
    who: Principal
    operation: str

    @property
    def engine(self) -> Engine:
        """The organisation's engine."""
        return self.service.engine

    def sees(self, worker_id: str, team_id: str | None) -> bool:
        """Tell whether the caller may see a worker's account."""
        return self.who.sees(worker_id, team_id)

    def log_reading(self, workers: list[str]) -> None:
        """Keep that these accounts were read."""
        if workers:
            self.service.access_log.read(self.who, self.operation, [f"worker:{one}" for one in workers])


@dataclass(frozen=True)
class Post(Call):
    """A call that may change something: with its body, and the promise that a repeated one has one effect."""

    body: bytes
    media_type: str
    once: Once


def caller(operation: str) -> Callable[..., Awaitable[Call]]:
    """Give the dependency that lets in whoever may call this endpoint.

    It runs on the event loop and leaves it only to wait for the store: a thread for each step costs more than the step.
    """

    async def let_in(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Call:
        return await _let_in(request, credentials, operation)

    return let_in


def poster(operation: str, *media_types: str) -> Callable[..., Awaitable[Post]]:
    """Give the dependency for a POST: it reads the body, of one of these kinds."""

    async def let_in(
        request: Request,
        call: Annotated[Call, Depends(caller(operation))],
        body: Annotated[bytes, Depends(_body)],
        key: IdempotencyKey = None,
    ) -> Post:
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if body and media_type not in (media_types or ("application/json",)):
            raise problem("unsupported_media_type")
        start = f"{request.method} {request.url.path}\n{media_type}\n".encode()
        whole = await _in_its_place(len(body), lambda: hashlib.sha256(start + body).hexdigest())
        once = Once(call.engine, call.who, key, whole, call.service.clock, call.service.together)
        return Post(call.service, call.who, operation, body, media_type, once)

    return let_in


def endpoint(operation: str, *problems: str, **more: Any) -> dict[str, Any]:
    """Give what the description says of an endpoint: its name, who may call it, and the problems it answers with."""
    common = ("unauthenticated", "forbidden", "invalid_request", "too_many_requests", "store_unavailable", "internal")
    responses = {**told_by(*common, *problems), **more.pop("responses", {})}
    extra = {
        "x-roles": sorted(role.value for role in ROLES[operation]),
        "x-scope": SCOPES[operation].value,
        **more.pop("openapi_extra", {}),
    }
    return {"operation_id": operation, "responses": responses, "openapi_extra": extra, **more}


def described_body(
    model: type[BaseModel], example: Any, *, required: bool = True, media_type: str = "application/json"
) -> dict[str, Any]:
    """Give what the description says of a body that the endpoint reads by itself, so that its faults are told as problems."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": required, "content": {media_type: {"schema": schema, "example": example}}}}


def read_body(model: type[Sent], body: bytes) -> Sent:
    """Read a body; a problem that names each faulty field if it does not fit."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise problem("invalid_request", faults=faults(faults_of(error))) from None


async def _body(request: Request) -> bytes:
    return await request.body()


async def _in_its_place(size: int, work: Callable[[], str]) -> str:
    """Do what takes long for a large body in a thread, so that others need not wait for it."""
    return await run_in_threadpool(work) if size > LARGE else work()


async def _let_in(request: Request, credentials: HTTPAuthorizationCredentials | None, operation: str) -> Call:
    service: Service = request.app.state.service
    request.state.operation = operation
    who = None
    if credentials is not None:
        who = service.remembered(credentials.credentials)
        who = who or await run_in_threadpool(service.principal, credentials.credentials)
    if who is None:
        raise problem("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    request.state.actor = who.credential
    if not service.has_room_for(who):
        raise problem("too_many_requests", headers={"Retry-After": "1"})
    if not who.may(operation):
        raise problem("forbidden")
    return Call(service, who, operation)


@dataclass(frozen=True, slots=True)
class When:
    """The moment asked about, and what was known at another."""

    as_at: datetime | None
    known_at: datetime | None


def when(request: Request, as_at: AsAt = None, known_at: KnownAt = None) -> When:
    """Read the two moments of a question."""
    if as_at is not None:
        try:
            asked_about(as_at, request.app.state.service.clock())
        except SettingsError as error:
            raise problem("invalid_request", faults=faults([("query.as_at", error.fault)])) from None
    return When(as_at, known_at)


AskedAbout = Annotated[When, Depends(when)]
