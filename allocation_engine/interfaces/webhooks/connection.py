"""Connections to receivers: to a checked address only, and over by a moment that is set beforehand.

A name may lead elsewhere a second after it was checked (DNS rebinding). So the name is looked up here, once, every address
is checked, and the connection goes to the address itself; TLS and the Host header keep the name. And since a timeout of
each single read never ends a receiver that sends a byte a minute, all reads and writes share one deadline.
"""

import ssl
from collections.abc import Callable, Iterable

import httpcore
from httpcore import SOCKET_OPTION

from allocation_engine.interfaces.webhooks.name_lookups import NameLookups
from allocation_engine.interfaces.webhooks.target import TargetRules


class Deadline:
    """The moment by which the present exchange must be over."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._began = self._ends = monotonic()

    def set(self, seconds: float) -> None:
        """Give the exchange that begins now so many seconds."""
        self._began = self._monotonic()
        self._ends = self._began + seconds

    @property
    def spent(self) -> float:
        """Give how long the present exchange has taken [s]."""
        return self._monotonic() - self._began

    def within(self, timeout: float | None, late: type[Exception]) -> float:
        """Give the time there is for one step; raise `late` where there is none."""
        left = self._ends - self._monotonic()
        if left <= 0:
            raise late
        return left if timeout is None else min(timeout, left)


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to receivers, by the rules of targets."""

    def __init__(self, rules: TargetRules, names: NameLookups, deadline: Deadline) -> None:
        self._rules = rules
        self._names = names
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that answers; all of them are checked first."""
        failed: Exception = httpcore.ConnectError()
        options = list(socket_options or ())
        for address in self._rules.addresses(host, port, self._look_up):
            left = self._deadline.within(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(address, port, left, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return TimedStream(stream, self._deadline)
        raise failed

    def _look_up(self, host: str, port: int) -> list[str]:
        """Look a name up by the deadline, not the time for a connection: the second of two name servers may know it."""
        return self._names.find(host, port, self._deadline.within(None, TimeoutError))


class TimedStream(httpcore.NetworkStream):
    """A stream whose every step ends by the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        return self._inner.read(max_bytes, self._deadline.within(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._inner.write(buffer, self._deadline.within(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Shake hands, for the name and not the address."""
        left = self._deadline.within(timeout, httpcore.ConnectTimeout)
        return TimedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> object:
        """Tell of the socket below."""
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        """Close it."""
        self._inner.close()
