"""Waits for a proposal: by asking now and then, or told by the service as the search goes on."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from allocation_engine.client.answers import Proposal
from allocation_engine.client.calling import Calling
from allocation_engine.client.errors import TookTooLong, problem_of

DONE = "done"
BEING_MADE = "requested"


@dataclass(frozen=True)
class Following:
    """Follows proposals while they are made."""

    calling: Calling
    sleep: Callable[[float], object] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def read(self, proposal_id: str) -> Proposal:
        """Read a proposal as it stands."""
        response = self.calling.get(f"/v1/proposals/{proposal_id}")
        return Proposal(response.headers["ETag"], response.json())

    def until_made(self, proposal_id: str, within_seconds: float, every_seconds: float) -> Proposal:
        """Ask until it is made, withdrawn or decided; `TookTooLong` when the time is over."""
        until = self.monotonic() + within_seconds
        while (found := self.read(proposal_id)).status == BEING_MADE:
            if self.monotonic() >= until:
                raise TookTooLong(proposal_id, within_seconds)
            self.sleep(every_seconds)
        return found

    def progress(self, proposal_id: str) -> Iterator[Mapping[str, Any]]:
        """Give news of the search as it comes; a connection that breaks off is made again.

        News has no number, so what was told while nobody listened is not repeated: each says how things stand.
        """
        broken = 0
        while True:
            try:
                with self.calling.http.stream("GET", f"/v1/proposals/{proposal_id}/progress") as response:
                    if response.is_error:
                        response.read()
                        raise problem_of(response)
                    for name, data in server_sent(response.iter_lines()):
                        broken = 0
                        if name == DONE:
                            return
                        yield data
            except httpx.TransportError:
                broken += 1
                if broken >= self.calling.retries.tries:
                    raise
                self.calling.retries.wait(broken)


def server_sent(lines: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Read server-sent events: the name and the JSON of each; comments, which keep the connection open, are left out."""
    name, data = "message", ""
    for line in lines:
        if not line:
            if data:
                yield name, json.loads(data)
            name, data = "message", ""
        elif not line.startswith(":"):
            field, _, value = line.partition(":")
            if field == "event":
                name = value.strip()
            elif field == "data":
                data += value.strip()
