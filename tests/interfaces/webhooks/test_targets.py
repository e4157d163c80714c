"""Nothing is sent into private networks, however the address is written, and wherever a name leads a moment later."""

import random
from ipaddress import ip_address, ip_network

import pytest

from allocation_engine.interfaces.webhooks import (
    PRIVATE_NETWORKS,
    Fault,
    NameLookups,
    SubscriptionRequest,
    TargetFault,
    TargetRefused,
    TargetRules,
    Webhooks,
)
from allocation_engine.interfaces.webhooks.addresses import fault_of
from allocation_engine.interfaces.webhooks.target import Target, resolve
from tests.interfaces.webhooks.service import Service

REFUSED = {
    TargetFault.UNSPECIFIED: ("0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"),
    TargetFault.LOOPBACK: (
        "127.0.0.1",
        "127.255.255.254",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ),
    TargetFault.PRIVATE: (
        *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
        *("fc00::1", "fdff::1", "fec0::1", "64:ff9b:1::a00:1"),
        *("::ffff:10.0.0.1", "::ffff:c0a8:1", "2002:0a00:0001::1", "2002:c0a8:1::", "64:ff9b::10.0.0.1"),
        "2606:4700::5efe:10.0.0.1",
    ),
    TargetFault.CARRIER_GRADE_NAT: ("100.64.0.1", "100.127.255.255", "::ffff:100.64.0.1", "2002:6440:1::"),
    TargetFault.LINK_LOCAL: ("169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1", "::ffff:169.254.1.1"),
    TargetFault.CLOUD_METADATA: (
        *("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"),
        *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"),
    ),
    TargetFault.MULTICAST: ("224.0.0.1", "239.255.255.255", "ff02::1", "::ffff:224.0.0.1"),
    TargetFault.RESERVED: (
        *("192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1"),
        *("240.0.0.1", "255.255.255.255", "::127.0.0.1", "::10.0.0.1", "100::1", "2001:db8::1", "2001:0:4136:e378::"),
        *("3fff::1", "4000::1", "5f00::1", "0400::1"),
    ),
    TargetFault.MALFORMED: ("", "receiver.test", "127.1", "0x7f000001"),
}


@pytest.mark.parametrize(("fault", "address"), [(fault, one) for fault, several in REFUSED.items() for one in several])
def test_an_address_that_is_not_public_is_refused(fault: TargetFault, address: str) -> None:
    assert fault_of(address) is fault


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "169.253.1.1"),
        *("223.255.255.1", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"),
        "2002:808:808::1",
    ],
)
def test_a_public_address_is_taken(address: str) -> None:
    assert fault_of(address) is None


def test_whatever_the_standard_library_knows_as_not_public_is_refused_too() -> None:
    draw = random.Random(5)
    around = [
        ip_network(text) for text in ("0.0.0.0/0", "::/0", "2000::/3", "::ffff:0:0/96", "64:ff9b::/96", "2001::/16")
    ]
    for _ in range(20_000):
        network = draw.choice(around)
        address = ip_address(int(network.network_address) + draw.randrange(network.num_addresses))
        mapped = getattr(address, "ipv4_mapped", None)
        judged = address if mapped is None else mapped
        if not judged.is_global and judged not in ip_network("64:ff9b::/96"):
            assert fault_of(str(address)) is not None, address


def test_a_network_that_is_allowed_is_let_through_and_metadata_never() -> None:
    assert fault_of("10.1.2.3", PRIVATE_NETWORKS) is None
    assert fault_of("::ffff:10.1.2.3", PRIVATE_NETWORKS) is None
    assert fault_of("10.1.2.3", [ip_network("10.2.0.0/16")]) is TargetFault.PRIVATE
    assert fault_of("10.2.2.3", [ip_network("10.2.0.0/16")]) is None
    everything = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    assert fault_of("169.254.169.254", everything) is TargetFault.CLOUD_METADATA
    assert fault_of("fd00:ec2::254", PRIVATE_NETWORKS) is TargetFault.CLOUD_METADATA
    assert fault_of("::ffff:169.254.169.254", everything) is TargetFault.CLOUD_METADATA


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://receiver.test/", TargetFault.SCHEME),
        ("ftp://receiver.test/", TargetFault.SCHEME),
        ("file:///etc/passwd", TargetFault.SCHEME),
        ("gopher://receiver.test/", TargetFault.SCHEME),
        ("https://user@receiver.test/", TargetFault.USERINFO),
        ("https://user:pass@receiver.test/", TargetFault.USERINFO),
        ("https://@receiver.test/", TargetFault.USERINFO),
        ("https://public.test@127.0.0.1/", TargetFault.USERINFO),
        ("https://receiver.test/#part", TargetFault.FRAGMENT),
        ("https://receiver.test/#", TargetFault.FRAGMENT),
        ("https://receiver.test#@127.0.0.1/", TargetFault.FRAGMENT),
        ("https://receiver.test:22/", TargetFault.PORT),
        ("https://receiver.test:0/", TargetFault.PORT),
        ("https://receiver.test:1023/", TargetFault.PORT),
        ("https://receiver.test:70000/", TargetFault.PORT),
        ("https://receiver.test:x/", TargetFault.MALFORMED),
        ("https:///path", TargetFault.MALFORMED),
        ("https:receiver.test", TargetFault.MALFORMED),
        ("receiver.test/hook", TargetFault.MALFORMED),
        ("", TargetFault.MALFORMED),
        ("https://rec eiver.test/", TargetFault.MALFORMED),
        ("https://receiver.test/a\r\nHost: other", TargetFault.MALFORMED),
        ("https://receiver.test\\@127.0.0.1/", TargetFault.MALFORMED),
        ("https://receiver%2etest/", TargetFault.MALFORMED),
        ("https://[fe80::1%25eth0]/", TargetFault.MALFORMED),
        ("https://empfänger.test/", TargetFault.MALFORMED),
        ("https://１２７.0.0.1/", TargetFault.MALFORMED),
        ("https://receiver.test/" + "a" * 2048, TargetFault.MALFORMED),
    ],
)
def test_a_url_that_could_be_read_in_two_ways_is_refused(url: str, fault: TargetFault) -> None:
    with pytest.raises(TargetRefused) as refused:
        TargetRules().read(url)
    assert refused.value.reason is fault
    assert refused.value.code == "target_refused"
    assert fault.value in str(refused.value)


def test_a_url_is_read_once_into_the_parts_it_is_called_by() -> None:
    read = TargetRules().read
    assert read("https://Receiver.test:443/a/../b?c=d@e") == Target(
        "https://receiver.test/b?c=d@e", "https", "receiver.test", 443, "/b?c=d@e", "receiver.test"
    )
    assert read("https://[2606:4700::1]:8443").host_header == "[2606:4700::1]:8443"
    assert TargetRules(allow_http=True).read("http://receiver.test:8080/").port == 8080


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "localhost."])
def test_odd_ways_to_write_this_machine_are_seen_through(host: str) -> None:
    rules = TargetRules()
    with pytest.raises(TargetRefused) as refused:
        rules.addresses(rules.read(f"https://{host}/").host, 443, resolve)
    assert refused.value.reason in {TargetFault.LOOPBACK, TargetFault.UNRESOLVABLE, TargetFault.MALFORMED}


def test_one_refused_address_among_many_refuses_the_name() -> None:
    with pytest.raises(TargetRefused) as refused:
        TargetRules().addresses("receiver.test", 443, lambda _host, _port: ["1.1.1.1", "10.0.0.1"])
    assert refused.value.reason is TargetFault.PRIVATE
    assert refused.value.host == "receiver.test"
    assert "10.0.0.1" not in str(refused.value)


@pytest.mark.parametrize("found", [[], None])
def test_a_name_that_leads_nowhere_is_refused(found: list[str] | None) -> None:
    def resolver(_host: str, _port: int) -> list[str]:
        if found is None:
            raise OSError
        return found

    with pytest.raises(TargetRefused) as refused:
        TargetRules().addresses("nowhere.test", 443, resolver)
    assert refused.value.reason is TargetFault.UNRESOLVABLE


def test_nobody_subscribes_a_private_target(in_memory: Service) -> None:
    names = NameLookups(lambda _host, _port: ["192.168.1.1"])
    webhooks = Webhooks(in_memory.store, in_memory.clock, names=names)
    with pytest.raises(TargetRefused):
        webhooks.subscribe(SubscriptionRequest(url="https://receiver.test/"), "m-1")
    assert webhooks.all() == []


def test_nobody_waits_for_a_name_longer_than_for_a_receiver(in_memory: Service) -> None:
    webhooks = Webhooks(in_memory.store, in_memory.clock, names=NameLookups(most=0))
    with pytest.raises(TargetRefused) as refused:
        webhooks.subscribe(SubscriptionRequest(url="https://receiver.test/"), "m-1")
    assert refused.value.reason is TargetFault.LOOKUP_TIMEOUT
    assert webhooks.all() == []


def test_the_faults_of_attempts_and_targets_have_names_of_their_own() -> None:
    assert Fault.TARGET_REFUSED.value == TargetRefused.code
