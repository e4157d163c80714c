"""What came of a delivery: the records to append, and an account of every item without a word of what it said."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import JsonValue

from domain.events.base import EventRecord

if TYPE_CHECKING:
    from allocation_engine.interfaces.importers.casework.statements import Said


class Outcome(StrEnum):
    """An item told something new, told only what is known, was older than what is, was withdrawn, or was not taken.

    What is older undoes nothing: it adds only what newer deliveries do not speak for.
    """

    TAKEN = "taken"
    KNOWN = "known"
    OLDER = "older"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Item:
    """The one outcome of one item.

    `path` says where it is: a JSON pointer such as `/3`, or a line of a file. `records` is how many it led to, where it
    led to them alone.
    """

    path: str
    outcome: Outcome
    records: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an item was not taken: where in it, a code, and a sentence that never repeats the value."""

    path: str
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something true of the delivery as a whole, or of `count` of its items."""

    code: str
    why: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class LookupRow:
    """Who is who: `kind` is worker, team or case. For the manager only, never for the store or a report."""

    kind: str
    pseudonym: str
    original: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What to append and what to answer.

    Attributes
    ----------
    records
        In an order in which they can be appended.
    items
        One for every item of the delivery, in its order.
    refused
        A reason for every item that was refused; all others were taken.
    cases, waiting_cases, workers
        What the delivery holds as open on the day it was drawn up; who waits has no worker.
    said
        What the store is to keep of what was said, in the transaction that stores the records.
    """

    records: tuple[EventRecord, ...]
    items: tuple[Item, ...]
    refused: tuple[Refused, ...]
    notes: tuple[Notice, ...]
    cases: int
    waiting_cases: int
    workers: int
    lookup: tuple[LookupRow, ...]
    said: tuple["Said", ...] = ()

    @property
    def by_outcome(self) -> dict[Outcome, int]:
        """Totals for each outcome, nought included."""
        outcomes = Counter(item.outcome for item in self.items)
        return {outcome: outcomes[outcome] for outcome in Outcome}

    def to_json_dict(self) -> dict[str, JsonValue]:
        """Give the account as JSON values; the lookup is no part of it."""
        return {
            "cases": self.cases,
            "waiting_cases": self.waiting_cases,
            "workers": self.workers,
            "totals": {
                "items": len(self.items),
                "by_outcome": {outcome.value: number for outcome, number in self.by_outcome.items()},
            },
            "notes": [{"code": one.code, "why": one.why, "count": one.count} for one in self.notes],
            "refused": [{"path": one.path, "code": one.code, "why": one.why} for one in self.refused],
            "items": [{"path": one.path, "outcome": one.outcome.value, "records": one.records} for one in self.items],
        }
