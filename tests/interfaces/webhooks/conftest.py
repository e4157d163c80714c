"""Stores with webhooks, and receivers."""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo

import pytest
import standardwebhooks.webhooks

from allocation_engine.persistence.store import open_store
from tests.interfaces.webhooks.receiver import Receiver, receiving
from tests.interfaces.webhooks.service import Clock, Service


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def service(request: pytest.FixtureRequest, new_store_url: Callable[[str], str]) -> Iterator[Service]:
    with open_store(new_store_url(request.param)) as store:
        yield Service(store)


@pytest.fixture
def in_memory() -> Iterator[Service]:
    with open_store("memory://") as store:
        yield Service(store)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def another_receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def verified_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[Clock], None]:
    """Let the library verify at our clock's time: it reads the system's."""

    def at(clock: Clock) -> None:
        class ClockTime(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "ClockTime":
                return cls.fromtimestamp(clock.now.timestamp(), tz)

        monkeypatch.setattr(standardwebhooks.webhooks, "datetime", ClockTime)

    return at
