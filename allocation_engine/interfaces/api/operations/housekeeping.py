"""What the server tidies by itself: receipts and dead letters that nobody will ask for again, and what has run out.

That is sessions, links and looks ahead. Each round's counts are in the log, and only they: of what is gone nothing is told.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import structlog

from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.once import purge_receipts
from allocation_engine.interfaces.web.signing_in import purge_sessions
from allocation_engine.interfaces.webhooks import DEAD_LETTERS_KEPT, DeadLetters
from allocation_engine.planning.what_if.board import KEPT as LOOKS_KEPT
from allocation_engine.planning.what_if.board import forget_looks

log = structlog.get_logger("allocation_engine.housekeeping")

RECEIPTS_KEPT = timedelta(days=7)
"""How long a repeated request gets its first answer. Events are known by their source's own id for ever."""

EVERY_SECONDS = 3600.0


def tidy(engine: Engine) -> Mapping[str, int]:
    """Forget what was kept for its time; give how many of each kind."""
    documents, now = engine.store.documents, engine.clock()
    return {
        "receipts": purge_receipts(documents, now - RECEIPTS_KEPT),
        "sessions": purge_sessions(documents, now),
        "looks": forget_looks(documents, now - LOOKS_KEPT),
        "dead_letters": DeadLetters(engine.store, engine.clock).purge(now - DEAD_LETTERS_KEPT),
    }


@contextmanager
def kept_tidy(engine: Engine, every_seconds: float = EVERY_SECONDS) -> Iterator[None]:
    """Tidy while the context lasts, once an hour; several servers of one store may do so at once."""
    over = threading.Event()

    def keep_tidy() -> None:
        while not over.wait(every_seconds):
            try:
                log.info("tidied", **tidy(engine))
            except Exception:  # the store may be away for a while: try again in an hour
                log.exception("it could not be tidied")

    thread = threading.Thread(target=keep_tidy, name="housekeeping", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
