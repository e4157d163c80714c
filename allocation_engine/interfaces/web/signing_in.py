"""Who is at the desk: a link that lets one person in once, and the session that follows it.

Both are random texts of 256 bits; only their hashes are kept. The link's page asks for a click before the link is used up, so
that a mail scanner that opens it does not use it up instead.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.principal import Principal
from allocation_engine.persistence.documents import DocumentChanged, Documents, Write
from domain.identifiers import Moment

LINKS, SESSIONS = "desk-link", "desk-session"
LINK_LASTS = timedelta(hours=1)
SESSION_LASTS = timedelta(hours=10)
"""A working day: whoever comes back the next morning signs in anew."""

SECRET_BYTES = 32


class Session(BaseModel):
    """Somebody at the desk until a moment; `form_key` goes with every form, so that no other site can send one for them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: KeyRequest
    until: Moment
    form_key: str = ""

    def principal(self, credential: str) -> Principal:
        """Give who that is, as the service knows its callers."""
        return Principal(
            actor=self.who.actor,
            credential=credential,
            role=self.who.role,
            worker_id=self.who.worker_id,
            team_ids=frozenset(self.who.team_ids),
            scopes=frozenset(self.who.scopes),
        )


@dataclass(frozen=True)
class Sessions:
    """The links and sessions of one store."""

    documents: Documents
    clock: Callable[[], datetime]
    new_bytes: Callable[[int], bytes]

    def link(self, who: KeyRequest, lasts: timedelta = LINK_LASTS) -> str:
        """Make a link's secret for somebody; it lets them in once, until it has run out."""
        secret = self.new_bytes(SECRET_BYTES).hex()
        self._keep(LINKS, secret, Session(who=who, until=self.clock() + lasts))
        return secret

    def waits(self, secret: str) -> bool:
        """Tell whether a link may still be used."""
        return self._find(LINKS, secret) is not None

    def begin(self, secret: str) -> tuple[str, Session] | None:
        """Use a link up; give the new session's secret. None where the link is used, has run out, or never was."""
        link = self._find(LINKS, secret)
        if link is None:
            return None
        begun, form_key = self.new_bytes(SECRET_BYTES).hex(), self.new_bytes(SECRET_BYTES).hex()
        session = Session(who=link.who, until=self.clock() + SESSION_LASTS, form_key=form_key)
        try:
            # Of two that use one link at once the second finds its document changed.
            self.documents.write(
                Write(LINKS, _hash(secret), None, seen=1),
                Write(SESSIONS, _hash(begun), session.model_dump_json().encode(), seen=0),
            )
        except DocumentChanged:
            return None
        return begun, session

    def find(self, secret: str) -> Session | None:
        """Give a session that has not run out."""
        return self._find(SESSIONS, secret)

    def end(self, secret: str) -> None:
        """End a session at once."""
        self.documents.write(Write(SESSIONS, _hash(secret), None))

    def _find(self, collection: str, secret: str) -> Session | None:
        document = self.documents.get(collection, _hash(secret)) if secret else None
        if document is None:
            return None
        session = Session.model_validate_json(document.body)
        return session if self.clock() < session.until else None

    def _keep(self, collection: str, secret: str, session: Session) -> None:
        self.documents.write(Write(collection, _hash(secret), session.model_dump_json().encode(), seen=0))


def purge_sessions(documents: Documents, now: datetime) -> int:
    """Forget links and sessions that have run out; give how many."""
    gone = 0
    for collection in (LINKS, SESSIONS):
        for document in documents.all(collection):
            if Session.model_validate_json(document.body).until <= now:
                documents.write(Write(collection, document.key, None))
                gone += 1
    return gone


def credential_of(secret: str) -> str:
    """Give what a session is called in logs: no use to whoever reads them."""
    return f"desk-{_hash(secret)[:12]}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
