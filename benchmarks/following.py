"""How soon a new event is visible in the load of the worker it is about, beside what plain `sqlite3` takes to commit.

Run `python -m benchmarks.following --events 1000000`. README.md beside this file says what it shows.
"""

import argparse
import json
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter
from uuid import UUID

from allocation_engine.bootstrap import open_engine
from allocation_engine.engine import Engine
from benchmarks.conditions import conditions, peak_memory_mib
from benchmarks.made_up_store import ENDS_AT, WrongStore, make_store
from domain.events import Envelope, EventRecord
from domain.events.practice import CriticalIncidentRecorded, Exposure
from domain.identifiers import IncidentId, PersonId, WorkerId
from domain.load import LoadAccount
from domain.load.facts import Left
from domain.vocabulary import ExposureRoute, IncidentKind, Severity
from projections import WORKER_LOAD
from projections.worker_load import history_of

WANTED_P99_MS = 20.0
MS = 1000.0
PERCENT = 100
BENCHMARK = PersonId("benchmark")

TakeIn = Callable[[Engine, CriticalIncidentRecorded, datetime], None]
"""Stores an event that happens at a moment."""


@dataclass(frozen=True)
class Latency:
    """How long one step took over all tries [ms]."""

    what: str
    p50: float
    p95: float
    p99: float
    most: float


class Ticking:
    """A clock that moves on by a second each time it is read, from the end of the made-up history."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        """Read the clock."""
        self._now += timedelta(seconds=1)
        return self._now


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the store if need be, follow it, and print the table."""
    asked = _parser().parse_args(arguments)
    told = conditions()
    with tempfile.TemporaryDirectory() as folder:
        file = asked.store_file or Path(folder) / "made-up.sqlite"
        try:
            make_store(file, asked.events, workers=asked.workers, seed=asked.seed)
        except WrongStore as error:
            print(error, file=sys.stderr)
            return 2
        chance = Random(asked.seed)  # noqa: S311 - which workers are asked about
        with open_engine(f"sqlite:///{file}", person_keys="none") as engine:
            if engine.store.read_models.position(WORKER_LOAD) < engine.store.log.head():
                engine.store.read_models.rebuild(WORKER_LOAD)
        copy = Path(folder) / "followed.sqlite"
        shutil.copyfile(file, copy)
        clock = Ticking(ENDS_AT)
        with open_engine(
            f"sqlite:///{copy}", person_keys="none", clock=clock, new_id=lambda: UUID(int=chance.getrandbits(128))
        ) as engine:
            workers = _in_post(engine)
            take_in = TAKE_IN[asked.through]
            engine_latencies = follow(engine, workers, asked.tries, chance, clock, take_in)
        plain = plain_commits(Path(folder) / "plain.sqlite", asked.tries)
    told |= {
        "store": f"{asked.events:,} events, {len(workers):,} workers in post, in SQLite",
        "tries": f"{asked.tries} through {asked.through}",
        "memory": f"{peak_memory_mib():,.0f} MiB at most",
    }
    (_print_json if asked.json else _print_table)([*engine_latencies, plain], told)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.following", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000, help="how many events the store has before")
    parser.add_argument("--workers", type=int, default=1_000, help="workers of the service on its first day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tries", type=int, default=500, help="how many events are recorded and asked for")
    parser.add_argument("--through", choices=TAKE_IN, default="ingest", help="how the event comes in")
    parser.add_argument("--store-file", type=Path, help="SQLite file, used again if it has so many events already")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


def ingest(engine: Engine, event: CriticalIncidentRecorded, at: datetime) -> None:
    """Take an event in as another system sends it."""
    envelope = Envelope(
        event_id=engine.new_id(),
        occurred_at=at,
        recorded_at=at,
        actor=BENCHMARK,
        source_system="benchmark",
        source_id=event.incident_id,
    )
    engine.store.log.ingest([EventRecord(envelope=envelope, event=event)])


def record(engine: Engine, event: CriticalIncidentRecorded, _: datetime) -> None:
    """Let the engine decide on an event as somebody reports it, then append it."""
    engine.record(event, by=BENCHMARK)


TAKE_IN: dict[str, TakeIn] = {"ingest": ingest, "record": record}


def follow(
    engine: Engine,
    workers: Sequence[WorkerId],
    tries: int,
    chance: Random,
    clock: Ticking,
    take_in: TakeIn,
) -> list[Latency]:
    """Take in an incident of some worker, then ask for that worker's load; each answer must hold the incident."""
    points = incident_points(engine)
    recording, reading, both, explaining = [], [], [], []
    for number in range(tries):
        worker_id = chance.choice(workers)
        incident_id = IncidentId(f"new-{number}")
        event = CriticalIncidentRecorded(
            incident_id=incident_id,
            kind=IncidentKind.VIOLENCE_DISCLOSED,
            severity=Severity.SERIOUS,
            exposures=(Exposure(worker_id=worker_id, route=ExposureRoute.DIRECT),),
        )
        before = load_now(engine, worker_id, clock())
        started = perf_counter()
        take_in(engine, event, clock())
        recorded = perf_counter()
        answer = load_now(engine, worker_id, clock())
        answered = perf_counter()
        whole = reasons_now(engine, worker_id, clock())
        explained = perf_counter()
        assert abs(answer - before - points) < points / 100, f"the load of {worker_id} does not show the new incident"
        assert _holds(whole, incident_id), f"the account of {worker_id} does not show the new incident"
        recording.append(recorded - started)
        reading.append(answered - recorded)
        both.append(answered - started)
        explaining.append(explained - answered)
    return [
        latency("take the event in", recording),
        latency("ask for the load", reading),
        latency("both: visible after", both),
        latency("every reason for it", explaining),
    ]


def incident_points(engine: Engine) -> float:
    """Give what such an incident adds at once [lp]."""
    load = engine.example_policy.load
    kind, severity = load.incident_kind_factor[IncidentKind.VIOLENCE_DISCLOSED], load.incident_points[Severity.SERIOUS]
    return kind.value * severity.value * load.route_share[ExposureRoute.DIRECT].value


def load_now(engine: Engine, worker_id: WorkerId, as_at: datetime) -> float:
    """Ask for one worker's load [lp], both compartments together."""
    columns = engine.loads([worker_id], as_at).columns
    return float(columns.acute[0] + columns.cumulative[0])


def reasons_now(engine: Engine, worker_id: WorkerId, as_at: datetime) -> LoadAccount:
    """Draw up the same worker's account: every contribution."""
    return engine.account(worker_id, as_at)


def plain_commits(file: Path, tries: int) -> Latency:
    """Insert a row of an event's size, commit it as the store does, and select it: the least that is possible."""
    connection = sqlite3.connect(file, isolation_level=None)
    took = []
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE event (position INTEGER PRIMARY KEY, type TEXT, data BLOB, tags TEXT)")
        for position in range(1, tries + 1):
            started = perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            row = (position, "practice.critical_incident_recorded.v1", b"x" * 480, "x" * 90)
            connection.execute("INSERT INTO event VALUES (?, ?, ?, ?)", row)
            connection.execute("COMMIT")
            found = connection.execute("SELECT * FROM event WHERE position = ?", (position,)).fetchone()
            took.append(perf_counter() - started)
            assert found == row
    finally:
        connection.close()
    return latency("plain sqlite3", took)


def latency(what: str, seconds: Sequence[float]) -> Latency:
    """Sum up times [s] as percentiles [ms]."""
    cuts = quantiles(seconds, n=PERCENT, method="inclusive")
    return Latency(what, cuts[49] * MS, cuts[94] * MS, cuts[98] * MS, max(seconds) * MS)


def _in_post(engine: Engine) -> list[WorkerId]:
    rows = engine.store.read_models.rows(WORKER_LOAD)
    return [
        WorkerId(key.removeprefix("worker:"))
        for key in sorted(rows)
        if key.startswith("worker:") and not any(isinstance(fact, Left) for fact in history_of(key, rows))
    ]


def _holds(answer: LoadAccount, incident_id: IncidentId) -> bool:
    return any(one.exposed is not None and one.exposed.incident_id == incident_id for one in answer.contributions)


def _print_json(latencies: Sequence[Latency], told: dict[str, str]) -> None:
    print(json.dumps({"conditions": told, "measures": [asdict(one) for one in latencies]}, indent=2))


def _print_table(latencies: Sequence[Latency], told: dict[str, str]) -> None:
    for name, value in told.items():
        print(f"{name:>10}  {value}")
    print(f"\n{'milliseconds':24}{'p50':>10}{'p95':>10}{'p99':>10}{'most':>10}")
    for one in latencies:
        print(f"{one.what:24}{one.p50:>10.2f}{one.p95:>10.2f}{one.p99:>10.2f}{one.most:>10.2f}")
    visible = next(one for one in latencies if one.what.startswith("both"))
    held = "held" if visible.p99 <= WANTED_P99_MS else "missed"
    print(f"\nWanted: visible within {WANTED_P99_MS:.0f} ms at the 99th percentile: {held}.")


if __name__ == "__main__":
    sys.exit(main())
