"""Short forms of the benchmarks of the HTTP service, each against a server in a process of its own."""

import random
import sys
from collections import Counter
from collections.abc import Callable

import httpx
import pytest

from allocation_engine.client import Client, Retries
from benchmarks import http_kill, http_load
from benchmarks.http_chaos import chaos
from benchmarks.http_events import TOLD_ANEW, sent_events
from benchmarks.http_outcome import Compared
from benchmarks.unreliable import Mischief, Unreliable

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
HASTY = (sys.executable, "-m", "tests.benchmarks.hasty_server")


@pytest.mark.parametrize("kind", BOTH)
def test_over_an_unreliable_network_the_log_ends_as_over_a_perfect_one(
    kind: str, new_store_url: Callable[[str], str]
) -> None:
    found = chaos(new_store_url(kind), seconds=3, callers=4, seed=1)
    assert found.compared == Compared(found.events, (), (), (), ())
    assert found.events > 0
    assert {"lost_before", "lost_after", "repeated", "passed"} <= set(found.network)


@pytest.mark.parametrize("kind", BOTH)
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(kind: str, new_store_url: Callable[[str], str]) -> None:
    found = http_kill.kill(new_store_url(kind), rounds=3)
    assert found.compared.right
    assert found.acknowledged > 0


def test_the_harness_reports_loss_of_a_build_that_acknowledges_before_it_commits(
    new_store_url: Callable[[str], str],
) -> None:
    found = http_kill.kill(new_store_url("sqlite"), rounds=2, command=HASTY)
    assert found.compared.lost
    assert not found.compared.right


@pytest.mark.campaign
@pytest.mark.parametrize("kind", BOTH)
def test_nothing_acknowledged_is_lost_in_two_hundred_kills(kind: str, new_store_url: Callable[[str], str]) -> None:
    assert http_kill.kill(new_store_url(kind), rounds=200).compared.right


def test_a_load_is_stored_to_the_last_event(
    new_store_url: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    # How fast it was is no matter here: the status also says that, so it is not looked at.
    http_load.main(["--rate", "50", "--seconds", "2", "--store", new_store_url("sqlite")])
    row = capsys.readouterr().out.splitlines()[-1].split()
    assert row[3:6] == ["100", "100", "0"]


def test_a_made_up_history_has_no_source_id_twice() -> None:
    number = TOLD_ANEW * 2 + 5
    ids = Counter(one["source_id"] for one in sent_events(number))
    assert ids.total() == len(ids) == number


def test_an_unreliable_network_does_what_it_says() -> None:
    arrived: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        arrived.append(request.headers["Idempotency-Key"])
        return httpx.Response(201, json={"status": "stored"})

    network = Unreliable(httpx.MockTransport(answer), Mischief(), random.Random(3), sleep=lambda _: None)
    retries = Retries(tries=99, sleep=lambda _: None)
    with Client("http://service", "k", retries=retries, transport=network) as client:
        for number in range(300):
            client.send_event({}, key=f"k-{number}")
        network.let_all_go()
    assert set(arrived) == {f"k-{number}" for number in range(300)}
    assert len(arrived) > 320
    assert arrived != sorted(arrived, key=lambda key: int(key[2:]))
    assert all(network.done[name] for name in ("lost_before", "lost_after", "repeated", "delayed", "held_back"))
