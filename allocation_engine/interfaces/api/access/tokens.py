"""OAuth 2 client-credentials tokens: signed by the organisation's own identity service, checked against its keys (JWKS)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from allocation_engine.interfaces.api.access.principal import Principal
from allocation_engine.interfaces.api.access.roles import Role, Scope

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Asymmetric ones only: with a shared secret whoever checks a token could make one."""

REFRESH_SECONDS = 300.0
LEEWAY_SECONDS = 30


@dataclass(frozen=True)
class Tokens:
    """Checks bearer tokens of one issuer.

    Parameters
    ----------
    issuer, audience
        What `iss` and `aud` must say.
    fetch_keys
        Reads the issuer's JWKS. It is read again every five minutes, and at most that often for an unknown key.
    """

    issuer: str
    audience: str
    fetch_keys: Callable[[], Mapping[str, Any]]
    clock: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock, repr=False)
    _kept: list[tuple[float, KeySet]] = field(default_factory=list, repr=False)

    def principal(self, text: str) -> Principal | None:
        """Give whom a token stands for; None if it is not valid here and now.

        Claims: `sub` (opaque id of who acts), `role`, and `worker_id` or `team_ids` where the role needs them; `scope`
        may hold it to parts of the role.
        """
        try:
            token = jwt.decode(text, self._keys(), algorithms=ALGORITHMS)
            registry = jwt.JWTClaimsRegistry(
                now=lambda: int(self.clock().timestamp()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.audience},
                exp={"essential": True},
                sub={"essential": True},
            )
            registry.validate(token.claims)
            return _principal(token.claims)
        except (JoseError, ValueError, KeyError, TypeError, OSError, httpx.HTTPError):
            return None

    def _keys(self) -> KeySet:
        with self._lock:
            now = self.monotonic()
            if not self._kept or now - self._kept[0][0] > REFRESH_SECONDS:
                self._kept[:] = [(now, KeySet.import_key_set(dict(self.fetch_keys())))]  # type: ignore[arg-type]
            return self._kept[0][1]


def _principal(claims: Mapping[str, Any]) -> Principal | None:
    role = Role(claims["role"])
    worker_id, team_ids = claims.get("worker_id"), frozenset(map(str, claims.get("team_ids", ())))
    if (role is Role.PRACTITIONER and not worker_id) or (role is Role.SUPERVISOR and not team_ids):
        return None
    named = {scope for scope in str(claims.get("scope", "")).split() if scope in set(Scope)}
    return Principal(
        actor=str(claims["sub"])[:64],
        credential=f"sub-{claims['sub']}",
        role=role,
        worker_id=None if worker_id is None else str(worker_id),
        team_ids=team_ids,
        scopes=frozenset(map(Scope, named)) if named else frozenset(Scope),
    )
