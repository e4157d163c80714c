"""What the server tidies by itself: receipts that no caller will ask for again, sessions, links and looks ahead that have run out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog

from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.once import purge_receipts
from allocation_engine.interfaces.web.signing_in import purge_sessions
from allocation_engine.planning.what_if.board import KEPT as LOOKS_KEPT
from allocation_engine.planning.what_if.board import forget_looks

log = structlog.get_logger("allocation_engine.housekeeping")

RECEIPTS_KEPT = timedelta(days=7)
"""How long a repeated request gets its first answer. Events are known by their source's own id for ever."""

EVERY_SECONDS = 3600.0


@contextmanager
def kept_tidy(engine: Engine, every_seconds: float = EVERY_SECONDS) -> Iterator[None]:
    """Tidy while the context lasts, once an hour; several servers of one store may do so at once."""
    over = threading.Event()

    def tidy() -> None:
        while not over.wait(every_seconds):
            try:
                documents = engine.store.documents
                forgotten = purge_receipts(documents, engine.clock() - RECEIPTS_KEPT)
                sessions = purge_sessions(documents, engine.clock())
                looks = forget_looks(documents, engine.clock() - LOOKS_KEPT)
                log.info("tidied", receipts=forgotten, sessions=sessions, looks=looks)
            except Exception:  # the store may be away for a while: try again in an hour
                log.exception("it could not be tidied")

    thread = threading.Thread(target=tidy, name="housekeeping", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
