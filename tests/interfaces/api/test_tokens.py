"""Tokens of an organisation's own identity service: signed, for us, now, and with a role."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.access.roles import Role, Scope
from allocation_engine.interfaces.api.access.tokens import Tokens
from tests.interfaces.api.conftest import NOW

KEY = ECKey.generate_key("P-256", {"kid": "k-1", "use": "sig", "alg": "ES256"})
OTHER = ECKey.generate_key("P-256", {"kid": "k-2", "use": "sig", "alg": "ES256"})
AT = int(NOW.timestamp())
CLAIMS = {"iss": "https://id.example", "aud": "allocation", "sub": "m-7", "exp": AT + 300, "role": "manager"}


def tokens(*keys: ECKey, seconds: list[float] | None = None, fetched: list[int] | None = None) -> Tokens:
    def fetch() -> dict[str, Any]:
        if fetched is not None:
            fetched.append(1)
        return dict(KeySet(list(keys or (KEY,))).as_dict(private=False))

    times = seconds if seconds is not None else [0.0]
    return Tokens("https://id.example", "allocation", fetch, lambda: NOW, lambda: times[0])


def signed(claims: dict[str, Any], key: Any = KEY, algorithm: str = "ES256", kid: str = "k-1") -> str:
    return jwt.encode({"alg": algorithm, "kid": kid}, claims, key, algorithms=[algorithm])


def test_a_token_stands_for_whom_it_names() -> None:
    who = tokens().principal(signed(CLAIMS))
    assert who is not None
    assert (who.actor, who.role, who.scopes) == ("m-7", Role.MANAGER, frozenset(Scope))
    held = tokens().principal(signed({**CLAIMS, "scope": "read openid"}))
    assert held is not None
    assert held.scopes == {Scope.READ}


def test_a_practitioner_and_a_supervisor_say_whose_accounts() -> None:
    practitioner = tokens().principal(signed({**CLAIMS, "role": "practitioner", "worker_id": "w-3"}))
    supervisor = tokens().principal(signed({**CLAIMS, "role": "supervisor", "team_ids": ["t-1"]}))
    assert practitioner is not None
    assert supervisor is not None
    assert practitioner.sees("w-3", None)
    assert not practitioner.sees("w-4", None)
    assert supervisor.sees("w-4", "t-1")
    assert not supervisor.sees("w-4", "t-2")
    assert tokens().principal(signed({**CLAIMS, "role": "practitioner"})) is None
    assert tokens().principal(signed({**CLAIMS, "role": "supervisor"})) is None


@pytest.mark.parametrize(
    "text",
    [
        signed({**CLAIMS, "exp": AT - 60}),
        signed({**CLAIMS, "nbf": AT + 600}),
        signed({**CLAIMS, "iss": "https://other.example"}),
        signed({**CLAIMS, "aud": "another"}),
        signed({**CLAIMS, "role": "king"}),
        signed({name: value for name, value in CLAIMS.items() if name != "role"}),
        signed({name: value for name, value in CLAIMS.items() if name != "exp"}),
        signed({name: value for name, value in CLAIMS.items() if name != "sub"}),
        signed(CLAIMS, OTHER, kid="k-1"),
        signed(CLAIMS, OTHER, kid="k-2"),
        signed(CLAIMS, OctKey.import_key("a shared secret of thirty-two chars"), "HS256"),
        signed(CLAIMS)[:-4] + "AAAA",
        "not.a.token",
        "",
    ],
)
def test_a_token_that_is_not_right_opens_nothing(text: str) -> None:
    assert tokens().principal(text) is None


def test_the_issuers_keys_are_read_again_now_and_then() -> None:
    seconds, fetched = [0.0], list[int]()
    checked = tokens(seconds=seconds, fetched=fetched)
    for at in (0.0, 10.0, 299.0, 301.0, 302.0):
        seconds[0] = at
        assert checked.principal(signed(CLAIMS)) is not None
    assert len(fetched) == 2


def test_a_token_whose_issuer_cannot_be_reached_opens_nothing(engine: Engine) -> None:
    del engine

    def away() -> dict[str, Any]:
        raise ConnectionError

    assert Tokens("https://id.example", "allocation", away, lambda: NOW).principal(signed(CLAIMS)) is None
