"""A process that approves each proposal it is told of, at once, and says whether it won or why it lost.

Run as `python -m tests.planning.approver URL NAME`; it prints `ready`, then `won` or `lost CODE REASON` for each.
"""

# ruff: noqa: T201  printing is how it answers

import sys

from allocation_engine import open_engine
from allocation_engine.errors import DecisionRefused


def main(url: str, name: str) -> None:
    with open_engine(url) as engine:
        print("ready", flush=True)
        for line in sys.stdin:
            try:
                engine.approve(line.strip(), by=name, reason="approved in a race")
            except DecisionRefused as refused:
                print("lost", refused.rejection.code, refused.rejection.reason, flush=True)
            else:
                print("won", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
