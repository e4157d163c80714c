"""Make one requested proposal, in whichever process: take the job, give signs of life, stop when it is cancelled."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from allocation_engine.bootstrap import open_engine
from allocation_engine.engine import Engine
from allocation_engine.interfaces.telemetry.switch import tracing_while
from allocation_engine.optimiser.watch import Progress
from allocation_engine.planning import JobBoard

BEAT_SECONDS = 5.0
TELL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """Where the store and its keys are, so that another process can open them."""

    store: str
    person_keys: str | None = None
    master_key_file: Path | None = None


def holder_name() -> str:
    """Name this process so that no other has the name at the same time."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}"


@contextmanager
def engine_for(work: str, place: Place) -> Iterator[Engine]:
    """Open the store for a piece of work in a process of its own, and close it after. The work is traced if anything is."""
    with ExitStack() as opened:
        tracing = opened.enter_context(tracing_while(os.environ))
        if tracing is not None:
            opened.enter_context(tracing.work(work))
        engine = open_engine(
            place.store,
            person_keys=place.person_keys,
            master_key_file=place.master_key_file,
            within_append=None if tracing is None else tracing.append,
        )
        yield opened.enter_context(engine)


def make_in_process(place: Place, proposal_id: str) -> bool:
    """Open the store, make the proposal, close the store: what a pool's process is given to do."""
    with engine_for("proposal", place) as engine:
        return make(engine, proposal_id, holder_name())


def make(engine: Engine, proposal_id: str, holder: str) -> bool:
    """Make a requested proposal unless somebody else does; tell whether it was ours to make."""
    board = engine.jobs(holder)
    job = board.take(proposal_id)
    if job is None:
        return False
    with _signs_of_life(board, proposal_id) as still_ours:
        engine.make_requested(job, _telling(board, proposal_id, still_ours))
    board.release(proposal_id)
    return True


def _telling(board: JobBoard, proposal_id: str, still_ours: Callable[[], bool]) -> Callable[[Progress], bool]:
    """Write progress down, twice a second at most; stop the search when the job is no longer ours."""
    told = -TELL_SECONDS

    def tell(progress: Progress) -> bool:
        nonlocal told
        if progress.seconds - told >= TELL_SECONDS:
            told = progress.seconds
            return board.beat(proposal_id, progress) and still_ours()
        return still_ours()

    return tell


@contextmanager
def _signs_of_life(board: JobBoard, proposal_id: str) -> Iterator[Callable[[], bool]]:
    """Keep the lease while the work goes on, also through steps that tell of no progress."""
    over, lost = threading.Event(), threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            if not board.beat(proposal_id):
                lost.set()
                return

    thread = threading.Thread(target=beat, name=f"beat-{proposal_id}", daemon=True)
    thread.start()
    try:
        yield lambda: not lost.is_set()
    finally:
        over.set()
        thread.join()
