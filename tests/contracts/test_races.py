"""Two processes decide on the same case at once: exactly one wins, every time."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from allocation_engine.persistence import open_store
from allocation_engine.persistence.check import check_store

DURABLE = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", DURABLE)
def test_of_two_processes_deciding_at_once_exactly_one_wins(kind: str, new_store_url: Callable[[str], str]) -> None:
    _assert_one_winner_each(new_store_url(kind), rounds=40)


@pytest.mark.campaign
@pytest.mark.parametrize("kind", DURABLE)
def test_exactly_one_wins_in_a_thousand_races(kind: str, new_store_url: Callable[[str], str]) -> None:
    _assert_one_winner_each(new_store_url(kind), rounds=1000)


def _assert_one_winner_each(url: str, rounds: int) -> None:
    with ExitStack() as stack:
        racers = [stack.enter_context(_racer(url, name)) for name in (1, 2)]
        assert [_answer(racer) for racer in racers] == ["ready", "ready"]  # both opened the new store at once
        for round_ in range(rounds):
            order = racers if round_ % 2 else racers[::-1]
            for racer in order:
                assert racer.stdin is not None
                racer.stdin.write(f"{round_}\n")
                racer.stdin.flush()
            assert sorted(_answer(racer) for racer in racers) == ["lost", "won"]
    assert [racer.returncode for racer in racers] == [0, 0]
    with open_store(url) as store:
        assert store.log.head() == rounds
        assert check_store(store, []).faults == ()


def _racer(url: str, name: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.contracts.racer", url, str(name)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _answer(racer: subprocess.Popen[str]) -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()
