"""Seals a document under the key of the one person it is about: an erasure reaches it, in backups as well."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from allocation_engine.errors import PersonWasErased
from allocation_engine.persistence.keys.keyring import ERASED, Keyring
from allocation_engine.persistence.keys.ports import NONCE_BYTES
from domain.errors import InvalidEvent

PLAIN, SEALED = b"p", b"s"
"""How a document begins, by how it was written: one of a time without keys can still be read."""


class DocumentSeal:
    """Seals and opens with the keys of a keyring; without one it leaves documents as they are."""

    def __init__(self, keyring: Keyring | None) -> None:
        self._keyring = keyring

    def seal(self, person: str, place: str, body: bytes) -> bytes:
        """Give a document as it is stored. `person` is a tag such as `case:…`, `place` where the document is kept.

        Raises
        ------
        PersonWasErased
            Nothing more is kept of this person.
        """
        if self._keyring is None:
            return PLAIN + body
        self._keyring.for_writing([person])
        cipher = self._keyring.find(person)
        if not isinstance(cipher, AESGCM):
            raise PersonWasErased(person)
        nonce = secrets.token_bytes(NONCE_BYTES)
        return SEALED + nonce + cipher.encrypt(nonce, body, _bound(person, place))

    def open(self, person: str, place: str, stored: bytes) -> bytes | None:
        """Give a document as it was before it was sealed; None if the person was erased.

        Raises
        ------
        InvalidEvent
            The key is missing, or the document is not as it was sealed.
        """
        if stored.startswith(PLAIN):
            return stored[len(PLAIN) :]
        cipher = None if self._keyring is None else self._keyring.find(person)
        if cipher is ERASED:
            return None
        sealed = stored[len(SEALED) :]
        try:
            if isinstance(cipher, AESGCM):
                return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(person, place))
        except (InvalidTag, ValueError):
            pass
        why = f"is sealed, and no key here opens it; give the keys of this store, with that of {person}"
        raise InvalidEvent("statement", (("(whole)", why),))


def _bound(person: str, place: str) -> bytes:
    return f"{person}\n{place}".encode()
