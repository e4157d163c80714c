"""How long a rebuild of worker load takes, against `sqlite3` alone reading the same rows of the same file.

Run `python -m benchmarks.rebuild_load --events 1000000`. README.md beside this file says what it shows.
"""

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from allocation_engine.bootstrap import open_engine
from benchmarks.conditions import conditions, peak_memory_mib
from benchmarks.made_up_store import ENDS_AT, Making, WrongStore, keys_beside, make_store, open_made
from projections import CASELOAD, WORKER_LOAD

PLAIN_READ = "SELECT position, type, data, tags FROM event ORDER BY position"
LARGEST_RATIO = 6.0
"""A rebuild is a normal thing to do as long as it takes at most so many times the plain read."""

MOST_MEMORY_MIB = 4096
WARMED_AT_ONCE = 16 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """One thing done in a process of its own: how many of what, how long [s], and the most memory it took [MiB]."""

    count: int
    seconds: float
    peak_mib: float


@dataclass(frozen=True)
class Row:
    """A line of the table: medians over the repeats, memory at its most."""

    what: str
    count: int
    unit: str
    seconds: float
    per_second: float
    ratio_to_plain_read: float | None
    peak_mib: float


def plain_read(file: Path, _sealed: bool) -> Part:  # noqa: FBT001  each part is called alike
    """Let `sqlite3` alone read what a rebuild has to read, decoding nothing."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    try:
        started = perf_counter()
        count = 0
        for _ in connection.execute(PLAIN_READ):
            count += 1
        seconds = perf_counter() - started
    finally:
        connection.close()
    return Part(count, seconds, peak_memory_mib())


def rebuild_worker_load(file: Path, sealed: bool) -> Part:  # noqa: FBT001
    """Rebuild the load rows of every worker and case through the engine."""
    with open_made(file, sealed=sealed) as store:
        started = perf_counter()
        position = store.read_models.rebuild(WORKER_LOAD)
        return Part(position, perf_counter() - started, peak_memory_mib())


def rebuild_caseload(file: Path, sealed: bool) -> Part:  # noqa: FBT001
    """Rebuild the caseload rows through the engine."""
    with open_made(file, sealed=sealed) as store:
        started = perf_counter()
        position = store.read_models.rebuild(CASELOAD)
        return Part(position, perf_counter() - started, peak_memory_mib())


def read_every_load(file: Path, sealed: bool) -> Part:  # noqa: FBT001
    """Read the load and capacity of everybody who ever worked there, as at the end of the history."""
    with open_engine(
        f"sqlite:///{file}", person_keys=keys_beside(file, sealed=sealed), clock=lambda: ENDS_AT
    ) as engine:
        started = perf_counter()
        columns = engine.loads().columns
        seconds = perf_counter() - started
    assert len(columns.workers) > 0, "no worker has a load: was it rebuilt?"
    return Part(len(columns.workers), seconds, peak_memory_mib())


PARTS: dict[str, tuple[Callable[[Path, bool], Part], str]] = {
    "plain sqlite3 read": (plain_read, "events"),
    "rebuild worker load": (rebuild_worker_load, "events"),
    "rebuild caseload": (rebuild_caseload, "events"),
    "read every load": (read_every_load, "workers"),
}
LEFT_OUT_UNLESS_ASKED = "rebuild caseload"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the store if need be, time each part in fresh processes, and print the table."""
    asked = _parser().parse_args(arguments)
    if asked.part:
        print(json.dumps(asdict(PARTS[asked.part][0](asked.store_file, asked.sealed))))
        return 0
    told = conditions()
    with tempfile.TemporaryDirectory() as folder:
        file = asked.store_file or Path(folder) / "made-up.sqlite"
        try:
            making = make_store(file, asked.events, workers=asked.workers, seed=asked.seed, sealed=asked.sealed)
        except WrongStore as error:
            print(error, file=sys.stderr)
            return 2
        rows = _measure(file, asked.repeat, caseload=asked.caseload, sealed=asked.sealed)
        told |= {
            "store": f"{file.stat().st_size / 1e9:.2f} GB in SQLite{', sealed' if asked.sealed else ''}",
            "repeats": str(asked.repeat),
        }
    told |= _about(making)
    (_print_json if asked.json else _print_table)(rows, told)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rebuild_load", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000, help="how many events the store has")
    parser.add_argument("--workers", type=int, help="workers of the service; by default it grows with the events")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3, help="how often each part is timed; the median counts")
    parser.add_argument("--store-file", type=Path, help="SQLite file, used again if it has so many events already")
    parser.add_argument("--caseload", action="store_true", help="time the rebuild of the caseload, too")
    parser.add_argument("--sealed", action="store_true", help="keep it sealed under keys of persons, beside the file")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    return parser


def _measure(file: Path, repeats: int, *, caseload: bool, sealed: bool) -> list[Row]:
    """Time the parts in turns, so that other work on the machine meets all of them alike."""
    _warm(file)
    wanted = [name for name in PARTS if caseload or name != LEFT_OUT_UNLESS_ASKED]
    found: dict[str, list[Part]] = {name: [] for name in wanted}
    for _ in range(repeats):
        for name in wanted:
            found[name].append(_in_a_fresh_process(name, file, sealed=sealed))
    plain = median(part.seconds for part in found["plain sqlite3 read"])
    events = found["plain sqlite3 read"][0].count
    assert all(part.count == events for name in wanted[:-1] for part in found[name]), (
        f"not all {events} events were seen"
    )
    return [_row(name, found[name], plain) for name in wanted]


def _row(name: str, parts: Sequence[Part], plain: float) -> Row:
    unit = PARTS[name][1]
    seconds = median(part.seconds for part in parts)
    return Row(
        what=name,
        count=parts[0].count,
        unit=unit,
        seconds=seconds,
        per_second=parts[0].count / seconds,
        ratio_to_plain_read=seconds / plain if unit == "events" else None,
        peak_mib=max(part.peak_mib for part in parts),
    )


def _in_a_fresh_process(name: str, file: Path, *, sealed: bool) -> Part:
    command = [sys.executable, "-m", "benchmarks.rebuild_load", "--part", name, "--store-file", str(file)]
    command += ["--sealed"] if sealed else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr}")
    return Part(**json.loads(done.stdout))


def _warm(file: Path) -> None:
    """Read the file through once, so that no part pays for the disk and leaves the others a warm cache."""
    with file.open("rb") as bytes_of_file:
        while bytes_of_file.read(WARMED_AT_ONCE):
            pass


def _about(making: Making) -> dict[str, str]:
    if not making.elapsed:
        return {"made": "before; the file was used again"}
    return {
        "made": f"in {making.elapsed:.0f} s: {making.events / making.generating:,.0f} events/s generated and, beside it,"
        f" {making.events / making.ingesting:,.0f} events/s ingested",
    }


def _print_json(rows: Sequence[Row], told: dict[str, str]) -> None:
    print(json.dumps({"conditions": told, "measures": [asdict(row) for row in rows]}, indent=2))


def _print_table(rows: Sequence[Row], told: dict[str, str]) -> None:
    for name, value in told.items():
        print(f"{name:>10}  {value}")
    print(f"\n{'':22}{'':20}{'seconds':>10}{'a second':>14}{'x plain read':>14}{'peak MiB':>10}")
    for row in rows:
        ratio = "" if row.ratio_to_plain_read is None else f"{row.ratio_to_plain_read:.2f}"
        counted = f"{row.count:,} {row.unit}"
        print(
            f"{row.what:22}{counted:>20}{row.seconds:>10.2f}{row.per_second:>14,.0f}{ratio:>14}{row.peak_mib:>10,.0f}"
        )
    rebuilt = next(row for row in rows if row.what == "rebuild worker load")
    held = (rebuilt.ratio_to_plain_read or 0) <= LARGEST_RATIO and rebuilt.peak_mib < MOST_MEMORY_MIB
    print(
        f"\nWanted: worker load in at most {LARGEST_RATIO:.0f} times the plain read, below {MOST_MEMORY_MIB:,} MiB:"
        f" {'held' if held else 'missed'}."
    )


if __name__ == "__main__":
    sys.exit(main())
