"""One message to one receiver, and what came of it. Nothing a receiver says but its status is kept."""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Protocol

import httpcore
import httpx

from allocation_engine.interfaces.webhooks.connection import CheckedBackend, Deadline
from allocation_engine.interfaces.webhooks.errors import TargetFault, TargetRefused
from allocation_engine.interfaces.webhooks.name_lookups import NameLookups
from allocation_engine.interfaces.webhooks.target import TargetRules

ATTEMPT_SECONDS = 15.0
"""From the look-up of the name to the end of the answer; within the 15 to 30 seconds that Standard Webhooks asks for."""

CONNECT_SECONDS = 5.0
BODY_LIMIT = 64 * 1024
"""How much of an answer's body is read, and thrown away, so that its connection can be used again."""

GONE = 410


class Fault(StrEnum):
    """Why an attempt did not deliver."""

    STATUS = "status"
    GONE = "gone"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    TLS = "tls"
    PROTOCOL = "protocol"
    TARGET_REFUSED = "target_refused"
    UNREADABLE_EVENT = "unreadable_event"


DELIVERED = "delivered"
"""What an attempt without a fault is called."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: delivered if there is no fault.

    Attributes
    ----------
    status
        The receiver's answer, None if there was none.
    asked
        The wait that the receiver asked for.
    seconds
        How long the attempt took [s], None if nothing measured it. No part of what came of it: two are the same without it.
    """

    fault: Fault | None = None
    status: int | None = None
    asked: timedelta | None = None
    seconds: float | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """What it is counted and traced as: the fault, or that it was delivered."""
        return self.fault or DELIVERED


class Sender(Protocol):
    """Sends messages to one receiver after the other."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        """Send one message; whatever happens on the way is an outcome."""


Sending = Callable[[], AbstractContextManager[Sender]]
"""Gives a sender for the messages of one turn, and closes its connections after it."""


@dataclass(frozen=True)
class HttpSending:
    """Makes senders over HTTP. The certificates that are trusted are read once, for all of them."""

    rules: TargetRules = field(default_factory=TargetRules)
    names: NameLookups = field(default_factory=NameLookups)
    seconds: float = ATTEMPT_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    certificates: ssl.SSLContext = field(default_factory=httpx.create_ssl_context)

    @contextmanager
    def __call__(self) -> Iterator[Sender]:
        """Open a sender for one turn: messages that follow each other share a connection."""
        deadline = Deadline(self.monotonic)
        with httpcore.ConnectionPool(
            ssl_context=self.certificates,
            max_connections=1,
            network_backend=CheckedBackend(self.rules, self.names, deadline),
        ) as pool:
            yield _HttpSender(self, pool, deadline)


@dataclass(frozen=True)
class _HttpSender:
    """Posts over one pool of connections. Redirects are no success, and no proxy is asked: both would lead past the checks."""

    sending: HttpSending
    pool: httpcore.ConnectionPool
    deadline: Deadline

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        """Send one message and read the answer's status, within the time for one attempt."""
        self.deadline.set(self.sending.seconds)
        return replace(self._outcome(url, headers, body, now), seconds=self.deadline.spent)

    def _outcome(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        try:
            return self._posted(url, headers, body, now)
        except TargetRefused as refused:
            in_vain = refused.reason is TargetFault.LOOKUP_TIMEOUT
            return Outcome(Fault.TIMEOUT if in_vain else Fault.TARGET_REFUSED)
        except httpcore.TimeoutException:
            return Outcome(Fault.TIMEOUT)
        except httpcore.NetworkError as error:
            return Outcome(Fault.TLS if _is_tls(error) else Fault.CONNECTION)
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            return Outcome(Fault.PROTOCOL)
        except (OSError, httpcore.ConnectionNotAvailable):
            return Outcome(Fault.CONNECTION)

    def _posted(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        target = self.sending.rules.read(url)
        address = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        sent = {"Host": target.host_header, **headers, "Content-Length": str(len(body))}
        timeout = {"connect": CONNECT_SECONDS, "read": None, "write": None, "pool": self.sending.seconds}
        with self.pool.stream(
            "POST", address, headers=list(sent.items()), content=body, extensions={"timeout": timeout}
        ) as answer:
            outcome = outcome_of(answer.status, _header(answer, b"retry-after"), now)
            _read_some(answer)
        return outcome


def outcome_of(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """Judge an answer: 2xx is done, 410 ends the subscription, all else is a failure."""
    if 200 <= status < 300:  # noqa: PLR2004
        return Outcome(status=status)
    if status == GONE:
        return Outcome(Fault.GONE, status)
    return Outcome(Fault.STATUS, status, wait_asked(retry_after, now))


def wait_asked(retry_after: str | None, now: datetime) -> timedelta | None:
    """Read a `Retry-After`, seconds or a date; None where it says nothing that can be read."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:10]), 10**9))
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return max((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now, timedelta(0))


def _header(answer: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in answer.headers if key.lower() == name), None)


def _read_some(answer: httpcore.Response) -> None:
    """Read the body to its end if it is short; otherwise, or if it breaks off, the connection is closed: the status counts."""
    read = 0
    try:
        for part in answer.iter_stream():
            read += len(part)
            if read > BODY_LIMIT:
                return
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        return


def _is_tls(error: BaseException) -> bool:
    """Tell whether the handshake failed: the library keeps the cause."""
    return isinstance(error.__cause__ or error.__context__, ssl.SSLError)
