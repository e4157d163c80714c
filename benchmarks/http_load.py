"""Whether the service keeps up with a rate of single events, and how long each waits for its answer.

Run `python -m benchmarks.http_load --rate 300 --seconds 600`. README.md beside this file says what it shows.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from allocation_engine.client import Client
from benchmarks.conditions import conditions
from benchmarks.http_events import sent_events
from benchmarks.http_service import KINDS, ROOT, ServedStore, served

P99_WANTED_MS = 250.0
MS = 1000.0


@dataclass(frozen=True)
class Load:
    """What was asked and what was measured. Latencies [ms] are counted from the moment at which a request was due."""

    store: str
    rate: float
    seconds: float
    sent: int
    errors: int
    statuses: dict[str, int]
    achieved_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    most_ms: float
    stored: int
    server_cpu: float
    generator_cpu: float

    @property
    def kept_up(self) -> bool:
        """Say whether every event was stored, in time."""
        return self.errors == 0 and self.stored == self.sent and self.p99_ms < P99_WANTED_MS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and print what it measured; status 1 where the service did not keep up."""
    asked = _parser().parse_args(arguments)
    found = [_load(store, asked) for store in asked.store or KINDS]
    here = conditions()
    if asked.json:
        print(json.dumps({"conditions": here, "loads": [asdict(one) for one in found]}, indent=2))
    else:
        _print_table(found, here)
    return 0 if all(one.kept_up for one in found) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http_load", description=__doc__)
    parser.add_argument("--rate", type=float, default=300.0, help="events sent a second, each in a request of its own")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--connections", type=int, default=32, help="kept-alive connections of the sender")
    parser.add_argument(
        "--store", action="append", help="sqlite, postgresql (both bundled, thrown away) or the URL of an empty store"
    )
    parser.add_argument("--workers", type=int, default=1, help="server processes; more than one needs PostgreSQL")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


def _load(store: str, asked: argparse.Namespace) -> Load:
    number = round(asked.rate * asked.seconds)
    bodies = b"\n".join(json.dumps(one, separators=(",", ":")).encode() for one in sent_events(number))
    more = () if asked.workers == 1 else ("--workers", str(asked.workers))
    with ExitStack() as stack:
        service = stack.enter_context(served(store, more=more))
        key = service.issue_key()
        service.start()
        client = stack.enter_context(Client(service.url, key))
        client.me()
        document, cpu = _generate(service, key, bodies, asked)
        stored = _head(client)
    latencies = sorted(document["latencies"])
    good = document["statuses"].get("201", 0)
    return Load(
        store=store.partition(":")[0],
        rate=asked.rate,
        seconds=asked.seconds,
        sent=number,
        errors=number - good,
        statuses=document["statuses"],
        achieved_per_second=number / (document["seconds"] - 0.5),
        p50_ms=_quantile(latencies, 0.5),
        p95_ms=_quantile(latencies, 0.95),
        p99_ms=_quantile(latencies, 0.99),
        most_ms=latencies[-1] * MS,
        stored=stored,
        server_cpu=cpu / document["seconds"],
        generator_cpu=document["generator_cpu_seconds"] / document["seconds"],
    )


def _generate(service: ServedStore, key: str, bodies: bytes, asked: argparse.Namespace) -> tuple[dict[str, Any], float]:
    command = [sys.executable, "-m", "benchmarks.http_load_generator", "127.0.0.1", str(service.port), key]
    before = _cpu_of(service)
    done = subprocess.run(
        [*command, str(asked.rate), str(asked.connections)],
        cwd=ROOT,
        env=dict(os.environ),
        input=bodies,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout), _cpu_of(service) - before


def _cpu_of(service: ServedStore) -> float:
    """Give the processor time that the server's processes have taken [s]."""
    assert service.process is not None
    parent = psutil.Process(service.process.pid)
    return sum(sum(one.cpu_times()[:2]) for one in (parent, *parent.children(recursive=True)))


def _head(client: Client) -> int:
    return int(client._get("/v1/events", {"after": 0, "limit": 1})["head"])  # noqa: SLF001  the head alone, not the log


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Give the smallest latency that so large a share does not exceed [ms]."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * MS


def _print_table(found: Sequence[Load], here: dict[str, str]) -> None:
    for name, value in here.items():
        print(f"{name:>15}  {value}")
    print(
        f"\n{'store':12}{'asked/s':>9}{'got/s':>8}{'sent':>9}{'stored':>9}{'errors':>8}"
        f"{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}{'server CPU':>12}{'sender CPU':>12}"
    )
    for one in found:
        print(
            f"{one.store:12}{one.rate:>9.0f}{one.achieved_per_second:>8.1f}{one.sent:>9,}{one.stored:>9,}{one.errors:>8,}"
            f"{one.p50_ms:>9.1f}{one.p95_ms:>9.1f}{one.p99_ms:>9.1f}{one.most_ms:>9.1f}"
            f"{one.server_cpu:>11.0%} {one.generator_cpu:>11.0%}"
        )


if __name__ == "__main__":
    sys.exit(main())
