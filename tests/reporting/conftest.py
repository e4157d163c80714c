"""The small service of `practice_service`, in a store."""

from collections.abc import Iterator

import pytest

from allocation_engine.engine import Engine
from tests.planning.given import engine_on
from tests.reporting.practice_service import history


@pytest.fixture
def practice() -> Iterator[Engine]:
    with engine_on("memory://") as engine:
        engine.ingest(history())
        yield engine
