"""Whether a log ends with exactly the events of a perfect network, when the network is none.

Run `python -m benchmarks.http_chaos --seconds 600`. README.md beside this file says what it shows.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from threading import Lock
from typing import Any

import httpx

from allocation_engine.client import Client, Retries
from benchmarks.conditions import conditions
from benchmarks.http_events import sent_events
from benchmarks.http_outcome import Compared, compare
from benchmarks.http_service import KINDS, served
from benchmarks.unreliable import Mischief, Unreliable

MOST_IN_BATCH = 20
STREAMED = 50
AGAIN = 0.1
"""The share of what was sent that a caller sends again, under another Idempotency-Key: a job that ran twice."""


@dataclass
class Run:
    """What the callers of one run have sent, and what the network did to it."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    network: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True)
class Chaos:
    """What was measured."""

    store: str
    seconds: float
    callers: int
    events: int
    calls: dict[str, int]
    network: dict[str, int]
    compared: Compared


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and print what came of it; status 1 where an event was lost or doubled."""
    asked = _parser().parse_args(arguments)
    found = [chaos(store, asked.seconds, asked.callers, asked.seed) for store in asked.store or KINDS]
    here = conditions()
    if asked.json:
        print(json.dumps({"conditions": here, "runs": [asdict(one) for one in found]}, indent=2))
    else:
        _print_table(found, here)
    return 0 if all(one.compared.right for one in found) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http_chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--callers", type=int, default=6, help="threads that send side by side")
    parser.add_argument(
        "--store", action="append", help="sqlite, postgresql (both bundled, thrown away) or the URL of an empty store"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


def chaos(store: str, seconds: float, callers: int, seed: int) -> Chaos:
    """Send a history through unreliable networks for so long, then compare the log with it."""
    run, source = Run(), _Source(sent_events(10**9, seed))
    with served(store) as service:
        key = service.issue_key()
        service.start()
        until = time.monotonic() + seconds
        with ThreadPoolExecutor(callers) as pool:
            jobs = [pool.submit(_call, service.url, key, source, run, until, seed + one) for one in range(callers)]
            for job in jobs:
                job.result()
        with Client(service.url, key) as client:
            compared = compare(client, run.sent, (one["source_id"] for one in run.sent))
    kind = store.partition(":")[0]
    return Chaos(kind, seconds, callers, len(run.sent), dict(run.calls), dict(run.network), compared)


class _Source:
    """Hands the history out to the callers, so that neighbours in it go different ways."""

    def __init__(self, events: Iterator[dict[str, Any]]) -> None:
        self._events = events
        self._lock = Lock()

    def take(self, number: int) -> list[dict[str, Any]]:
        with self._lock:
            return list(islice(self._events, number))


def _call(url: str, key: str, source: _Source, run: Run, until: float, seed: int) -> None:
    """Send until the time is over; each call is tried until it is answered."""
    rng = random.Random(seed)  # noqa: S311  it makes mischief, not secrets
    network = Unreliable(httpx.HTTPTransport(), Mischief(), random.Random(rng.random()))  # noqa: S311  likewise
    retries = Retries(tries=60, first_seconds=0.002, most_seconds=0.05, drawn=rng.random)
    with Client(url, key, retries=retries, transport=network, timeout=60.0) as client:
        while time.monotonic() < until:
            _send(client, source, run, rng)
        network.let_all_go()
    with run.lock:
        run.network += network.done


def _send(client: Client, source: _Source, run: Run, rng: random.Random) -> None:
    way = rng.choices(("single", "batch", "atomic", "stream"), (12, 3, 2, 1))[0]
    size = {"single": 1, "stream": rng.randint(1, STREAMED)}.get(way, rng.randint(1, MOST_IN_BATCH))
    events = source.take(size)
    rng.shuffle(events)
    with run.lock:
        run.sent += events
        run.calls[way] += 1
    for _ in range(2 if rng.random() < AGAIN else 1):
        if way == "single":
            client.send_event(events[0])
        elif way == "stream":
            client.stream(events)
        else:
            client.send_events(events, atomic=way == "atomic")


def _print_table(found: Sequence[Chaos], here: dict[str, str]) -> None:
    for name, value in here.items():
        print(f"{name:>15}  {value}")
    print(f"\n{'store':12}{'seconds':>9}{'sent':>9}{'stored':>9}{'lost':>7}{'doubled':>9}{'changed':>9}{'strange':>9}")
    for one in found:
        came = one.compared
        print(
            f"{one.store:12}{one.seconds:>9.0f}{one.events:>9,}{came.stored:>9,}{len(came.lost):>7}"
            f"{len(came.doubled):>9}{len(came.changed):>9}{len(came.strange):>9}"
        )
        print(f"{'':12}calls: {_counts(one.calls)}\n{'':12}network: {_counts(one.network)}")


def _counts(counted: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in sorted(counted.items()))


if __name__ == "__main__":
    sys.exit(main())
