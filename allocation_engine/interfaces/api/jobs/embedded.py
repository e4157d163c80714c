"""Work in processes beside the server: requested proposals and looks ahead, new ones and those that a crash left behind."""

import multiprocessing
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import structlog

from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.jobs.looking import look_in_process
from allocation_engine.interfaces.api.jobs.making import Place, holder_name, make_in_process

log = structlog.get_logger("allocation_engine.jobs")

LOOK_SECONDS = 0.5

IDLE_LOOKS = 1200
"""After so many looks without work, ten minutes, the processes are let go: each holds some hundred MiB."""

Work = Callable[[Place, str], bool]


@contextmanager
def proposals_made(engine: Engine, place: Place, processes: int = 1) -> Iterator[None]:
    """Make proposals while the context lasts; what is unfinished at its end is left to whoever starts next."""
    board = engine.jobs(holder_name())

    def free() -> Iterable[tuple[str, str]]:
        return ((job.proposal_id, job.proposal_id) for job in board.free())

    with _beside(_Worker("proposals", place, processes, free, make_in_process)):
        yield


@contextmanager
def looks_worked_on(engine: Engine, place: Place, processes: int = 1) -> Iterator[None]:
    """Work on looks ahead while the context lasts, each with as many processes as it has parts for."""
    board = engine.looks(holder_name())

    def free() -> Iterable[tuple[str, str]]:
        for asked in board.all():
            if asked.is_open:
                yield from ((f"{asked.id}/{number}", asked.id) for number in range(min(board.free(asked), processes)))

    with _beside(_Worker("what-ifs", place, processes, free, look_in_process)):
        yield


@contextmanager
def _beside(worker: "_Worker") -> Iterator[None]:
    thread = threading.Thread(target=worker.run, name=worker.name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()


class _Worker:
    """Hands work out to a pool of processes, each piece under a key so that none is handed out twice."""

    def __init__(
        self, name: str, place: Place, processes: int, free: Callable[[], Iterable[tuple[str, str]]], work: Work
    ) -> None:
        self.name = name
        self._place, self._processes, self._free, self._work = place, processes, free, work
        self._over = threading.Event()
        self._pool: ProcessPoolExecutor | None = None
        self._given: dict[str, Future[bool]] = {}
        self._idle = 0

    def run(self) -> None:
        """Hand everything that nobody works on to the pool, until it is over."""
        while not self._over.wait(LOOK_SECONDS):
            try:
                self._look()
            except Exception:  # the store may be away for a while: look again
                log.exception("what is to be done could not be looked at", work=self.name)

    def stop(self) -> None:
        """Stop handing out, and end the pool: leases run out, and others take the work up."""
        self._over.set()
        if self._pool is not None:
            for process in list((self._pool._processes or {}).values()):  # noqa: SLF001  the pool has no such call
                process.terminate()
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _look(self) -> None:
        for key, future in list(self._given.items()):
            if future.done():
                del self._given[key]
                self._tell_of(key, future)
        for key, about in self._free():
            if key not in self._given and len(self._given) < self._processes:
                self._given[key] = self._started().submit(self._work, self._place, about)
        self._idle = 0 if self._given else self._idle + 1
        if self._idle > IDLE_LOOKS and self._pool is not None:
            self._pool.shutdown(wait=False)
            self._pool = None

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context)
        return self._pool

    def _tell_of(self, key: str, future: Future[bool]) -> None:
        if future.cancelled() or (error := future.exception()) is None:
            return
        log.error("a piece of work failed", work=self.name, key=key, error=type(error).__name__)
        if isinstance(error, BrokenProcessPool):
            self._pool = None  # the lease runs out, and a new pool takes it up
