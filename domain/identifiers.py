"""Opaque identifiers: they point at a record elsewhere and say nothing about the person.

A name, an e-mail address or anything with a space in it is refused at the door, so that personal data cannot slip
into an append-only log by way of an id.
"""

from datetime import UTC, datetime
from typing import Annotated, NewType
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints

OPAQUE_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
SLUG_PATTERN = r"^[a-z0-9][a-z0-9-]{0,47}$"
SOURCE_ID_PATTERN = r"^[\x21-\x7e]{1,200}$"

OpaqueId = Annotated[str, StringConstraints(pattern=OPAQUE_ID_PATTERN)]
Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]
SourceId = Annotated[str, StringConstraints(pattern=SOURCE_ID_PATTERN)]

WorkerId = NewType("WorkerId", OpaqueId)
CaseId = NewType("CaseId", OpaqueId)
TeamId = NewType("TeamId", OpaqueId)
IncidentId = NewType("IncidentId", OpaqueId)
ProposalId = NewType("ProposalId", OpaqueId)
AlertId = NewType("AlertId", OpaqueId)
PolicySetId = NewType("PolicySetId", OpaqueId)
GroupId = NewType("GroupId", OpaqueId)
PersonId = NewType("PersonId", OpaqueId)
"""Anyone who acts: a worker, a manager, a system. Managers need not be workers of the service."""

EventId = UUID


def _no_bare_number(given: object) -> object:
    """Refuse a number: a spreadsheet's day 45000 would be read as seconds, and so as an afternoon of 1970."""
    if isinstance(given, datetime) or (isinstance(given, str) and not _is_number(given)):
        return given
    raise ValueError("give a date and time with its zone, such as 2026-11-02T09:30:00+00:00")


def _is_number(text: str) -> bool:
    return text.strip().lstrip("+-").replace(".", "", 1).isdecimal()


EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these lie all moments that are spoken of here, so that years may be counted back and forward from each."""


def within_reach(moment: datetime) -> datetime:
    """Put a moment in UTC; a `ValueError` for a slip such as the year 26 or 20266."""
    if not EARLIEST <= moment < LATEST:
        raise ValueError(f"lies outside the years {EARLIEST.year} to {LATEST.year - 1}; give the year in four digits")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, BeforeValidator(_no_bare_number), AfterValidator(within_reach)]
"""A moment with a time zone, kept in UTC: two systems in different zones must sort the same way."""
