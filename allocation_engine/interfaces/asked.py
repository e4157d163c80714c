"""What a report is asked about, whoever asks: the moment, what was known, and the policy in force then."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from allocation_engine.engine import Engine
from allocation_engine.interfaces.words import dated
from allocation_engine.persistence.store import Store
from domain.policy.policy_set import PolicySet


@dataclass(frozen=True)
class Asked:
    """What a report is asked about: the moment, what was known at another, and the policy in force then."""

    engine: Engine
    as_at: datetime
    known_at: datetime | None
    policy: PolicySet

    @property
    def store(self) -> Store:
        """The store that is read."""
        return self.engine.store

    @property
    def when(self) -> str:
        """Say the moment in words."""
        return dated(self.as_at, self.known_at)

    def document(self) -> dict[str, JsonValue]:
        """Begin a JSON document with what was asked about."""
        return {
            "as_at": self.as_at.isoformat(),
            "known_at": None if self.known_at is None else self.known_at.isoformat(),
            "policy_set_id": self.policy.policy_set_id,
        }
