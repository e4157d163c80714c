"""A service over each store, with a small made-up history, and callers of every role."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pytest
from fastapi.telemetry import TelemetryConfig
from fastapi.testclient import TestClient

from allocation_engine.bootstrap import open_engine
from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.app import create_app
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.interfaces.telemetry.requests import SILENT

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HISTORY = tuple(generate(ServiceShape(ends_at=NOW, workers=9, waiting=3, weeks=8), seed=4))


class Callers:
    """Calls the service in any role."""

    def __init__(self, service: Service, telemetry: TelemetryConfig = SILENT) -> None:
        self.service = service
        self.http = TestClient(create_app(service, telemetry=telemetry), raise_server_exceptions=False)
        self._headers: dict[str, dict[str, str]] = {}

    def ready_for_threads(self) -> TestClient:
        """Give the client once the application has put its endpoints together.

        FastAPI does that with the first request, and pydantic warns meanwhile of what it does not need. The warnings are
        held back by `warnings.catch_warnings`, which is for one thread at a time: where several threads send the first
        request, each over an event loop of its own, one may raise a warning as an error, as tests have it, and be
        answered 500. A server has one event loop, and only prints warnings.
        """
        assert self.http.get("/nothing-is-here").status_code == 404
        return self.http

    def key(self, role: Role, **more: object) -> str:
        fields: dict[str, object] = {"actor": f"a-{role.value}", "role": role, **more}
        if role is Role.PRACTITIONER:
            fields.setdefault("worker_id", "w-0003")
        if role is Role.SUPERVISOR:
            fields.setdefault("team_ids", ("t-01",))
        keys = self.service.keys
        draft = keys.draft(KeyRequest.model_validate(fields), self.service.new_bytes(6).hex(), "m-1")
        return keys.issue(draft)

    def as_(self, role: Role) -> dict[str, str]:
        if role.value not in self._headers:
            self._headers[role.value] = {"Authorization": f"Bearer {self.key(role)}"}
        return self._headers[role.value]


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_engine(request: pytest.FixtureRequest, new_store_url: Callable[[str], str]) -> Iterator[Engine]:
    yield from _engine(new_store_url(request.param), "memory")


@pytest.fixture
def engine() -> Iterator[Engine]:
    yield from _engine("memory://", "memory")


def _engine(url: str, keys: str) -> Iterator[Engine]:
    numbers = count(1)
    with open_engine(url, clock=lambda: NOW, new_id=lambda: UUID(int=next(numbers)), person_keys=keys) as engine:
        engine.ingest(HISTORY)
        yield engine


@pytest.fixture
def callers(engine: Engine) -> Callers:
    return Callers(Service(engine))


@pytest.fixture
def any_callers(any_engine: Engine) -> Callers:
    return Callers(Service(any_engine))
