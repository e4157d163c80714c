"""Whether anything that was acknowledged is lost, or anything doubled, when the server is killed under load.

Run `python -m benchmarks.http_kill --rounds 200`. README.md beside this file says what it shows.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from threading import Event, Lock
from typing import Any

import httpx

from allocation_engine.client import Client, Retries
from benchmarks.conditions import conditions
from benchmarks.http_events import sent_events
from benchmarks.http_outcome import Compared, compare
from benchmarks.http_service import KINDS, OURS, ServedStore, served

MOST_IN_BATCH = 20
LEAST_LOAD_SECONDS, MOST_LOAD_SECONDS = 0.05, 1.0
PATIENT = Retries(tries=10_000, first_seconds=0.01, most_seconds=0.2)
"""The service is away for seconds at a time; nobody gives up."""


@dataclass
class Ledger:
    """What the callers have sent, and what of it the service has acknowledged."""

    source: Iterator[dict[str, Any]]
    sent: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)
    over: Event = field(default_factory=Event)

    def take(self, number: int) -> list[dict[str, Any]]:
        """Give the next events, noted as sent."""
        with self.lock:
            events = list(islice(self.source, number))
            self.sent += events
        return events

    def note(self, events: Sequence[dict[str, Any]]) -> None:
        """Note that the service has answered that it has these."""
        with self.lock:
            self.acknowledged |= {one["source_id"] for one in events}


@dataclass(frozen=True)
class Aftermath:
    """What was found after the kills."""

    store: str
    rounds: int
    callers: int
    sent: int
    acknowledged: int
    seconds_to_ready: float
    compared: Compared


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and print what was found; status 1 where something was lost or doubled."""
    asked = _parser().parse_args(arguments)
    found = [kill(store, asked.rounds, asked.callers, asked.seed) for store in asked.store or KINDS]
    here = conditions()
    if asked.json:
        print(json.dumps({"conditions": here, "runs": [asdict(one) for one in found]}, indent=2))
    else:
        _print_table(found, here)
    return 0 if all(one.compared.right for one in found) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http_kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how often the server is killed")
    parser.add_argument("--callers", type=int, default=4, help="threads that send side by side")
    parser.add_argument(
        "--store", action="append", help="sqlite, postgresql (both bundled, thrown away) or the URL of an empty store"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


def kill(store: str, rounds: int, callers: int = 4, seed: int = 1, command: Sequence[str] = OURS) -> Aftermath:
    """Kill the server so many times under load, starting it again each time; then compare its log with what was sent.

    `command` starts the server; by default the one that is shipped.
    """
    rng = random.Random(seed)  # noqa: S311  it draws moments, not secrets
    ledger = Ledger(sent_events(10**9, seed))
    with served(store, command=command) as service:
        key = service.issue_key()
        ready = [service.start()]
        with ThreadPoolExecutor(callers) as pool:
            jobs = [pool.submit(_send_until_over, service.url, key, ledger, seed + one) for one in range(callers)]
            try:
                for _ in range(rounds):
                    time.sleep(rng.uniform(LEAST_LOAD_SECONDS, MOST_LOAD_SECONDS))
                    service.kill()
                    ready.append(service.start())
            finally:
                ledger.over.set()
                _started_again(service)
            for job in jobs:
                job.result()
        # What a build keeps in memory must not pass for stored because it was asked for in time.
        service.kill()
        service.start()
        with Client(service.url, key, retries=PATIENT) as client:
            compared = compare(client, ledger.sent, ledger.acknowledged)
    kind = store.partition(":")[0]
    average = sum(ready) / len(ready)
    return Aftermath(kind, rounds, callers, len(ledger.sent), len(ledger.acknowledged), average, compared)


def _started_again(service: ServedStore) -> None:
    """Have a server there, so that callers who wait for an answer end."""
    if service.process is None or service.process.poll() is not None:
        service.start()


def _send_until_over(url: str, key: str, ledger: Ledger, seed: int) -> None:
    """Send, single or in batches, each call until it is acknowledged, through however many kills."""
    rng = random.Random(seed)  # noqa: S311  it draws sizes, not secrets
    with Client(url, key, retries=PATIENT, timeout=httpx.Timeout(10.0)) as client:
        while not ledger.over.is_set():
            if rng.random() < 0.8:
                events = ledger.take(1)
                client.send_event(events[0])
            else:
                events = ledger.take(rng.randint(2, MOST_IN_BATCH))
                client.send_events(events)
            ledger.note(events)


def _print_table(found: Sequence[Aftermath], here: dict[str, str]) -> None:
    for name, value in here.items():
        print(f"{name:>15}  {value}")
    print(f"\n{'store':12}{'kills':>7}{'sent':>9}{'answered':>10}{'stored':>9}{'lost':>7}{'doubled':>9}{'ready s':>9}")
    for one in found:
        came = one.compared
        print(
            f"{one.store:12}{one.rounds:>7}{one.sent:>9,}{one.acknowledged:>10,}{came.stored:>9,}{len(came.lost):>7}"
            f"{len(came.doubled):>9}{one.seconds_to_ready:>9.1f}"
        )


if __name__ == "__main__":
    sys.exit(main())
