"""Makes requested proposals in processes beside the server: new ones, and those that a crash left behind."""

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import structlog

from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.jobs.making import Place, holder_name, make_in_process

log = structlog.get_logger("allocation_engine.jobs")

LOOK_SECONDS = 0.5


@contextmanager
def proposals_made(engine: Engine, place: Place, processes: int = 1) -> Iterator[None]:
    """Make proposals while the context lasts; what is unfinished at its end is left to whoever starts next."""
    maker = _Maker(engine, place, processes)
    thread = threading.Thread(target=maker.run, name="proposals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        maker.stop()
        thread.join()


class _Maker:
    def __init__(self, engine: Engine, place: Place, processes: int) -> None:
        self._board = engine.jobs(holder_name())
        self._place = place
        self._processes = processes
        self._over = threading.Event()
        self._pool: ProcessPoolExecutor | None = None
        self._given: dict[str, Future[bool]] = {}

    def run(self) -> None:
        """Hand every job that nobody works on to the pool, until it is over."""
        while not self._over.wait(LOOK_SECONDS):
            try:
                self._look()
            except Exception:  # the store may be away for a while: look again
                log.exception("the open proposals could not be looked at")

    def stop(self) -> None:
        """Stop handing out, and end the pool: leases run out, and others take the jobs up."""
        self._over.set()
        if self._pool is not None:
            for process in list((self._pool._processes or {}).values()):  # noqa: SLF001  the pool has no such call
                process.terminate()
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _look(self) -> None:
        for proposal_id, future in list(self._given.items()):
            if future.done():
                del self._given[proposal_id]
                self._tell_of(proposal_id, future)
        for job in self._board.free():
            if job.proposal_id not in self._given and len(self._given) < self._processes:
                self._given[job.proposal_id] = self._started().submit(make_in_process, self._place, job.proposal_id)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context)
        return self._pool

    def _tell_of(self, proposal_id: str, future: Future[bool]) -> None:
        if future.cancelled() or (error := future.exception()) is None:
            return
        log.error("a proposal could not be made", proposal_id=proposal_id, error=type(error).__name__)
        if isinstance(error, BrokenProcessPool):
            self._pool = None  # the job's lease runs out, and a new pool takes it up
