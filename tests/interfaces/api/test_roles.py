"""Every cell of the table role x endpoint: open where it says so, closed where it does not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from allocation_engine.interfaces.api.access.roles import ROLES, SCOPES, Role, Scope
from tests.interfaces.api.conftest import Callers

PARAMETERS = {
    "worker_id": "w-0003",
    "position": "1",
    "proposal_id": "p-none",
    "alert_id": "x-none",
    "key_id": "0a1b2c3d4e5f",
    "webhook_id": "wh-none",
    "message_id": "none",
}
DENIED = (401, 403)


def operations(app: FastAPI) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield operation["operationId"], method, path, operation


def test_every_endpoint_is_in_the_table_and_every_row_is_an_endpoint(callers: Callers) -> None:
    described = [name for name, *_ in operations(callers.http.app)]  # type: ignore[arg-type]
    assert sorted(described) == sorted(ROLES)
    assert ROLES.keys() == SCOPES.keys()


@pytest.mark.parametrize("role", Role)
def test_each_endpoint_is_open_to_its_roles_and_closed_to_the_others(callers: Callers, role: Role) -> None:
    for name, method, path, operation in operations(callers.http.app):  # type: ignore[arg-type]
        answer = _call(callers, name, method, path, operation, callers.as_(role))
        allowed = answer.status_code not in DENIED
        assert allowed == (role in ROLES[name]), f"{role} {name}: {answer.status_code} {answer.text}"
        assert sorted(operation["x-roles"]) == sorted(one.value for one in ROLES[name])
        if not allowed:
            assert answer.json()["type"] == "/problems/forbidden"


@pytest.mark.parametrize("scope", Scope)
def test_a_key_held_to_a_scope_opens_nothing_else(callers: Callers, scope: Scope) -> None:
    for role in Role:
        header = {"Authorization": f"Bearer {callers.key(role, scopes=(scope,))}"}
        for name, method, path, operation in operations(callers.http.app):  # type: ignore[arg-type]
            answer = _call(callers, name, method, path, operation, header)
            assert (answer.status_code not in DENIED) == (role in ROLES[name] and SCOPES[name] is scope), (role, name)


def test_nobody_gets_in_without_a_key(callers: Callers) -> None:
    for name, method, path, operation in operations(callers.http.app):  # type: ignore[arg-type]
        for header in ({}, {"Authorization": "Bearer ae_0a1b2c3d4e5f_00"}, {"Authorization": "Basic eDp5"}):
            answer = _call(callers, name, method, path, operation, header)
            assert answer.status_code == 401, name
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_practitioner_sees_their_own_account_only(callers: Callers) -> None:
    own, other = callers.as_(Role.PRACTITIONER), "w-0002"
    assert callers.http.get("/v1/workers/w-0003", headers=own).status_code == 200
    assert callers.http.get("/v1/workers/w-0003/cases", headers=own).status_code == 200
    assert callers.http.get(f"/v1/workers/{other}", headers=own).status_code == 404
    assert callers.http.get(f"/v1/workers/{other}/cases", headers=own).status_code == 404
    assert callers.http.get("/v1/workers/nobody", headers=own).status_code == 404


def test_a_supervisor_sees_their_team_and_no_other(callers: Callers) -> None:
    everybody = callers.http.get("/v1/workers", headers=callers.as_(Role.MANAGER)).json()["workers"]
    teams = {one["worker_id"]: one["team_id"] for one in everybody}
    assert len(set(teams.values())) > 1
    mine = callers.as_(Role.SUPERVISOR)
    seen = callers.http.get("/v1/workers", headers=mine).json()["workers"]
    assert [one["worker_id"] for one in seen] == sorted(worker for worker, team in teams.items() if team == "t-01")
    other = next(worker for worker, team in teams.items() if team != "t-01")
    assert callers.http.get(f"/v1/workers/{other}", headers=mine).status_code == 404
    for path in ("/v1/supervision", "/v1/alerts"):
        assert callers.http.get(path, headers=mine).status_code == 200
        assert callers.http.get(path, headers=mine, params={"team": "t-02"}).status_code == 403


def test_every_reading_of_an_account_is_in_the_access_log(callers: Callers) -> None:
    callers.http.get("/v1/workers/w-0003", headers=callers.as_(Role.PRACTITIONER))
    callers.http.get("/v1/workers/w-0002", headers=callers.as_(Role.PRACTITIONER))
    callers.http.get("/v1/workers", headers=callers.as_(Role.MANAGER), params={"limit": 2})
    entries = callers.http.get("/v1/access-log", headers=callers.as_(Role.ADMINISTRATOR)).json()["entries"]
    assert [(one["actor"], one["operation"], one["subjects"]) for one in entries] == [
        ("a-practitioner", "read_worker", ["worker:w-0003"]),
        ("a-manager", "list_workers", ["worker:w-0001", "worker:w-0002"]),
    ]


def test_a_key_is_rotated_with_both_valid_and_revoked_at_once(callers: Callers) -> None:
    admin = callers.as_(Role.ADMINISTRATOR)
    made = callers.http.post("/v1/keys", headers=admin, json={"actor": "cms", "role": "system"}).json()
    rotated = callers.http.post(f"/v1/keys/{made['key_id']}/rotate", headers=admin).json()
    assert made["key"] != rotated["key"]
    for text in (made["key"], rotated["key"]):
        assert callers.http.get("/v1/me", headers={"Authorization": f"Bearer {text}"}).status_code == 200
    assert callers.http.post(f"/v1/keys/{made['key_id']}/revoke", headers=admin).status_code == 200
    for text in (made["key"], rotated["key"]):
        assert callers.http.get("/v1/me", headers={"Authorization": f"Bearer {text}"}).status_code == 401
    kept = json.dumps(callers.http.get("/v1/keys", headers=admin).json())
    assert made["key"].rpartition("_")[2] not in kept
    for document in callers.service.engine.store.documents.all("api-key"):
        assert made["key"].rpartition("_")[2].encode() not in document.body


def _call(
    callers: Callers, name: str, method: str, path: str, operation: dict[str, Any], headers: dict[str, str]
) -> Any:
    if name == "follow_proposal":
        path = path.replace("{proposal_id}", "p-none")
    for parameter, value in PARAMETERS.items():
        path = path.replace(f"{{{parameter}}}", value)
    content = operation.get("requestBody", {}).get("content", {})
    kind, body = next(iter(content.items()), ("application/json", {"example": {}}))
    example = body.get("example", {})
    text = example if isinstance(example, str) else json.dumps(example)
    if method in {"get", "delete"}:
        return callers.http.request(method, path, headers=headers)
    return callers.http.request(method, path, headers={**headers, "content-type": kind}, content=text)
