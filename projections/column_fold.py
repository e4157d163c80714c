"""What a columnar rebuild is: it takes pages of the log as columns and gives the finished rows.

It takes only what it reads without doubt (plain events of the present version). Whatever else there is (corrections, old
versions, damage) it hands back, to be applied one by one: rows do not depend on the order in which events are applied.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import polars as pl

LogColumns = pl.DataFrame
"""A page of the log in order of position: columns position, type (as stored) and data (JSON as stored, in bytes)."""


class ColumnFold(Protocol):
    """Builds the rows of one projection from pages of the log."""

    def take(self, page: LogColumns) -> Sequence[int]:
        """Take a page in; give the places in it that must be applied one by one."""

    def rows(self) -> Iterator[tuple[str, bytes]]:
        """Give every row as it is stored, in order of key."""
