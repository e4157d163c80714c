"""The border to the databases: whatever they raise leaves here as one of our own errors."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from eventsourcing.domain import EventSourcingError

from allocation_engine.errors import StoreUnavailable


def first_line(error: BaseException) -> str:
    """Give the first line of an error's text, or its kind where it has none: one clear sentence for the user."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


@contextmanager
def store_errors(store: str) -> Iterator[None]:
    """Turn a database's errors into `StoreUnavailable` for this store (its URL without the password)."""
    try:
        yield
    except (sqlite3.Error, EventSourcingError) as error:
        raise StoreUnavailable(store, first_line(error)) from error
