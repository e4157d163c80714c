"""Which addresses are refused: everything that is not a single host on the public internet.

The tables are IANA's special-purpose registries, written out: what the standard library calls private has changed
between versions of Python. An IPv6 address that carries an IPv4 one inside is judged by that one as well, since a router
on the way may unwrap it.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from allocation_engine.interfaces.webhooks.errors import TargetFault

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _table(*rows: tuple[TargetFault, str]) -> tuple[tuple[TargetFault, Network], ...]:
    return tuple((fault, ip_network(text)) for fault, texts in rows for text in texts.split())


METADATA = _table(
    # Link-local ones of most clouds, then those that hide in other ranges; some are public on paper.
    (TargetFault.CLOUD_METADATA, "169.254.169.254/32 169.254.169.253/32 169.254.170.2/32 169.254.170.23/32"),
    (TargetFault.CLOUD_METADATA, "100.100.100.200/32 168.63.129.16/32 192.0.0.192/32"),
    (TargetFault.CLOUD_METADATA, "fd00:ec2::254/128 fd00:ec2::253/128 fd00:ec2::23/128 fd20:ce::254/128"),
)

REFUSED = _table(
    (TargetFault.UNSPECIFIED, "0.0.0.0/8 ::/128"),
    (TargetFault.LOOPBACK, "127.0.0.0/8 ::1/128"),
    (TargetFault.PRIVATE, "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10 64:ff9b:1::/48"),
    (TargetFault.CARRIER_GRADE_NAT, "100.64.0.0/10"),
    (TargetFault.LINK_LOCAL, "169.254.0.0/16 fe80::/10"),
    (TargetFault.MULTICAST, "224.0.0.0/4 ff00::/8"),
    (TargetFault.RESERVED, "192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.175.48.0/24"),
    (TargetFault.RESERVED, "198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4"),
    (TargetFault.RESERVED, "2001::/23 2001:db8::/32 2620:4f:8000::/48 3fff::/20"),
)

UNICAST = ip_network("2000::/3")
"""All that has been given out of IPv6; what lies outside is reserved unless it only wraps an IPv4 address."""

WRAPPED = tuple(ip_network(text) for text in ("::ffff:0:0/96", "64:ff9b::/96"))
"""IPv4-mapped, and NAT64: the way an IPv6-only network reaches the public IPv4 internet."""

ISATAP = (0x0000_5EFE, 0x0200_5EFE)

PRIVATE_NETWORKS: tuple[Network, ...] = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "127.0.0.0/8", "::1/128")
)
"""A site's own networks, to be named as allowed where receivers stand in the same house."""


def fault_of(address: str, allowed: Iterable[Network] = ()) -> TargetFault | None:
    """Say why an address is refused, None if it is not. A cloud's metadata address is refused whatever is allowed."""
    try:
        whole = ip_address(address)
    except ValueError:
        return TargetFault.MALFORMED
    allowed = tuple(allowed)
    for one in (whole, *_inside(whole)):
        if (fault := _in_table(one, METADATA)) is not None:
            return fault
        if not any(_within(one, network) for network in allowed) and (fault := _fault(one)) is not None:
            return fault
    return None


def _fault(one: Address) -> TargetFault | None:
    fault = _in_table(one, REFUSED)
    if fault is None and one.version == 6 and not any(_within(one, network) for network in (UNICAST, *WRAPPED)):  # noqa: PLR2004
        return TargetFault.RESERVED
    return fault


def _in_table(one: Address, table: Iterable[tuple[TargetFault, Network]]) -> TargetFault | None:
    return next((fault for fault, network in table if _within(one, network)), None)


def _within(one: Address, network: Network) -> bool:
    return one.version == network.version and int(network.network_address) == int(one) & int(network.netmask)


def _inside(one: Address) -> Iterator[IPv4Address]:
    """Give the IPv4 addresses that an IPv6 address carries."""
    if isinstance(one, IPv4Address):
        return
    number = int(one)
    if any(_within(one, network) for network in WRAPPED):
        yield IPv4Address(number & 0xFFFF_FFFF)
    if one.sixtofour is not None:
        yield one.sixtofour
    if one.teredo is not None:
        yield from one.teredo
    if (number >> 32) & 0xFFFF_FFFF in ISATAP:
        yield IPv4Address(number & 0xFFFF_FFFF)
