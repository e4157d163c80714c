"""Puts the desk together: its pages, its files, what it says when something is wrong, and what it allows a browser to do."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from allocation_engine.errors import DecisionRefused, SettingsError
from allocation_engine.interfaces.api.problems import of_error
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.telemetry.requests import SILENT
from allocation_engine.interfaces.web.errors import DeskError, NotSignedIn, NotThere
from allocation_engine.interfaces.web.pages import ROUTERS
from allocation_engine.interfaces.web.render import environment, page
from allocation_engine.interfaces.web.visit import PREFIX
from domain.errors import AllocationError

log = structlog.get_logger("allocation_engine.desk")

INLINE = "sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw="
"""The one line of script in GOV.UK Frontend's page template, which tells its styles that there is JavaScript."""

POLICY = (
    f"default-src 'none'; script-src 'self' '{INLINE}'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Nothing but what the desk itself serves."""

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


def create_desk(service: Service) -> FastAPI:
    """Put the desk together, to be mounted at `PREFIX`."""
    # Requests are traced by the application that it is mounted in, or not at all.
    desk = FastAPI(title="Allocation desk", openapi_url=None, docs_url=None, redoc_url=None, telemetry=SILENT)
    desk.state.service = service
    for router in ROUTERS:
        desk.include_router(router)
    desk.mount("/static", StaticFiles(directory=Path(str(files(__package__) / "static"))), name="static")
    desk.add_exception_handler(AllocationError, _told)
    desk.add_exception_handler(HTTPException, _of_http)
    desk.add_exception_handler(RequestValidationError, _of_validation)
    desk.add_exception_handler(Exception, _unexpected)
    desk.add_middleware(_Headers)
    return desk


class _Headers:
    """Says with each answer what a browser may do with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _told(request: Request, error: Exception) -> Response:
    """Say an error of ours in words; it has changed nothing."""
    if isinstance(error, DeskError):
        return _error_page(
            request, error.title, error.remedy, error.status, signed_in=not isinstance(error, NotSignedIn)
        )
    assert isinstance(error, AllocationError)  # noqa: S101  it is the class that this handler is for
    if isinstance(error, DecisionRefused | SettingsError):
        return _error_page(request, "This was not done", f"{error}", 409)
    told = of_error(error)
    return _error_page(request, told.title, told.detail or "", told.status)


def _of_http(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 400)
    if request.method == "GET" and request.url.path.rstrip("/") == PREFIX:
        return RedirectResponse(f"{PREFIX}/")
    return _error_page(request, NotThere.title, NotThere.remedy, status)


def _of_validation(request: Request, _: Exception) -> Response:
    told = (
        "Part of the address cannot be read, such as a number of weeks that is none. Go back, and choose from the page."
    )
    return _error_page(request, "This address cannot be read", told, 422)


def _unexpected(request: Request, _: Exception) -> Response:
    told = "Nothing of what you asked for was done. Try again; if it happens again, tell whoever runs the engine here."
    return _error_page(request, "Something went wrong here", told, 500)


def _error_page(request: Request, title: str, remedy: str, status: int, *, signed_in: bool = True) -> Response:
    visit = getattr(request.state, "visit", None)
    if visit is not None and signed_in:
        # The moment that was asked about may be what is wrong: what is wrong is said as at now.
        visit = replace(visit, given_as_at=None, given_known_at=None)
        return page(visit, "error.html", title, status=status, remedy=remedy)
    html = environment().get_template("outside.html").render(title=title, remedy=remedy, secret=None, done=None)
    return Response(html, status, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})
