"""What every endpoint works with: the organisation's engine, who may call, and what is counted."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.access.access_log import AccessLog
from allocation_engine.interfaces.api.access.keys import PREFIX, Keys
from allocation_engine.interfaces.api.access.principal import Principal
from allocation_engine.interfaces.api.access.room import Room
from allocation_engine.interfaces.api.access.tokens import Tokens
from allocation_engine.interfaces.api.access.verified import Verified
from allocation_engine.interfaces.api.intake.take_in import what_stands_against
from allocation_engine.interfaces.api.intake.together import Together
from allocation_engine.interfaces.api.operations.metrics import Metrics
from allocation_engine.interfaces.webhooks import DeadLetters, NameLookups, TargetRules, Webhooks

MIB = 1 << 20

LOOKUPS_AT_ONCE = 8
"""Of hosts that somebody subscribes: others are refused at once meanwhile, so that names that hang hold few requests."""


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """How much one caller may ask.

    Attributes
    ----------
    body_mib
        The largest body [MiB]; a stream may be longer, line by line.
    per_second
        Requests of one key or token in any second, by each process.
    """

    body_mib: int = 16
    per_second: int = 1000


@dataclass(frozen=True)
class Service:
    """One organisation's service. One store each: whoever calls is known to this store or to nobody.

    Attributes
    ----------
    pseudonym_key
        Gives the key that turns the ids of a return into pseudonyms; it must be the same for ever.
    names
        Looks up the hosts of those who subscribe.
    holder
        What this process calls itself where several share work.
    """

    engine: Engine
    tokens: Tokens | None = None
    limits: ServiceLimits = field(default_factory=ServiceLimits)
    new_bytes: Callable[[int], bytes] = secrets.token_bytes
    metrics: Metrics = field(default_factory=Metrics)
    pseudonym_key: Callable[[], bytes] = lambda: secrets.token_bytes(32)
    webhook_targets: TargetRules = field(default_factory=TargetRules)
    names: NameLookups = field(default_factory=lambda: NameLookups(most=LOOKUPS_AT_ONCE))
    holder: str = "server"
    together: Together = field(default_factory=lambda: Together(what_stands_against))
    _room: Room = field(default_factory=Room)
    _verified: Verified = field(default_factory=Verified)

    @property
    def clock(self) -> Callable[[], datetime]:
        """The engine's clock."""
        return self.engine.clock

    @property
    def new_id(self) -> Callable[[], UUID]:
        """The engine's source of ids."""
        return self.engine.new_id

    @property
    def keys(self) -> Keys:
        """The API keys."""
        return Keys(self.engine.store.documents, self.clock, self.new_bytes, self._verified)

    @property
    def webhooks(self) -> Webhooks:
        """Where events are sent to."""
        return Webhooks(self.engine.store, self.clock, self.new_bytes, self.webhook_targets, self.names)

    @property
    def dead_letters(self) -> DeadLetters:
        """What could not be sent."""
        return DeadLetters(self.engine.store, self.clock)

    @property
    def access_log(self) -> AccessLog:
        """Who read whose account."""
        return AccessLog(self.engine.store.documents, self.clock, self.new_id)

    def principal(self, credential: str) -> Principal | None:
        """Give whom a key or a token stands for; None if it is not valid."""
        if credential.startswith(PREFIX):
            return self.keys.principal(credential)
        return None if self.tokens is None else self.tokens.principal(credential)

    def remembered(self, credential: str) -> Principal | None:
        """Give whom a key stood for a moment ago, without waiting for the store; None if it has to be looked up."""
        return self._verified.find(credential, self.clock())

    def has_room_for(self, who: Principal) -> bool:
        """Count a request; tell whether the caller is within the limit."""
        return self._room.take(who.credential, self.limits.per_second)
