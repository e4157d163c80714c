"""Where messages may be sent: checked when somebody subscribes, and again at every connection."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from allocation_engine.interfaces.webhooks.addresses import Network, fault_of
from allocation_engine.interfaces.webhooks.errors import TargetFault, TargetRefused

LONGEST_URL = 2048
FIRST_FREE_PORT, LAST_PORT = 1024, 65535
DEFAULT_PORTS = {"https": 443, "http": 80}

# Spaces, controls, quotes and backslashes are read in more than one way, so that what is checked might not be what is called.
PLAIN = re.compile(r"""[!#-&(-;=?-\[\]_a-z~]+""", re.IGNORECASE)
HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?")
AUTHORITY_ENDS = re.compile(r"[/?#]")
IPV6_LITERAL = re.compile(r"[0-9a-f:.]+")

Resolve = Callable[[str, int], list[str]]
"""Gives the addresses of a host, for a port; `OSError` if there are none, `TimeoutError` if they are not found in time."""


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver, as any connection would. It takes as long as it takes: `NameLookups` sets it a limit."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in the parts it is called by: it is read once, so that nobody else reads it differently."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    host_header: str


@dataclass(frozen=True, slots=True)
class TargetRules:
    """Which targets are taken.

    Attributes
    ----------
    allow_http
        Whether messages may go out unencrypted; for receivers on the same machine.
    allowed_networks
        Networks that are taken although they are not public; `PRIVATE_NETWORKS` are the usual ones.
    """

    allow_http: bool = False
    allowed_networks: tuple[Network, ...] = ()

    def read(self, url: str) -> Target:
        """Read a URL and check everything but its addresses.

        Raises
        ------
        TargetRefused
            With the reason.
        """
        parsed = _parsed(url)
        host = parsed.host
        if parsed.scheme not in DEFAULT_PORTS or (parsed.scheme == "http" and not self.allow_http):
            raise TargetRefused(TargetFault.SCHEME)
        if "@" in AUTHORITY_ENDS.split(url.partition("://")[2], maxsplit=1)[0] or parsed.userinfo:
            raise TargetRefused(TargetFault.USERINFO)
        if "#" in url:
            raise TargetRefused(TargetFault.FRAGMENT)
        if not (IPV6_LITERAL if ":" in host else HOST_NAME).fullmatch(host):
            raise TargetRefused(TargetFault.MALFORMED)
        port = DEFAULT_PORTS[parsed.scheme] if parsed.port is None else parsed.port
        if port not in DEFAULT_PORTS.values() and not FIRST_FREE_PORT <= port <= LAST_PORT:
            raise TargetRefused(TargetFault.PORT, host)
        path = parsed.raw_path.decode("ascii")
        return Target(str(parsed), parsed.scheme, host, port, path, parsed.netloc.decode("ascii"))

    def addresses(self, host: str, port: int, resolver: Resolve) -> list[str]:
        """Give the addresses of a host; one that must not be called refuses them all.

        Raises
        ------
        TargetRefused
            There is none, none was found in time, or one is refused.
        """
        try:
            found = resolver(host, port)
        except TimeoutError:
            raise TargetRefused(TargetFault.LOOKUP_TIMEOUT, host) from None
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise TargetRefused(TargetFault.UNRESOLVABLE, host)
        for address in found:
            if (fault := fault_of(address, self.allowed_networks)) is not None:
                raise TargetRefused(fault, host)
        return found


def _parsed(url: str) -> httpx.URL:
    if len(url) > LONGEST_URL or not PLAIN.fullmatch(url):
        raise TargetRefused(TargetFault.MALFORMED)
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise TargetRefused(TargetFault.MALFORMED) from None
    if "://" not in url:
        raise TargetRefused(TargetFault.MALFORMED)
    return parsed
