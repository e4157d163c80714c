"""A process that tries, each time it is told a round's number, to become the primary worker of that round's case.

Run as `python -m tests.contracts.racer URL NAME`; it prints `ready`, then `won` or `lost` for each round.
"""

# ruff: noqa: T201  printing is how it answers

import sys

from allocation_engine.errors import ConcurrentWrite
from allocation_engine.persistence import Criterion, open_store
from domain.events.case import CaseAssigned
from tests.contracts.examples import assigned


def main(url: str, name: int) -> None:
    with open_store(url) as store:
        print("ready", flush=True)
        for line in sys.stdin:
            case = f"c{int(line)}"
            taken = (Criterion(frozenset({f"case:{case}"}), frozenset({CaseAssigned})),)
            try:
                store.log.append([assigned(int(line) * 10 + name, case, f"w{name}")], unless=taken)
            except ConcurrentWrite:
                print("lost", flush=True)
            else:
                print("won", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
