"""Kills a writing process in the middle of its appends and looks for what it had acknowledged."""

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from allocation_engine.persistence import open_store
from allocation_engine.persistence.check import Fault, check_store
from tests.contracts.examples import held_cases

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What was found after the kills.

    `lost` were acknowledged and are not there; `doubled` are there more than once.
    """

    acknowledged: int
    stored: int
    lost: tuple[int, ...]
    doubled: tuple[int, ...]
    faults: tuple[Fault, ...]


def kill_writers(url: str, rounds: int, *, manner: str = "honest") -> Aftermath:
    """Start a writer, kill it with SIGKILL after some acknowledgements, and again; then read the whole store."""
    acknowledged: list[int] = []
    for round_ in range(rounds):
        acknowledged += _acknowledged_before_kill(url, round_, manner, after=20 + 7 * (round_ % 13))
    with open_store(url) as store:
        stored = Counter(event.record.envelope.event_id.int for event in store.log.stream())
        store.read_models.catch_up(held_cases())
        report = check_store(store, [held_cases()])
    return Aftermath(
        acknowledged=len(acknowledged),
        stored=stored.total(),
        lost=tuple(number for number in acknowledged if number not in stored),
        doubled=tuple(number for number, times in stored.items() if times > 1),
        faults=report.faults,
    )


def _acknowledged_before_kill(url: str, round_: int, manner: str, *, after: int) -> list[int]:
    command = [sys.executable, "-m", "tests.contracts.writer", url, str(round_), manner]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(after)]
        writer.kill()
        lines += writer.stdout.readlines()  # acknowledged between the last line read and the kill
    # A kill can cut the last line; a number without its line end was not yet acknowledged in full.
    numbers = [int(line) for line in lines if line.endswith("\n")]
    assert len(numbers) >= after, "the writer ended before it was killed"
    return numbers
