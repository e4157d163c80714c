"""What a columnar rebuild is: it takes pages of the log as columns and gives the finished rows.

It takes only what it reads without doubt (plain events of the present version). Whatever else there is (corrections, old
versions, damage) it hands back, to be applied one by one: rows do not depend on the order in which events are applied.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LogColumns:
    """A page of the log in order of position: one entry an event in each column; data is JSON as stored."""

    positions: Sequence[int]
    types: Sequence[str]
    data: Sequence[bytes]


class ColumnFold(Protocol):
    """Builds the rows of one projection from pages of the log."""

    def take(self, page: LogColumns) -> Sequence[int]:
        """Take a page in; give the places in it that must be applied one by one. Many threads may do so at once."""

    def rows(self) -> Iterator[tuple[str, bytes]]:
        """Give every row as it is stored, in order of key."""
