"""What a step is: something done against the service, what must come of it, and what to do where it does not."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

JSON = "application/json"
PROBLEM = "application/problem+json"


class Failed(Exception):
    """A step came out otherwise than it must; `what` says how."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


class Skipped(Exception):
    """A step could not be taken here; `why` says what it would need."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its title reads as what must hold, its remedy as what to look at where it does not."""

    title: str
    remedy: str
    take: Callable[["Session"], None]


STEPS: list[Step] = []
"""Every step, in the order in which they are taken."""


def step(title: str, remedy: str) -> Callable[[Callable[["Session"], None]], Callable[["Session"], None]]:
    """Add a function to the steps."""

    def add(take: Callable[["Session"], None]) -> Callable[["Session"], None]:
        STEPS.append(Step(title, remedy, take))
        return take

    return add


@dataclass
class Session:
    """A run against one service. All ids begin with a mark of this run, so that it can be run again and again.

    Attributes
    ----------
    http
        Calls the service with the key.
    manager_key
        A manager's key, for the steps about decisions; None leaves them out.
    sent
        Source ids of events that are stored, to be taken back at the end.
    """

    http: httpx.Client
    manager_key: str | None = None
    mark: str = field(default_factory=lambda: f"cf{secrets.token_hex(4)}")
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent: list[str] = field(default_factory=list)

    @property
    def system(self) -> str:
        """The name under which this run sends."""
        return "conformance"

    def event(self, name: str, **more: Any) -> dict[str, Any]:
        """Make an event in plain JSON, about a case and a worker of this run's own."""
        return {
            "type": "case.assigned.v1",
            "event": {"case_id": f"{self.mark}-{name}", "worker_id": f"{self.mark}-w"},
            "occurred_at": self.days_ago(1),
            "source_system": self.system,
            "source_id": f"{self.mark}-{name}",
            **more,
        }

    def days_ago(self, days: float) -> str:
        """Give a moment before now as it is written in an event."""
        return (self.now - timedelta(days=days)).isoformat(timespec="seconds")

    def post(
        self, path: str, body: Any, kind: str = JSON, key: str | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send a body, under an Idempotency-Key of its own unless one is given."""
        whole = {
            "Content-Type": kind,
            "Idempotency-Key": key or f"{self.mark}-{secrets.token_hex(8)}",
            **(headers or {}),
        }
        return self.http.post(path, headers=whole, **({"content": body} if isinstance(body, bytes) else {"json": body}))

    def stored(self, response: httpx.Response, source_id: str) -> dict[str, Any]:
        """Hold an answer to be that to a new event, which is noted."""
        self.sent.append(source_id)
        body = expect(response, 201)
        must(body.get("status") == "stored", f"the answer says {body.get('status')!r} where the event is new")
        return body


def expect(response: httpx.Response, *statuses: int) -> dict[str, Any]:
    """Hold an answer to one of these statuses, and give its body."""
    if response.status_code not in statuses:
        code = _code(response)
        wanted = " or ".join(map(str, statuses))
        raise Failed(f"status {response.status_code}{f' ({code})' if code else ''} instead of {wanted}")
    try:
        body = response.json() if response.content else {}
    except ValueError:
        raise Failed(f"the answer with status {response.status_code} is no JSON") from None
    return body if isinstance(body, dict) else {"body": body}


def expect_problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Hold an answer to be this problem (RFC 9457)."""
    body = expect(response, status)
    kind = response.headers.get("content-type", "").split(";")[0]
    must(kind == PROBLEM, f"status {status} comes as {kind or 'nothing'} instead of {PROBLEM}")
    must(_code(response) == code, f"the problem is {_code(response)} instead of {code}")
    return body


def must(holds: object, otherwise: str) -> None:
    """Hold something to be so."""
    if not holds:
        raise Failed(otherwise)


def _code(response: httpx.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return ""
    return str(body.get("type", "")).rsplit("/", 1)[-1] if isinstance(body, dict) else ""
