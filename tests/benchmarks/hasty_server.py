"""The service, but it acknowledges before it commits. It exists to prove that the harness of the kills notices.

Run as `allocation-engine serve` is: `python -m tests.benchmarks.hasty_server --host H --port P --store URL`.
"""

import argparse
import os
import threading
import time
from collections.abc import Sequence
from queue import Queue
from typing import Any

import uvicorn
from eventsourcing.dcb.api import DCBEvent
from fastapi import FastAPI

from allocation_engine.interfaces.api.serving import application
from allocation_engine.persistence.ports import Alongside, Appended, appended, nothing_alongside

LATE_SECONDS = 0.3


class HastyLog:
    """Says that it has stored, and stores a little later."""

    def __init__(self, honest: Any) -> None:
        self._honest = honest
        self._head = honest.head()
        self._later: Queue[tuple[Sequence[tuple[str, DCBEvent]], Alongside, float]] = Queue()
        threading.Thread(target=self._store, daemon=True).start()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._honest, name)

    def append_unknown(
        self, sourced: Sequence[tuple[str, DCBEvent]], alongside: Alongside = nothing_alongside
    ) -> Appended:
        self._head += len(sourced)
        done = appended([event for _, event in sourced], self._head)
        writes = alongside(done)
        self._later.put((sourced, lambda _: writes, time.monotonic() + LATE_SECONDS))
        return done

    def _store(self) -> None:
        while True:
            sourced, alongside, due = self._later.get()
            time.sleep(max(0.0, due - time.monotonic()))
            self._honest.append_unknown(sourced, alongside)


def hasty_application() -> FastAPI:
    app = application()
    log = app.state.service.engine.store.log
    log._backend = HastyLog(log._backend)
    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", required=True)
    asked = parser.parse_args()
    os.environ["ALLOCATION_ENGINE_STORE"] = asked.store
    uvicorn.run(hasty_application(), host=asked.host, port=asked.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
