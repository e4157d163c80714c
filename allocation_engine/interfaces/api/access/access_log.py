"""Who read whose account: one entry for every read of a worker's account, kept beside the log."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from allocation_engine.interfaces.api.access.principal import Principal
from allocation_engine.persistence.documents import Documents, Write

ACCESS = "access-log"


@dataclass(frozen=True)
class AccessLog:
    """The access log of one store."""

    documents: Documents
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    def read(self, who: Principal, operation: str, subjects: list[str]) -> None:
        """Keep that somebody read these accounts; before they are given, so that no answer goes out unlogged."""
        now = self.clock()
        entry = {
            "at": now.isoformat(),
            "actor": who.actor,
            "role": who.role.value,
            "credential": who.credential,
            "operation": operation,
            "subjects": subjects,
        }
        self.documents.write(
            Write(ACCESS, f"{now:%Y-%m-%dT%H:%M:%S.%f}-{self.new_id().hex}", json.dumps(entry).encode())
        )

    def newest_first(self, before: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give entries before a key, the newest first, each with its key; keys begin with the moment."""
        for one in self.documents.newest_first(ACCESS, before=before):
            yield one.key, json.loads(one.body)

    def page(self, after: str, limit: int) -> list[tuple[str, JsonValue]]:
        """Give entries past a key, oldest first, each with its key."""
        return [(one.key, json.loads(one.body)) for one in self.documents.page(ACCESS, after=after, limit=limit)]
