"""A process that reads a case again and again, and says when it began to read and what it found.

Run as `python -m tests.contracts.watcher URL KEYS`; it ends with its standard input. It writes about the case, too, and
says when it began to and whether that was taken.
"""

# ruff: noqa: T201  printing is how it answers

import sys
import threading
import time
from itertools import count

from allocation_engine import open_engine
from allocation_engine.errors import PersonWasErased
from allocation_engine.persistence import Criterion
from domain.events.case import CaseEvent, CaseRiskReassessed
from domain.vocabulary import RiskLevel
from projections import CASELOAD
from projections.dated_events import Dossier
from tests.contracts.erased_service import CHILD
from tests.planning.given import delivered


def main(url: str, keys: str) -> None:
    told_to_stop = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        told_to_stop.set()

    threading.Thread(target=listen, daemon=True).start()
    with open_engine(url, person_keys=keys) as engine:
        about = (Criterion(frozenset({"case:c-1"})),)
        for number in count():
            began = time.monotonic()
            read = [one.record.event for one in engine.store.log.read(about).events]
            in_log = any(isinstance(one, CaseEvent) for one in read)
            engine.store.read_models.catch_up(CASELOAD)
            row: Dossier | None = engine.store.read_models.row(CASELOAD, "case:c-1")
            in_view = row is not None and bool(row.events)
            try:
                event = CaseRiskReassessed(case_id=CHILD, risk=RiskLevel.LOW)
                engine.ingest(delivered([event], system=f"watcher-{number}"))
                taken = True
            except PersonWasErased:
                taken = False
            print(began, in_log, in_view, taken, flush=True)
            if told_to_stop.is_set():
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
