"""What a page is handed: who is there, what they may see, and the moment that they look at."""

import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.access.principal import Principal
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.moments import asked_about, moment
from allocation_engine.interfaces.web.access import PAGES
from allocation_engine.interfaces.web.errors import NotOpen, NotSignedIn, NotThere, OldForm
from allocation_engine.interfaces.web.signing_in import Session, Sessions, credential_of
from allocation_engine.planning import Situation
from domain.identifiers import WorkerId
from domain.policy.policy_set import PolicySet

COOKIE = "desk"
FORM_KEY = "form_key"
PREFIX = "/desk"

Moment_ = Annotated[str | None, Query(max_length=40)]


@dataclass(frozen=True)
class Visit:
    """One look at one page.

    Attributes
    ----------
    given_as_at, given_known_at
        The moments asked about as they stand in the address; None where it is about now.
    """

    request: Request
    service: Service
    who: Principal
    session: Session
    page: str
    given_as_at: str | None = None
    given_known_at: str | None = None

    @property
    def engine(self) -> Engine:
        """The organisation's engine."""
        return self.service.engine

    @cached_property
    def now(self) -> datetime:
        """The moment of this visit."""
        return self.engine.clock()

    @cached_property
    def as_at(self) -> datetime:
        """The moment looked at: now, unless another was asked for."""
        return asked_about(moment(self.given_as_at, "as at"), self.now, "as at")

    @cached_property
    def known_at(self) -> datetime | None:
        """What was recorded after this moment is left out; None leaves nothing out."""
        return moment(self.given_known_at, "known at")

    @property
    def is_now(self) -> bool:
        """Whether this is about the present, so that something may be done about it."""
        return self.given_as_at is None and self.given_known_at is None

    @cached_property
    def policy(self) -> PolicySet:
        """The policy set in force at the moment looked at."""
        return self.engine.policy(self.as_at, self.known_at).policy

    @cached_property
    def situation(self) -> Situation:
        """Everybody's post, caseload and load at the moment looked at."""
        return self.engine.situation(self.as_at, self.known_at)

    @property
    def asked(self) -> Asked:
        """What reports are asked about."""
        return Asked(self.engine, self.as_at, self.known_at, self.policy)

    def may(self, page: str) -> bool:
        """Tell whether a page is open to whoever is here."""
        return self.who.role in PAGES[page]

    def sees(self, worker_id: str, team_id: str | None) -> bool:
        """Tell whether they may see a worker's account."""
        return self.who.sees(worker_id, team_id)

    def worker(self, worker_id: str) -> WorkerId:
        """Give a worker whom they may see; whoever they may not see is not there for them either (`NotThere`)."""
        found = self.situation.workers.get(WorkerId(worker_id))
        if found is None or not self.sees(worker_id, found.team_id):
            raise NotThere
        return found.worker_id

    def team(self, given: str | None) -> str | None:
        """Hold a supervisor to their own teams (`NotOpen`); for others None is the whole service."""
        if self.who.role is not Role.SUPERVISOR:
            return given or None
        team = given or min(self.who.team_ids)
        if team not in self.who.team_ids:
            raise NotOpen
        return team

    def log_reading(self, workers: list[str]) -> None:
        """Keep that these accounts were read."""
        if workers:
            self.service.access_log.read(self.who, f"desk_{self.page}", [f"worker:{one}" for one in workers])

    def to(self, path: str, **query: object) -> str:
        """Give the address of a page of the desk, at the moment looked at."""
        given = {"as_at": self.given_as_at, "known_at": self.given_known_at, **query}
        told = urlencode({name: value for name, value in given.items() if value not in {None, ""}}, doseq=True)
        return f"{PREFIX}{path}" + (f"?{told}" if told else "")


@dataclass(frozen=True)
class Posted(Visit):
    """A form that somebody sent from the desk."""

    form: FormData = field(default_factory=FormData)

    def text(self, name: str) -> str:
        """Give a field, without the blanks around it; empty where it was left out."""
        value = self.form.get(name, "")
        return "" if isinstance(value, UploadFile) else value.strip()

    def texts(self, name: str) -> list[str]:
        """Give every value of a field that may be given more than once."""
        return [value for value in self.form.getlist(name) if isinstance(value, str) and value]

    def file(self, name: str) -> UploadFile | None:
        """Give a file that was chosen; None where none was."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


def visitor(page: str) -> Callable[..., Awaitable[Visit]]:
    """Give the dependency that lets in whoever may see this page."""

    async def let_in(request: Request, as_at: Moment_ = None, known_at: Moment_ = None) -> Visit:
        service, who, session = await _who(request, page)
        return Visit(request, service, who, session, page, as_at or None, known_at or None)

    return let_in


def poster(page: str) -> Callable[..., AsyncIterator[Posted]]:
    """Give the dependency for a form of this page. It is read only if it came from the desk itself; its files are closed after."""

    async def let_in(request: Request) -> AsyncIterator[Posted]:
        service, who, session = await _who(request, page)
        async with request.form(max_files=4, max_fields=5000) as form:
            given = form.get(FORM_KEY, "")
            if not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.form_key.encode()):
                raise OldForm
            yield Posted(request, service, who, session, page, form=form)

    return let_in


def sessions_of(service: Service) -> Sessions:
    """Give the sessions of a service's store."""
    return Sessions(service.engine.store.documents, service.clock, service.new_bytes)


async def _who(request: Request, page: str) -> tuple[Service, Principal, Session]:
    service: Service = request.app.state.service
    secret = request.cookies.get(COOKIE, "")
    session = await run_in_threadpool(sessions_of(service).find, secret)
    if session is None:
        raise NotSignedIn
    who = session.principal(credential_of(secret))
    request.state.operation, request.state.actor = f"desk_{page}", who.credential
    request.state.visit = Visit(request, service, who, session, page)
    if not service.has_room_for(who) or who.role not in PAGES[page]:
        raise NotOpen
    return service, who, session
