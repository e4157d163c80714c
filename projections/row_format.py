"""How a projection's rows are written and read back."""

from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter

State = TypeVar("State")


class RowFormat(Protocol[State]):
    """Turns a row into bytes and back; `load` raises ValueError for bytes that no row was written as."""

    def dump(self, row: State) -> bytes:
        """Write a row."""

    def load(self, stored: bytes) -> State:
        """Read a row."""


class JsonRows(Generic[State]):
    """Rows as JSON, validated when they are read."""

    def __init__(self, of: TypeAdapter[State]) -> None:
        self._of = of

    def dump(self, row: State) -> bytes:
        """Write a row."""
        return self._of.dump_json(row)

    def load(self, stored: bytes) -> State:
        """Read a row; pydantic's ValidationError is a ValueError."""
        return self._of.validate_json(stored)
