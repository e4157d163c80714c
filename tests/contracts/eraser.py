"""A process that is killed in the middle of an erasure: `python -m tests.contracts.eraser URL KEYS before|after`.

It dies once the erasure is on record, just before the keys are destroyed or just after.
"""

import os
import sys
from collections.abc import Sequence

from allocation_engine import open_engine
from allocation_engine.persistence.keys.keyring import Keyring
from domain.vocabulary import ErasureReason


def main(url: str, keys: str, when: str) -> None:
    destroy = Keyring.destroy

    def dying(self: Keyring, names: Sequence[str]) -> None:
        if when == "after":
            destroy(self, names)
        os._exit(9)

    Keyring.destroy = dying  # type: ignore[method-assign]
    with open_engine(url, person_keys=keys) as engine:
        engine.erase(["case:c-1"], "m-1", ErasureReason.ORDERED)


if __name__ == "__main__":
    main(*sys.argv[1:])
