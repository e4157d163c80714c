"""Puts the service together: endpoints under `/v1`, problems, health, metrics, the description of it all, and the desk."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from importlib.metadata import version
from typing import Any

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from fastapi.telemetry import TelemetryConfig
from pydantic.json_schema import models_json_schema

from allocation_engine.interfaces.api import middleware, problems
from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.bodies import (
    AmendBody,
    Correction,
    Decision,
    ErasureBody,
    ReplayBody,
    Retraction,
    Ssda903Body,
)
from allocation_engine.interfaces.api.operations.routes import router as operations
from allocation_engine.interfaces.api.routes import administration, events, imports, proposals, reads, webhooks
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.telemetry.requests import SILENT
from allocation_engine.interfaces.web.app import create_desk
from allocation_engine.interfaces.web.visit import PREFIX as DESK
from allocation_engine.interfaces.webhooks import SubscriptionRequest
from domain.events.allocation import ProposalRequest

PREFIX = "/v1"

SENT = (
    KeyRequest,
    Retraction,
    Correction,
    Decision,
    AmendBody,
    ErasureBody,
    ProposalRequest,
    Ssda903Body,
    ReplayBody,
    SubscriptionRequest,
)
"""Bodies that endpoints read by themselves, so that their faults are told as problems: described by hand."""

DESCRIPTION = """
Share the emotional load of extra-familial harm work fairly. A case management system sends events and reads load,
caseload and decisions; the engine proposes who could take a waiting case. **A named person always decides.**

* **Load** is an accounting index of exposure and recovery in load points [lp]: 100 lp is what one full-time experienced
  practitioner can carry for long. It is no measure of stress or of anybody's performance, and nobody is ranked by it.
* **Ids are opaque.** No names, no free text about children: what looks like either is refused.
* **An unreliable network is expected.** Events are known by their source's own id, and every POST takes an
  `Idempotency-Key`: send it again until you have an answer, and it has one effect.
* **Times** are RFC 3339 with a zone. `as_at` asks about another moment, `known_at` leaves out what was learned later.
* **Versions**: what is under `/v1` only grows. What is to go is marked deprecated here and answers with `Deprecation` and
  `Sunset` headers for at least twelve months before it goes; a change that breaks a caller comes as `/v2` beside it.
* **Errors** are problem details (RFC 9457); the `type` is the address of a page that says what to do.
""".strip()


def create_app(
    service: Service,
    running: Callable[[], AbstractContextManager[None]] = nullcontext,
    telemetry: TelemetryConfig = SILENT,
) -> FastAPI:
    """Put the application together.

    `running` holds what works beside it, such as the making of proposals; `telemetry` says what is traced of requests.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with running():
            yield

    app = FastAPI(
        title="Allocation engine",
        version=version("allocation-engine"),
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        telemetry=telemetry,
    )
    app.state.service = service
    for routes in (events, imports, reads, proposals, webhooks, administration):
        app.include_router(routes.router, prefix=PREFIX)
    app.include_router(operations)
    problems.answer_with_problems(app)
    app.mount(DESK, create_desk(service))
    app.add_api_route("/", lambda: RedirectResponse(f"{DESK}/"), include_in_schema=False)
    described = app.openapi
    app.openapi = lambda: _complete(app, described)  # type: ignore[method-assign]
    app.add_middleware(middleware.BodyLimit, service=service)
    app.add_middleware(middleware.Watched, service=service)
    app.add_middleware(CorrelationIdMiddleware, header_name="X-Correlation-ID")
    return app


def _complete(app: FastAPI, described: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Add the schemas of bodies that endpoints read by themselves, and drop what FastAPI says of its own errors."""
    if getattr(app.state, "description", None) is None:
        document = described()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        _, sent = models_json_schema(
            [(model, "validation") for model in SENT], ref_template="#/components/schemas/{model}"
        )
        schemas |= sent["$defs"]
        for path in document["paths"].values():
            for operation in path.values():
                for status, response in operation.get("responses", {}).items():
                    if str(status)[0] in "45":
                        response.get("content", {}).pop("application/json", None)
        app.state.description = document
    return app.state.description  # type: ignore[no-any-return]
