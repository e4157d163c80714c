"""Compares what a log holds with what was sent to it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from allocation_engine.client import Client

Sent = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of the events: source ids that are lost, stored more than once, changed, or never sent."""

    stored: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    changed: tuple[str, ...]
    strange: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Say whether the log holds just what was to be there."""
        return not (self.lost or self.doubled or self.changed or self.strange)


def compare(client: Client, sent: Iterable[Sent], due: Iterable[str]) -> Compared:
    """Read the whole feed and set it against all that was sent; `due` are the ids of which each must be there."""
    known = {one["source_id"]: _content(one["event"], one["type"], one["occurred_at"]) for one in sent}
    times: Counter[str] = Counter()
    changed: set[str] = set()
    for one in client.feed():
        source_id = str(one.envelope["source_id"])
        times[source_id] += 1
        if source_id in known and _content(one.event, one.type, str(one.envelope["occurred_at"])) != known[source_id]:
            changed.add(source_id)
    return Compared(
        stored=times.total(),
        lost=tuple(sorted(set(due) - set(times))),
        doubled=tuple(sorted(source_id for source_id, number in times.items() if number > 1)),
        changed=tuple(sorted(changed)),
        strange=tuple(sorted(set(times) - set(known))),
    )


def _content(event: Mapping[str, Any], wire_type: str, occurred_at: str) -> tuple[str, str, str]:
    return wire_type, occurred_at.replace("+00:00", "Z"), json.dumps(event, sort_keys=True)
