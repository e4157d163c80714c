from collections.abc import Iterator

import pytest

from tests.interfaces.importers.ssda903.returns import Returns, returns


@pytest.fixture
def store() -> Iterator[Returns]:
    with returns() as made:
        yield made
