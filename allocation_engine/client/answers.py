"""The answers of the service as the client gives them. What a later version adds is let through, never refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue


class Answer(BaseModel):
    """An answer; fields that this client does not know are kept beside those it knows."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Event(BaseModel):
    """An event to be sent: what happened, when, and which system says so under which id of its own."""

    model_config = ConfigDict(frozen=True)

    type: str
    event: Mapping[str, JsonValue]
    occurred_at: datetime | str
    source_system: str
    source_id: str


class ItemFault(Answer):
    """A field of an event and what is wrong with it."""

    field: str
    fault: str


class Outcome(Answer):
    """What became of one event: `stored`, `already_known`, `refused` (and why), or `not_stored` with an atomic batch."""

    status: str
    source_system: str | None = None
    source_id: str | None = None
    event_id: str | None = None
    position: int | None = None
    code: str | None = None
    faults: list[ItemFault] | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of many events, in the order in which they were sent."""

    items: tuple[Outcome, ...]

    @property
    def stored(self) -> int:
        """How many were new."""
        return self._count("stored")

    @property
    def already_known(self) -> int:
        """How many were on record already."""
        return self._count("already_known")

    @property
    def refused(self) -> tuple[tuple[int, Outcome], ...]:
        """Those that were not taken, each with its place in what was sent."""
        return tuple((place, one) for place, one in enumerate(self.items) if one.status == "refused")

    def _count(self, status: str) -> int:
        return sum(one.status == status for one in self.items)


class Streamed(Answer):
    """What became of a stream: counts, and the lines that were refused."""

    stored: int = 0
    already_known: int = 0
    refused: int = 0
    position: int = 0
    refused_lines: list[dict[str, JsonValue]] = []


class StoredEvent(Answer):
    """An event of the feed."""

    position: int
    type: str
    envelope: dict[str, JsonValue]
    event: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it was read. `etag` goes back with a decision, which then holds for this reading and no other."""

    etag: str
    document: Mapping[str, Any]

    @property
    def proposal_id(self) -> str:
        """Its id."""
        return str(self.document["proposal_id"])

    @property
    def status(self) -> str:
        """`requested` while it is being made, then `open` until a person decides."""
        return str(self.document["status"])

    @property
    def content(self) -> Mapping[str, Any] | None:
        """Who could take which case, once it is made."""
        content: Mapping[str, Any] | None = self.document.get("content")
        return content


class Decided(Answer):
    """A decision on record; `etag` goes with the next one, after an amendment."""

    proposal_id: str
    status: str
    position: int
    assignments: int = 0
    etag: str = ""
