"""What must be able to keep keys: make one for each name once, and destroy it for good."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

KEY_BYTES = 32
NONCE_BYTES = 12

Keys = Mapping[str, bytes | None]
"""Name to key; None: it was destroyed. A name that is not there never had one."""


@dataclass(frozen=True, slots=True)
class RowsKey:
    """The key that the rows of read models are sealed under, and how many there have been: an erasure makes a new one."""

    epoch: int
    key: bytes


def first_epoch() -> int:
    """Give the number of the first key of rows: by chance, so that rows of other keys are not taken for these."""
    return secrets.randbelow(1 << 40) + 1


class KeyBackend(Protocol):
    """Keeps keys for many processes. Each call is one transaction."""

    where: str
    """Its place, as it may be shown."""

    def generation(self) -> int:
        """Give a number that changes whenever a key is destroyed."""

    def find(self, names: Sequence[str] | None) -> tuple[int, Keys]:
        """Give the keys of these names, or all, with the generation that they are of."""

    def make(self, keys: Mapping[str, bytes]) -> tuple[int, Keys]:
        """Take these keys for names that have none and were never destroyed; give what then holds, with the generation."""

    def destroy(self, names: Sequence[str], rows_key: bytes) -> None:
        """Put a mark in the place of these keys, durably, and this key in the place of the rows' key."""

    def rows_key(self) -> tuple[int, RowsKey]:
        """Give the rows' key, with the generation."""

    def everything(self) -> Iterator[tuple[str, bytes | None]]:
        """Give every name with its key, or None where it was destroyed; for a backup."""

    def restore(self, keys: Iterable[tuple[str, bytes | None]]) -> int:
        """Take keys from a backup for names that have none here; marks of destruction are taken in any case."""

    def close(self) -> None:
        """Let go of what is open; a second call does nothing."""
