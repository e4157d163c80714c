"""Names are looked up in threads of their own, so that nobody waits for a resolver longer than they can.

A look-up by the system's resolver cannot be called off: whoever asks stops waiting, and its thread ends when the resolver
does. So at most so many run at once, each name once, and none of them keeps the process from stopping.
"""

import threading
from concurrent.futures import Future

from allocation_engine.interfaces.webhooks.target import Resolve, resolve

MOST_AT_ONCE = 64
"""More than the deliverer ever asks at once; each that hangs holds a thread and nothing else."""


class NameLookups:
    """Look-ups of hosts' addresses, each with a limit of time. Safe for many threads."""

    def __init__(self, resolver: Resolve = resolve, most: int = MOST_AT_ONCE) -> None:
        self._resolver = resolver
        self._most = most
        self._lock = threading.Lock()
        self._running: dict[tuple[str, int], Future[list[str]]] = {}

    def find(self, host: str, port: int, seconds: float) -> list[str]:
        """Give the addresses of a host, for a port, within so many seconds.

        Who asks for a name that is being looked up waits for that look-up, however long ago it began: a name that
        hangs never holds more than one thread.

        Raises
        ------
        TimeoutError
            They were not found in time, or too many look-ups hang.
        OSError
            There are none.
        """
        return self._asked(host, port).result(timeout=max(seconds, 0.0))

    def _asked(self, host: str, port: int) -> Future[list[str]]:
        with self._lock:
            running = self._running.get((host, port))
            if running is not None:
                return running
            if len(self._running) >= self._most:
                raise TimeoutError
            asked = self._running[host, port] = Future()
        try:
            threading.Thread(target=self._look_up, args=(host, port, asked), name="name-lookup", daemon=True).start()
        except RuntimeError:  # the machine has no thread to give
            self._end(host, port)
            asked.set_exception(TimeoutError())
        return asked

    def _look_up(self, host: str, port: int, asked: Future[list[str]]) -> None:
        try:
            found = self._resolver(host, port)
        except BaseException as error:  # noqa: BLE001  it is raised to whom it concerns
            self._end(host, port)
            asked.set_exception(error)
        else:
            self._end(host, port)
            asked.set_result(found)

    def _end(self, host: str, port: int) -> None:
        with self._lock:
            del self._running[host, port]
