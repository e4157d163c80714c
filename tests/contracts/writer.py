"""A process that appends events one by one and prints the number of each that the store has acknowledged.

Run as `python -m tests.contracts.writer URL ROUND honest|hasty`. The hasty one acknowledges before it commits: it
exists to prove that the crash test notices.
"""

# ruff: noqa: T201  printing is how it answers

import itertools
import sys

from allocation_engine.persistence import Store, open_store
from domain.events import EventRecord
from tests.contracts.examples import assigned

NUMBERS_PER_ROUND = 1_000_000
HASTY_BUFFER = 100_000


def main(url: str, round_: int, manner: str) -> None:
    with open_store(url) as store:
        numbers = itertools.count(round_ * NUMBERS_PER_ROUND + 1)
        append = _hasty(store) if manner == "hasty" else store.log.append
        for number in numbers:
            append([assigned(number, f"c{number % 97}", f"w{number % 11}")])
            print(number, flush=True)


class _hasty:  # noqa: N801  stands where the honest append stands
    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[EventRecord] = []

    def __call__(self, records: list[EventRecord]) -> None:
        self._waiting += records
        if len(self._waiting) >= HASTY_BUFFER:
            self._store.log.append(self._waiting)
            self._waiting.clear()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
