"""What goes over the wire: to the checked address only, under the name, and over in time."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from allocation_engine.interfaces.webhooks import (
    PRIVATE_NETWORKS,
    Fault,
    HttpSending,
    NameLookups,
    Outcome,
    TargetRules,
)
from tests.interfaces.webhooks.receiver import Receiver, Say
from tests.interfaces.webhooks.service import HERE, START

SOON = 0.3
"""Seconds that an attempt is given where it is to run out of time."""


def post(sending: HttpSending, *urls: str) -> list[Outcome]:
    with sending() as sender:
        return [sender.post(url, {"webhook-id": "m"}, b"{}", START) for url in urls]


def here() -> NameLookups:
    return NameLookups(lambda _host, _port: ["127.0.0.1"])


def test_a_name_that_leads_elsewhere_by_the_time_of_sending_is_not_called(receiver: Receiver) -> None:
    answers = iter([["1.1.1.1"], ["127.0.0.1"]])
    rules = TargetRules(allow_http=True)
    target = rules.read(receiver.url.replace("127.0.0.1", "receiver.test"))
    assert rules.addresses(target.host, target.port, lambda _host, _port: next(answers)) == ["1.1.1.1"]
    sending = HttpSending(rules, NameLookups(lambda _host, _port: next(answers)))
    assert post(sending, target.url) == [Outcome(Fault.TARGET_REFUSED)]
    assert receiver.got == []


def test_the_checked_address_is_called_and_the_name_is_looked_up_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    looked_up: list[object] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    original = socket.getaddrinfo

    def watched(host: object, *rest: object, **more: object) -> object:
        looked_up.append(host)
        return original(host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", watched)
    url = receiver.url.replace("127.0.0.1", "receiver.test")
    assert post(HttpSending(HERE, NameLookups(resolver)), url, url) == [Outcome(status=200)] * 2
    assert asked == ["receiver.test"]
    assert set(looked_up) <= {"127.0.0.1"}
    port = url.split(":")[2].split("/")[0]
    assert [got.headers["host"] for got in receiver.got] == [f"receiver.test:{port}"] * 2


def test_the_next_address_is_called_where_the_first_does_not_answer(receiver: Receiver) -> None:
    url = receiver.url.replace("127.0.0.1", "receiver.test")
    names = NameLookups(lambda _host, _port: ["::1", "127.0.0.1"])
    assert post(HttpSending(HERE, names), url) == [Outcome(status=200)]


def test_no_proxy_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(HttpSending(HERE), receiver.url) == [Outcome(status=200)]


def test_a_receiver_that_hangs_runs_out_of_time(receiver: Receiver) -> None:
    receiver.hangs = True
    assert post(HttpSending(HERE, seconds=SOON), receiver.url) == [Outcome(Fault.TIMEOUT)]


def test_a_name_that_hangs_runs_out_of_time_too(receiver: Receiver) -> None:
    over = threading.Event()

    def hangs(_host: str, _port: int) -> list[str]:
        over.wait(60)
        return ["127.0.0.1"]

    url = receiver.url.replace("127.0.0.1", "receiver.test")
    try:
        assert post(HttpSending(HERE, NameLookups(hangs), seconds=SOON), url) == [Outcome(Fault.TIMEOUT)]
    finally:
        over.set()
    assert receiver.got == []


def test_an_attempt_says_how_long_it_took(receiver: Receiver) -> None:
    ticks = count()
    sending = HttpSending(HERE, seconds=10**6, monotonic=lambda: float(next(ticks)))
    (answered,) = post(sending, receiver.url)
    (refused,) = post(sending, "ftp://receiver.test/")
    assert (answered.status, refused.fault) == (200, Fault.TARGET_REFUSED)
    assert answered.seconds is not None
    assert refused.seconds is not None
    assert answered.seconds > refused.seconds > 0


def test_a_receiver_that_dribbles_runs_out_of_time_all_the_same() -> None:
    with dribbling() as url:
        assert post(HttpSending(HERE, seconds=SOON), url) == [Outcome(Fault.TIMEOUT)]


def test_no_more_of_an_answer_is_read_than_the_limit(receiver: Receiver) -> None:
    receiver.answers = [Say(200, {"Content-Length": str(10**12)}, b"x" * 300_000), Say(body=b"x" * 60_000), Say()]
    assert post(HttpSending(HERE, seconds=600), *[receiver.url] * 3) == [Outcome(status=200)] * 3
    assert len(receiver.connections) == 2


def test_an_answer_that_breaks_off_counts_by_its_status(receiver: Receiver) -> None:
    receiver.always = Say(200, {"Content-Length": "100", "Connection": "close"}, b"short")
    assert post(HttpSending(HERE, seconds=5), receiver.url) == [Outcome(status=200)]


def test_nobody_at_the_port_is_a_failed_connection(unused_url: str) -> None:
    assert post(HttpSending(HERE), unused_url) == [Outcome(Fault.CONNECTION)]


def test_whoever_speaks_no_http_is_a_failure() -> None:
    with speaking(b"220 mail.test ready\r\n") as url:
        assert post(HttpSending(HERE), url) == [Outcome(Fault.PROTOCOL)]


def test_tls_and_host_keep_the_name(tmp_path: Path) -> None:
    certificate, trusting = certificate_for("receiver.test", tmp_path)
    with secure(certificate) as (port, names):
        sending = HttpSending(TargetRules(allowed_networks=PRIVATE_NETWORKS), here(), certificates=trusting)
        assert post(sending, f"https://receiver.test:{port}/") == [Outcome(status=200)]
        assert names == ["receiver.test"]
        assert post(sending, f"https://other.test:{port}/") == [Outcome(Fault.TLS)]
        untrusting = HttpSending(TargetRules(allowed_networks=PRIVATE_NETWORKS), here())
        assert post(untrusting, f"https://receiver.test:{port}/") == [Outcome(Fault.TLS)]


@pytest.fixture
def unused_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/"


@contextmanager
def serving(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accept connections and talk on each, until the test is over."""
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                try:
                    talk(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def read_request(connection: socket.socket) -> None:
    """Read it to its end: a connection closed before that is reset, answer and all."""
    read = b""
    while not read.endswith(b"\r\n\r\n{}"):
        if not (part := connection.recv(65536)):
            raise OSError
        read += part


@contextmanager
def dribbling() -> Iterator[str]:
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not over.wait(0.02):
            connection.sendall(b"x")

    try:
        with serving(talk) as port:
            yield f"http://127.0.0.1:{port}/"
            over.set()
    finally:
        over.set()


@contextmanager
def speaking(text: bytes) -> Iterator[str]:
    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(text)

    with serving(talk) as port:
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def secure(certificate: Path) -> Iterator[tuple[int, list[str]]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    names: list[str] = []
    context.sni_callback = lambda _socket, name, _context: names.append(str(name))

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            read_request(secured)
            secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with serving(talk) as port:
        yield port, names


def certificate_for(name: str, folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate that signs itself, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    file = folder / "receiver.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + pem)
    return file, ssl.create_default_context(cadata=pem.decode())
