"""API keys: shown once, kept as a hash, held to a role and scopes, rotated with both valid for a while, revoked at once.

A key reads `ae_<id>_<secret>`. The id is public: it finds the document, and tells keys apart in lists and logs. The secret
has 256 bits from the system's source, so a plain SHA-256 of it is enough: there is nothing to guess.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from allocation_engine.interfaces.api.access.principal import Principal
from allocation_engine.interfaces.api.access.roles import Role, Scope
from allocation_engine.interfaces.api.access.verified import Verified
from allocation_engine.persistence.documents import Document, Documents, Write
from domain.errors import AllocationError
from domain.identifiers import Moment, OpaqueId

KEYS = "api-key"
PREFIX = "ae_"
ID_BYTES, SECRET_BYTES = 6, 32
OVERLAP = timedelta(hours=24)
"""How long the old secret stays valid beside the new one after a rotation."""

Hash = str


def lacking(
    role: Role, worker_id: str | None, team_ids: Sequence[str] | None
) -> Literal["worker_id", "team_ids"] | None:
    """Say without which field a role would see nothing, if it is left out."""
    if role is Role.PRACTITIONER and worker_id is None:
        return "worker_id"
    return "team_ids" if role is Role.SUPERVISOR and not team_ids else None


class KeyRequest(BaseModel):
    """What a new key may do.

    `actor` is the opaque id under which its acts are recorded: a person's for a person, a system's for a system.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    actor: OpaqueId
    role: Role
    worker_id: OpaqueId | None = None
    team_ids: Annotated[tuple[OpaqueId, ...], Field(max_length=50)] = ()
    scopes: tuple[Scope, ...] = tuple(Scope)
    expires_at: Moment | None = None

    @model_validator(mode="after")
    def _says_whose(self) -> "KeyRequest":
        match lacking(self.role, self.worker_id, self.team_ids):
            case "worker_id":
                raise ValueError("a practitioner's key needs worker_id: it sees that account and no other")
            case "team_ids":
                raise ValueError("a supervisor's key needs team_ids: it sees those teams and no other")
        return self


class StoredKey(KeyRequest):
    """A key as it is kept: its hashes, never the secret."""

    key_id: str
    created_at: Moment
    created_by: str
    secret_hash: Hash
    old_hash: Hash | None = None
    old_until: Moment | None = None
    revoked_at: Moment | None = None


STORED = TypeAdapter(StoredKey)


Alongside = Callable[[StoredKey], list[Write]]
"""Further documents to be written with a key's, once it is known how the key then stands."""


def _nothing(_: StoredKey) -> list[Write]:
    return []


class UnknownKey(AllocationError):
    """No key has this id."""

    code = "unknown_key"

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        super().__init__("there is no key with this id; the list of keys shows those there are")


@dataclass(frozen=True)
class Keys:
    """The keys of one store."""

    documents: Documents
    clock: Callable[[], datetime]
    new_bytes: Callable[[int], bytes]
    verified: Verified = field(default_factory=Verified)

    def draft(self, request: KeyRequest, key_id: str, by: str) -> StoredKey:
        """Give a key as it will be kept, without its secret."""
        return StoredKey(**request.model_dump(), key_id=key_id, created_at=self.clock(), created_by=by, secret_hash="")

    def issue(self, draft: StoredKey, *alongside: Write) -> str:
        """Make a key of a draft; give its text, which is nowhere kept."""
        secret = self.new_bytes(SECRET_BYTES).hex()
        stored = draft.model_copy(update={"secret_hash": _hash(secret)})
        self.documents.write(Write(KEYS, stored.key_id, _body(stored), seen=0), *alongside)
        return f"{PREFIX}{stored.key_id}_{secret}"

    def rotate(self, key_id: str, alongside: Alongside = _nothing) -> tuple[StoredKey, str]:
        """Give a key a new secret; the old one stays valid for a day, so that nothing stops meanwhile."""
        stored, document = self._find(key_id)
        secret, now = self.new_bytes(SECRET_BYTES).hex(), self.clock()
        stored = stored.model_copy(
            update={"secret_hash": _hash(secret), "old_hash": stored.secret_hash, "old_until": now + OVERLAP}
        )
        self.documents.write(Write(KEYS, key_id, _body(stored), seen=document.version), *alongside(stored))
        self.verified.forget()
        return stored, f"{PREFIX}{key_id}_{secret}"

    def revoke(self, key_id: str, alongside: Alongside = _nothing) -> StoredKey:
        """End a key at once; a second time changes nothing."""
        stored, document = self._find(key_id)
        if stored.revoked_at is None:
            stored = stored.model_copy(update={"revoked_at": self.clock()})
        self.documents.write(Write(KEYS, key_id, _body(stored), seen=document.version), *alongside(stored))
        self.verified.forget()
        return stored

    def all(self) -> list[StoredKey]:
        """Give every key there is or was, by id."""
        return [STORED.validate_json(document.body) for document in self.documents.all(KEYS)]

    def principal(self, text: str) -> Principal | None:
        """Give whom a key's text stands for; None for a wrong, revoked or expired one."""
        if (kept := self.verified.find(text, self.clock())) is not None:
            return kept
        asked = self.verified.monotonic()
        key_id, _, secret = text.removeprefix(PREFIX).partition("_")
        document = self.documents.get(KEYS, key_id) if text.startswith(PREFIX) and key_id.isalnum() else None
        if document is None:
            return None
        stored, now = STORED.validate_json(document.body), self.clock()
        given = _hash(secret)
        right, until = hmac.compare_digest(given, stored.secret_hash), stored.expires_at
        if not right and stored.old_hash is not None and stored.old_until is not None and now < stored.old_until:
            right = hmac.compare_digest(given, stored.old_hash)
            until = min(until or stored.old_until, stored.old_until)
        if not right or stored.revoked_at is not None or (stored.expires_at is not None and now >= stored.expires_at):
            return None
        who = Principal(
            actor=stored.actor,
            credential=f"key-{key_id}",
            role=stored.role,
            worker_id=stored.worker_id,
            team_ids=frozenset(stored.team_ids),
            scopes=frozenset(stored.scopes),
        )
        self.verified.keep(text, who, asked, until)
        return who

    def _find(self, key_id: str) -> tuple[StoredKey, Document]:
        document = self.documents.get(KEYS, key_id)
        if document is None:
            raise UnknownKey(key_id)
        return STORED.validate_json(document.body), document


def _hash(secret: str) -> Hash:
    return hashlib.sha256(secret.encode()).hexdigest()


def _body(stored: StoredKey) -> bytes:
    return stored.model_dump_json().encode()
