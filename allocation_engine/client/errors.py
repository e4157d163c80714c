"""What can go wrong on the caller's side of the service. Each error carries fields; none carries what was sent.

ClientError
├── Problem        the service answered with a problem (RFC 9457); `code` says which
├── Unreachable    no answer came, however often it was tried
└── TookTooLong    a proposal was not made in the time given
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx


class ClientError(Exception):
    """A call did not do what was asked."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A field and what is wrong with it."""

    field: str
    fault: str


class Problem(ClientError):
    """The service's answer to a call that it does not carry out.

    Attributes
    ----------
    status, code
        The HTTP status, and the last part of the problem's `type`; the page under that address says what to do.
    faults
        The fields that are wrong, of an invalid request or event.
    more
        Whatever else the problem says: `changes` of a stale proposal, `rule` of a refusal, `items` of an atomic batch.
    retry_after
        How long to wait before the next try [s], where the service says so.
    correlation_id
        What to tell whoever runs the service when asking about this call.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str = "",
        detail: str = "",
        faults: Sequence[Fault] = (),
        *,
        more: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
        correlation_id: str | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.faults = tuple(faults)
        self.more = dict(more or {})
        self.retry_after = retry_after
        self.correlation_id = correlation_id
        named = "; ".join(f"{one.field}: {one.fault}" for one in self.faults)
        super().__init__(f"{status} {code}: {detail or title}" + (f" ({named})" if named else ""))


class Unreachable(ClientError):
    """No answer came after `tries` tries; `why` is the kind of the last failure."""

    def __init__(self, tries: int, why: str) -> None:
        self.tries = tries
        self.why = why
        super().__init__(f"the service cannot be reached: {why} at each of {tries} tries")


class TookTooLong(ClientError):
    """A proposal was still being made when the time was over. It goes on; ask again later, or cancel it."""

    def __init__(self, proposal_id: str, seconds: float) -> None:
        self.proposal_id = proposal_id
        self.seconds = seconds
        super().__init__(f"proposal {proposal_id} was not made within {seconds:g} s")


KNOWN_FIELDS = frozenset({"type", "title", "status", "detail", "faults"})


def problem_of(response: httpx.Response) -> Problem:
    """Read a problem out of an answer; one that is none, such as a proxy's page, is told by its status alone."""
    try:
        body = response.json()
    except ValueError:
        body = None
    fields: dict[str, Any] = body if isinstance(body, dict) else {}
    found = [one for one in fields.get("faults") or () if isinstance(one, dict)]
    return Problem(
        response.status_code,
        str(fields.get("type", "")).rsplit("/", 1)[-1] or "unknown",
        str(fields.get("title", response.reason_phrase)),
        str(fields.get("detail") or ""),
        [Fault(str(one.get("field", "")), str(one.get("fault", ""))) for one in found],
        more={name: value for name, value in fields.items() if name not in KNOWN_FIELDS},
        retry_after=_seconds(response.headers.get("Retry-After")),
        correlation_id=response.headers.get("X-Correlation-ID"),
    )


def _seconds(text: str | None) -> float | None:
    """Read `Retry-After` in seconds; its other form, a date, is left to the caller's own waiting."""
    return float(text) if text is not None and text.isdecimal() else None
