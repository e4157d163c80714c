"""A process that approves the proposals it is told of, and meets its rival at a gate so that the two really overlap.

Run as `python -m tests.planning.approval_racer URL NAME SEED`. Each line in is a JSON object: `proposal` to approve, `at`
what time, and `gate`, which is `before reading` or `before writing`. At the gate it prints `at the gate` and waits for a line. Then it
prints what became of the approval, as JSON.
"""

# ruff: noqa: T201  printing is how it answers

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from allocation_engine.engine import Engine
from allocation_engine.errors import DecisionRefused, StaleProposal
from allocation_engine.persistence.event_log import EventLog, Query
from domain.events import EventRecord
from tests.planning.given import REASON, engine_on


def wait_at_the_gate() -> None:
    print("at the gate", flush=True)
    sys.stdin.readline()


class GatedLog(EventLog):
    """A log whose next append waits at the gate: both rivals have then decided, and on the same log."""

    gate_next_append = False

    def append(self, records: Sequence[EventRecord], *, unless: Query = (), after: int = 0) -> int:
        if self.gate_next_append:
            self.gate_next_append = False
            wait_at_the_gate()
        return super().append(records, unless=unless, after=after)


def outcome_of(engine: Engine, proposal_id: str, name: str) -> dict[str, Any]:
    try:
        approval = engine.approve(proposal_id, by=name, reason=REASON)
    except StaleProposal as stale:
        told = [change.wire_type for change in stale.changes]
        return {"outcome": "stale", "reason": stale.rejection.reason, "changes": told}
    except DecisionRefused as refused:
        return {"outcome": refused.rejection.code, "reason": refused.rejection.reason, "changes": []}
    return {"outcome": "approved", "reason": "", "changes": [], "assignments": approval.assignments}


def main(url: str, name: str, seed: int) -> None:
    told: list[datetime] = []
    with engine_on(url, seed=seed, clock=lambda: told[-1]) as engine:
        log = engine.store.log
        log.__class__ = GatedLog
        assert isinstance(log, GatedLog)
        print("ready", flush=True)
        for line in sys.stdin:
            task = json.loads(line)
            told.append(datetime.fromisoformat(task["at"]))
            if task["gate"] == "before writing":
                log.gate_next_append = True
            else:
                wait_at_the_gate()
            print(json.dumps(outcome_of(engine, task["proposal"], name)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
