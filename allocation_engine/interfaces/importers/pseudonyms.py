"""Keyed pseudonyms: the log holds `w-…`, `c-…`, `t-…` and `r-…` only, and nobody without the key can tell who they are."""

import base64
import hmac
import os
import secrets
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path

from allocation_engine.errors import SettingsError
from domain.identifiers import CaseId, TeamId, WorkerId

KEY_BYTES = 32
CHARACTERS = 12
"""60 bits in base32, short enough to read out: among 100,000 people two share a pseudonym once in 200 million stores."""

_SETTING = "pseudonym key"


def normalise(text: str) -> str:
    """Make the one form in which two spellings of a name are the same: NFKC, case folded, white space collapsed."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


class Pseudonyms:
    """Turns the text of a file into opaque ids, the same text always into the same id under one key.

    Parameters
    ----------
    key
        Secret of at least 16 bytes. It stays outside the store: whoever holds both can find out who is who.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES // 2:
            raise SettingsError(_SETTING, f"is {len(key)} bytes long; it needs {KEY_BYTES}")
        self._key = key
        self._made: dict[tuple[str, str], str] = {}

    def worker(self, text: str) -> WorkerId:
        """Give the opaque id of a practitioner."""
        return WorkerId(self._opaque("w", text))

    def case(self, text: str) -> CaseId:
        """Give the opaque id of a child's case."""
        return CaseId(self._opaque("c", text))

    def team(self, text: str) -> TeamId:
        """Give the opaque id of a team."""
        return TeamId(self._opaque("t", text))

    def part(self, text: str) -> str:
        """Give the opaque id of a part of somebody's record, such as one episode: for source ids alone."""
        return self._opaque("r", text)

    def _opaque(self, kind: str, text: str) -> str:
        made = self._made.get((kind, text))
        if made is None:
            message = f"{kind}\x00{normalise(text)}".encode()
            digest = base64.b32encode(hmac.digest(self._key, message, "sha256")).decode("ascii").lower()
            made = self._made[kind, text] = f"{kind}-{digest[:CHARACTERS]}"
        return made


def load_or_create_key(path: Path, *, new_key: Callable[[int], bytes] = secrets.token_bytes) -> bytes:
    """Read the key, or make it where there is none yet; whoever else creates it at the same moment gets the same one.

    Raises
    ------
    SettingsError
        The file is no key, cannot be read or written, or others may read it.
    """
    try:
        if not path.exists():
            _create(path, new_key(KEY_BYTES))
        _refuse_if_shared(path)
        key = path.read_bytes()
    except OSError as error:
        raise SettingsError(_SETTING, f"{path.name} cannot be used: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise SettingsError(_SETTING, f"{path.name} holds {len(key)} bytes where a key has {KEY_BYTES}; restore it")
    return key


def _create(path: Path, key: bytes) -> None:
    """Write the whole key beside its place, then link it there: no reader ever sees half a key."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _refuse_if_shared(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(_SETTING, f"{path.name} can be read by others; run chmod 600 on it")
