"""What a projection is: a name, a version, the events it reads, and a pure fold of one row at a time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.events.base import DomainEvent, EventRecord
from projections.column_fold import ColumnFold
from projections.row_format import RowFormat

State = TypeVar("State")


@dataclass(frozen=True)  # without slots: with them, Python 3.11 cannot make `Projection[Row](…)`
class Projection(Generic[State]):
    """A read model as a fold over rows, one row a key.

    A row is the same whatever order its events arrive in: it keeps dated facts, and whoever asks gives the moment. So
    the live rows equal a rebuild from zero, and late news needs no special case.

    Attributes
    ----------
    name, version
        Stored with the rows; rows of another version are rebuilt before they are read.
    handles, ignores
        Together the whole registry: a new event must be placed in one of them before the tests pass.
    keys
        The rows that an event touches.
    apply
        The row's next state, from its present one (None where there is none yet). None deletes the row.
    rows
        Writes a row as bytes and reads it back.
    columns
        Folds the log in columns where that is worth its code: much faster than event by event, with the same rows.
    """

    name: str
    version: int
    handles: frozenset[type[DomainEvent]]
    ignores: frozenset[type[DomainEvent]]
    keys: Callable[[EventRecord], Iterable[str]]
    apply: Callable[[State | None, str, EventRecord], State | None]
    rows: RowFormat[State]
    columns: Callable[[], ColumnFold] | None = None
