"""Seals the rows of read models: they hold what persons' events say, and free pages keep what rows once held.

All rows are sealed under one key. An erasure destroys it, so that every row there was is lost, and rows are built anew
from what can still be read. The number of the key goes into the version that is stored with the rows.
"""

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from allocation_engine.persistence.keys.keyring import Keyring
from allocation_engine.persistence.keys.ports import NONCE_BYTES

VERSIONS = 1_000_000
"""More than any projection will ever have: the number of the key stands above it."""


class RowsOvertaken(Exception):
    """A row is sealed under another key than the one in force: it was built anew in between, or is about to be."""


@dataclass(frozen=True)
class RowSeal:
    """The key of the rows at one moment; whoever works on rows begins and ends with the same."""

    epoch: int = 0
    cipher: AESGCM | None = None

    def version(self, version: int) -> int:
        """Give the version that is stored with rows of a projection's version."""
        return self.epoch * VERSIONS + version

    def seal(self, name: str, key: str, row: bytes) -> bytes:
        """Give a row as it is stored."""
        if self.cipher is None:
            return row
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, row, _bound(name, key))

    def open(self, name: str, key: str, stored: bytes) -> bytes:
        """Give a row as it was before it was sealed.

        Raises
        ------
        RowsOvertaken
            It is sealed under another key.
        """
        if self.cipher is None:
            return stored
        try:
            return self.cipher.decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], _bound(name, key))
        except (InvalidTag, ValueError):
            raise RowsOvertaken from None


NO_SEAL = RowSeal()


class RowSeals:
    """Gives the seal in force."""

    def __init__(self, keyring: Keyring | None) -> None:
        self._keyring = keyring

    def now(self) -> RowSeal:
        """Give the seal in force; that of a store without keys leaves rows as they are."""
        if self._keyring is None:
            return NO_SEAL
        rows = self._keyring.rows_key()
        return RowSeal(rows.epoch, AESGCM(rows.key))


def _bound(name: str, key: str) -> bytes:
    return f"{name}\n{key}".encode()
