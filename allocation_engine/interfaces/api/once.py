"""A repeated call has one effect: what was answered is kept under the caller's Idempotency-Key, with the events themselves.

The receipt is written in the transaction of the append, so there is no moment at which one is there without the other.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi_problem.error import Problem

from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.access.principal import Principal
from allocation_engine.interfaces.api.problems import problem
from allocation_engine.persistence.documents import Document, DocumentChanged, Documents, Write
from allocation_engine.persistence.ports import Appended

if TYPE_CHECKING:
    from allocation_engine.interfaces.api.intake.together import Together

RECEIPTS = "receipt"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, its body, its headers; `replayed` if it was given before."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    replayed: bool = False


@dataclass(frozen=True)
class Once:
    """One request of one caller.

    Attributes
    ----------
    key
        The caller's Idempotency-Key, None where they sent none.
    fingerprint
        Of method, path and body: another request under the same key is a mistake.
    together
        Stores single events with those of other requests.
    """

    engine: Engine
    who: Principal
    key: str | None
    fingerprint: str
    clock: Callable[[], datetime]
    together: "Together"

    def append(self, respond: Callable[[Appended], Reply], act: Callable[[Engine], Any]) -> Reply:
        """Act on an engine whose appends keep the receipt, and give the reply; one given before is given again.

        Errors leave no receipt: nothing was stored, so a second try may do better.
        """
        if (before := self._before()) is not None:
            return before
        replies: list[Reply] = []

        def alongside(done: Appended) -> list[Write]:
            replies[:] = [respond(done)]
            return self.receipt(replies[0])

        try:
            act(self.engine.with_documents(alongside))
        except DocumentChanged as changed:
            return self.told_by_rival(changed)
        return replies[0]

    def write(self, reply_of: Callable[[Callable[[Reply], list[Write]]], Reply]) -> Reply:
        """Act on documents alone: `reply_of` is handed what makes the receipt of its reply."""
        if (before := self._before()) is not None:
            return before
        try:
            return reply_of(self.receipt)
        except DocumentChanged as changed:
            return self.told_by_rival(changed)

    def receipt(self, reply: Reply) -> list[Write]:
        """Give the receipt of a reply, to be written with what it acknowledges."""
        if self.key is None:
            return []
        body = {
            "fingerprint": self.fingerprint,
            "at": self.clock().isoformat(),
            "status": reply.status,
            "body": reply.body,
            "headers": dict(reply.headers),
        }
        return [Write(RECEIPTS, self.place, json.dumps(body).encode(), seen=0)]

    @property
    def place(self) -> str:
        """Where the receipt of this request is, or will be."""
        return f"{self.who.credential}/{hashlib.sha256((self.key or '').encode()).hexdigest()}"

    def _before(self) -> Reply | None:
        (before,) = replies_before([self])
        if isinstance(before, Problem):
            raise before
        return before

    def told_by_rival(self, changed: DocumentChanged) -> Reply:
        """Give the reply of the same request that came in beside this one and was first."""
        before = self._before() if changed.collection == RECEIPTS else None
        if before is None:
            raise problem("concurrent_write") from changed
        return before


def replies_before(requests: Sequence[Once]) -> list[Reply | Problem | None]:
    """Give for each request the reply it was given before, or what is wrong with its key; None for a new one."""
    places = {id(one): one.place for one in requests if one.key is not None}
    found = requests[0].engine.store.documents.some(RECEIPTS, list(places.values())) if places else {}
    return [_reply_of(one, found.get(places.get(id(one), ""))) for one in requests]


def _reply_of(request: Once, document: Document | None) -> Reply | Problem | None:
    if document is None:
        return None
    kept = json.loads(document.body)
    if kept["fingerprint"] != request.fingerprint:
        return problem("idempotency_key_reused")
    return Reply(kept["status"], kept["body"], kept["headers"], replayed=True)


def purge_receipts(documents: Documents, before: datetime) -> int:
    """Forget receipts from before a moment; give how many."""
    old = [one for one in documents.all(RECEIPTS) if datetime.fromisoformat(json.loads(one.body)["at"]) < before]
    for one in old:
        documents.write(Write(RECEIPTS, one.key, None))
    return len(old)
