"""How fast a service is generated, taken into a store, and turned into read models.

Run `python -m benchmarks.append_and_rebuild --events 100000`. README.md beside this file says what it shows.
"""

import argparse
import json
import os
import platform
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from time import perf_counter

from allocation_engine.interfaces.generator import ServiceShape, generate, shape_for_events
from allocation_engine.persistence.store import Store, open_store
from projections import ALL, PROPOSALS

ENDS_AT = datetime(2026, 11, 1, tzinfo=UTC)
"""Fixed, so that a run today and one next year store the same bytes."""

INGESTED_AT_ONCE = 2_000
PAGE_SIZE = 1_000
LIBRARIES = ("eventsourcing", "pydantic", "psycopg")


@dataclass(frozen=True)
class Measure:
    """One thing timed: over how many events, how long [s], and against plain `sqlite3` reading the same rows [1]."""

    what: str
    events: int
    seconds: float
    ratio_to_plain_read: float | None = None

    @property
    def events_per_second(self) -> float:
        """Give the rate [1/s]."""
        return self.events / self.seconds if self.seconds else float("inf")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and print what it measured."""
    asked = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        url = asked.store or f"sqlite:///{Path(folder) / 'benchmark.sqlite'}"
        with open_store(url) as store:
            if store.log.head():
                print(f"{store!r} holds events already: give an empty store", file=sys.stderr)
                return 2
            shape = shape_for_events(asked.events, workers=asked.workers, ends_at=ENDS_AT)
            measures = _measure(store, shape, events=asked.events, seed=asked.seed, folder=Path(folder))
    kind = url.partition(":")[0]
    (_print_json if asked.json else _print_table)(measures, shape, kind, asked.seed)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.append_and_rebuild", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000, help="how many events to generate and store")
    parser.add_argument("--workers", type=int, help="workers of the service; by default it grows with the events")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", help="URL of an empty store; by default an SQLite file that is thrown away")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


def _measure(store: Store, shape: ServiceShape, *, events: int, seed: int, folder: Path) -> list[Measure]:
    measures = _generate_and_ingest(store, shape, events=events, seed=seed)
    stored = measures[-1].events
    plain = _plain_read(store, folder / "plain.sqlite")
    measures.append(Measure("plain sqlite3 read", stored, plain, 1.0))
    seconds = _timed(lambda: sum(1 for _ in store.log.stream()))
    measures.append(Measure("stream the log", stored, seconds, seconds / plain))
    for projection in ALL:
        live = _timed(lambda projection=projection: store.read_models.catch_up(projection))  # type: ignore[misc]
        rows = store.read_models.rows(projection)
        rebuilt = _timed(lambda projection=projection: store.read_models.rebuild(projection))  # type: ignore[misc]
        assert rows == store.read_models.rows(projection), f"{projection.name}: live rows differ from the rebuild"
        # A made-up history holds no proposals.
        assert rows or projection is PROPOSALS, f"{projection.name}: no rows came of it"
        measures.append(Measure(f"catch up {projection.name}", stored, live, live / plain))
        measures.append(Measure(f"rebuild {projection.name}", stored, rebuilt, rebuilt / plain))
    return measures


def _generate_and_ingest(store: Store, shape: ServiceShape, *, events: int, seed: int) -> list[Measure]:
    """Generate and store in turns, each on its own clock, so that memory holds one turn only."""
    generating = ingesting = 0.0
    made = 0
    history = islice(generate(shape, seed=seed), events)
    while True:
        started = perf_counter()
        records = list(islice(history, INGESTED_AT_ONCE))
        generated = perf_counter()
        generating += generated - started
        if not records:
            break
        taken = store.log.ingest(records)
        ingesting += perf_counter() - generated
        made += len(records)
        assert taken.stored == len(records), f"{len(records)} events were given and {taken.stored} stored"
    return [Measure("generate", made, generating), Measure("ingest", made, ingesting)]


def _plain_read(store: Store, file: Path) -> float:
    """Copy the stored events into a bare table and time `sqlite3` reading them, decoding nothing [s]."""
    connection = sqlite3.connect(file)
    try:
        connection.execute("CREATE TABLE event (position INTEGER PRIMARY KEY, type TEXT, data BLOB)")
        after = 0
        while page := store.log.read_undecoded(after=after, limit=PAGE_SIZE)[0]:
            rows = [(one.position, one.event.type, one.event.data) for one in page]
            connection.executemany("INSERT INTO event VALUES (?, ?, ?)", rows)
            after = page[-1].position
        connection.commit()
        query = "SELECT position, type, data FROM event ORDER BY position"
        return min(_timed(lambda: sum(1 for _ in connection.execute(query))) for _ in range(3))
    finally:
        connection.close()


def _timed(act: Callable[[], object]) -> float:
    started = perf_counter()
    act()
    return perf_counter() - started


def _conditions(shape: ServiceShape, store: str, seed: int) -> dict[str, object]:
    return {
        "store": store,
        "seed": seed,
        "workers": shape.workers,
        "weeks": shape.weeks,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: version(name) for name in LIBRARIES},
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _print_json(measures: Sequence[Measure], shape: ServiceShape, store: str, seed: int) -> None:
    rows = [{**asdict(one), "events_per_second": one.events_per_second} for one in measures]
    print(json.dumps({"conditions": _conditions(shape, store, seed), "measures": rows}, indent=2))


def _print_table(measures: Sequence[Measure], shape: ServiceShape, store: str, seed: int) -> None:
    for name, value in _conditions(shape, store, seed).items():
        print(f"{name:>15}  {value}")
    print(f"\n{'':34}{'events':>12}{'seconds':>10}{'events/s':>12}{'x plain read':>14}")
    for one in measures:
        ratio = "" if one.ratio_to_plain_read is None else f"{one.ratio_to_plain_read:.1f}"
        print(f"{one.what:34}{one.events:>12,}{one.seconds:>10.2f}{one.events_per_second:>12,.0f}{ratio:>14}")


if __name__ == "__main__":
    sys.exit(main())
