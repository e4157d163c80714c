"""Engines for the tests of the service layer."""

from collections.abc import Callable, Iterator

import pytest

from allocation_engine.engine import Engine
from tests.planning.given import engine_on

KINDS = ["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine on an empty store in memory."""
    with engine_on("memory://") as engine:
        yield engine


@pytest.fixture(params=KINDS)
def any_engine(request: pytest.FixtureRequest, new_store_url: Callable[[str], str]) -> Iterator[Engine]:
    """An engine on each kind of store in turn."""
    with engine_on(new_store_url(request.param)) as engine:
        yield engine
