from collections.abc import Iterator

import pytest

from tests.interfaces.importers.dfe_daily.payloads import Daily, daily


@pytest.fixture
def store() -> Iterator[Daily]:
    with daily() as made:
        yield made
