"""The client: one method for each thing that a case management system asks of the service."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from pydantic import BaseModel

from allocation_engine.client.answers import Decided, Event, Outcome, Outcomes, Proposal, Streamed
from allocation_engine.client.calling import Calling, Retries
from allocation_engine.client.feed import Feed
from allocation_engine.client.following import Following

Sent = Event | Mapping[str, Any]

BATCH = 10_000
"""As many events as the service takes in one batch."""

LINES = 20_000
"""A stream is sent in requests of so many lines, so that a broken one is sent again from its own beginning."""

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
NDJSON = "application/x-ndjson"


class Client:
    """Calls the service at an address with an API key or a token. Safe for many threads; close it, or use it as a context.

    Every POST carries an Idempotency-Key through all its tries. A caller who keeps `key` itself, beside what it sends, can
    repeat a call even after its own restart.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout: httpx.Timeout | float = TIMEOUT,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
        new_key: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        headers = {"Authorization": f"Bearer {key}", "User-Agent": "allocation-engine-client/1"}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout, transport=transport)
        self._calling = Calling(self._http, retries or Retries(), new_key)
        self._following = Following(self._calling, self._calling.retries.sleep)

    def me(self) -> Mapping[str, Any]:
        """Say who calls, and which endpoints are open to them."""
        return self._get("/v1/me")

    def send_event(self, event: Sent, *, key: str | None = None) -> Outcome:
        """Send one event; sent again, it is known."""
        return Outcome.model_validate(self._calling.post("/v1/events", _json(event), key=key).json())

    def send_events(self, events: Iterable[Sent], *, atomic: bool = False) -> Outcomes:
        """Send events, ten thousand at a time, and give what became of each.

        `atomic` stores all or none, and so takes one batch: `ValueError` for more.
        """
        outcomes: list[Outcome] = []
        rest = iter(events)
        while batch := list(islice(rest, BATCH)):
            if atomic and (outcomes or next(rest, None) is not None):
                raise ValueError(f"an atomic batch holds {BATCH} events at most: no larger one is stored all or none")
            body = json.dumps({"events": [_plain(one) for one in batch], "atomic": atomic}).encode()
            answer = self._calling.post("/v1/events/batch", body).json()
            outcomes += [Outcome.model_validate(one) for one in answer["items"]]
        return Outcomes(tuple(outcomes))

    def stream(self, events: Iterable[Sent]) -> Streamed:
        """Send any number of events, a line each; lines are numbered over the whole stream."""
        total, sent, rest = Streamed(), 0, iter(events)
        while lines := [_json(one) for one in islice(rest, LINES)]:
            body = b"\n".join(lines) + b"\n"
            done = Streamed.model_validate(self._calling.post("/v1/events/stream", body, media_type=NDJSON).json())
            total = _added(total, done, sent)
            sent += len(lines)
        return total

    def retract(self, source_system: str, source_id: str, reason: str, *, key: str | None = None) -> Outcome:
        """Take an event back: `recorded_in_error`, `duplicate` and the like."""
        body = {"source_system": source_system, "source_id": source_id, "reason": reason}
        return Outcome.model_validate(self._post("/v1/retractions", body, key=key).json())

    def correct(self, event: Sent, *, key: str | None = None) -> Outcome:
        """Say what the event under this source id should have read."""
        return Outcome.model_validate(self._calling.post("/v1/corrections", _json(event), key=key).json())

    def feed(self, after: int = 0, limit: int = 500) -> Feed:
        """Read the log from a position on; `Feed.position` says how far it was handled."""
        return Feed(self._calling, after, limit)

    def workers(
        self, *, team: str | None = None, as_at: datetime | None = None, known_at: datetime | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """List workers with what each carries, in order of id; all pages are of one moment."""
        return self._rows("/v1/workers", "workers", {"team": team, **_moments(as_at, known_at)})

    def worker(
        self, worker_id: str, *, as_at: datetime | None = None, known_at: datetime | None = None
    ) -> Mapping[str, Any]:
        """Read one account with every contribution."""
        return self._get(f"/v1/workers/{worker_id}", _moments(as_at, known_at))

    def waiting_cases(
        self, *, as_at: datetime | None = None, known_at: datetime | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """List the cases that wait, most urgent first."""
        return self._rows("/v1/waiting-cases", "cases", _moments(as_at, known_at))

    def request_proposal(self, *, key: str | None = None, **asked: Any) -> str:
        """Ask who could take the waiting cases (`team_id`, `seconds`, …); give the proposal's id at once."""
        return str(self._post("/v1/proposals", asked, key=key).json()["proposal_id"])

    def proposal(self, proposal_id: str) -> Proposal:
        """Read a proposal as it stands, with the ETag that a decision needs."""
        return self._following.read(proposal_id)

    def wait(self, proposal_id: str, *, within_seconds: float = 600.0, every_seconds: float = 1.0) -> Proposal:
        """Wait until a proposal is made, and read it; `TookTooLong` when the time is over."""
        return self._following.until_made(proposal_id, within_seconds, every_seconds)

    def progress(self, proposal_id: str) -> Iterator[Mapping[str, Any]]:
        """Give news of the search as it comes, until the proposal is made."""
        return self._following.progress(proposal_id)

    def approve(self, seen: Proposal, reason: str, *, key: str | None = None) -> Decided:
        """Approve what was read; `Problem` with `stale` or `changed_since_read` if that is no longer how it stands."""
        return self._decide(seen, "approve", {"reason": reason}, key)

    def amend(
        self,
        seen: Proposal,
        reason: str,
        *,
        assign: Mapping[str, str] | None = None,
        co_work: Mapping[str, str] | None = None,
        drop: Sequence[str] = (),
        key: str | None = None,
    ) -> Decided:
        """Change by hand what was read; it then stands for decision again, so read it anew."""
        body = {"reason": reason, "assign": assign or {}, "co_work": co_work or {}, "drop": list(drop)}
        return self._decide(seen, "amend", body, key)

    def reject(self, seen: Proposal, reason: str, *, key: str | None = None) -> Decided:
        """Turn down what was read."""
        return self._decide(seen, "reject", {"reason": reason}, key)

    def undo(self, seen: Proposal, reason: str, *, key: str | None = None) -> Decided:
        """Undo what was approved: its cases go back to whom they were with."""
        return self._decide(seen, "undo", {"reason": reason}, key)

    def cancel(self, proposal_id: str, *, key: str | None = None) -> Decided:
        """Stop the search for a proposal that is not made yet."""
        return Decided.model_validate(self._post(f"/v1/proposals/{proposal_id}/cancel", {}, key=key).json())

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _decide(self, seen: Proposal, act: str, body: Mapping[str, Any], key: str | None) -> Decided:
        path = f"/v1/proposals/{seen.proposal_id}/{act}"
        response = self._post(path, body, key=key, headers={"If-Match": seen.etag})
        return Decided.model_validate({**response.json(), "etag": response.headers.get("ETag", "")})

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        document: Mapping[str, Any] = self._calling.get(path, query).json()
        return document

    def _post(
        self, path: str, body: Mapping[str, Any], *, key: str | None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return self._calling.post(path, json.dumps(body).encode(), headers=headers, key=key)

    def _rows(self, path: str, name: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        page = self._get(path, query)
        yield from page[name]
        while page["next"] is not None:
            page = self._get(page["next"])
            yield from page[name]


def _moments(as_at: datetime | None, known_at: datetime | None) -> dict[str, str | None]:
    return {
        "as_at": None if as_at is None else as_at.isoformat(),
        "known_at": None if known_at is None else known_at.isoformat(),
    }


def _plain(event: Sent) -> Mapping[str, Any]:
    return event.model_dump(mode="json") if isinstance(event, BaseModel) else event


def _json(event: Sent) -> bytes:
    return json.dumps(_plain(event), separators=(",", ":")).encode()


def _added(total: Streamed, done: Streamed, before: int) -> Streamed:
    lines = [{**one, "line": int(str(one["line"])) + before} for one in done.refused_lines]
    return Streamed(
        stored=total.stored + done.stored,
        already_known=total.already_known + done.already_known,
        refused=total.refused + done.refused,
        position=done.position,
        refused_lines=[*total.refused_lines, *lines],
    )
