"""Sign in with a link that was handed to you, and out again."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.web.errors import NotSignedIn
from allocation_engine.interfaces.web.render import environment
from allocation_engine.interfaces.web.signing_in import SESSION_LASTS, Session
from allocation_engine.interfaces.web.visit import COOKIE, FORM_KEY, PREFIX, sessions_of

router = APIRouter()

FIRST_PAGE = {Role.LEADER: "/overview", Role.ADMINISTRATOR: "/access-log"}
"""Where a role's day begins, if not with its team."""


@router.get("/sign-in/{secret}")
def ask(request: Request, secret: str) -> Response:
    """Ask for the click that uses the link up."""
    if not sessions_of(request.app.state.service).waits(secret):
        raise NotSignedIn
    html = (
        environment()
        .get_template("outside.html")
        .render(title="Sign in to the allocation desk", remedy=None, secret=secret, done=None)
    )
    return Response(html, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


@router.post("/sign-in/{secret}")
def sign_in(request: Request, secret: str) -> Response:
    """Use the link up and begin a session."""
    begun = sessions_of(request.app.state.service).begin(secret)
    if begun is None:
        raise NotSignedIn
    cookie, session = begun
    answer = RedirectResponse(f"{PREFIX}{first_page(session)}?done=signed_in", 303)
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=int(SESSION_LASTS.total_seconds()),
        path=PREFIX,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return answer


@router.post("/sign-out")
def sign_out(request: Request, form_key: Annotated[str, Form(alias=FORM_KEY)] = "") -> Response:
    """End the session at once."""
    sessions, secret = sessions_of(request.app.state.service), request.cookies.get(COOKIE, "")
    session = sessions.find(secret)
    if session is not None and session.form_key == form_key:
        sessions.end(secret)
    html = (
        environment()
        .get_template("outside.html")
        .render(
            title="You are signed out", remedy="Close this window on a machine that others use.", secret=None, done=None
        )
    )
    answer = Response(html, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})
    answer.delete_cookie(COOKIE, path=PREFIX)
    return answer


@router.get("/")
def front(request: Request) -> Response:
    """Lead to where a role's day begins."""
    session = sessions_of(request.app.state.service).find(request.cookies.get(COOKIE, ""))
    if session is None:
        raise NotSignedIn
    return RedirectResponse(f"{PREFIX}{first_page(session)}")


def first_page(session: Session) -> str:
    """Give where the day of whoever is signed in begins."""
    if session.who.role is Role.PRACTITIONER:
        return f"/workers/{session.who.worker_id}"
    return FIRST_PAGE.get(session.who.role, "/team")
