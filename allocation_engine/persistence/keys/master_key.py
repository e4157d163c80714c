"""The file of the master key, which wraps keys that are kept in a database. Every machine has the same one."""

import os
import secrets
import stat
from pathlib import Path

from allocation_engine.errors import KeysUnavailable
from allocation_engine.persistence.keys.ports import KEY_BYTES


def master_key(path: Path, keys: str, *, may_make: bool) -> bytes:
    """Read the master key; make it where there are no keys yet that another one wraps.

    Raises
    ------
    KeysUnavailable
        The file is not there, is no key, or others may read it.
    """
    try:
        if may_make and not path.exists():
            _make(path)
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeysUnavailable(keys, f"the master key {path.name} can be read by others; run chmod 600 on it")
        key = path.read_bytes()
    except OSError as error:
        raise KeysUnavailable(keys, f"the master key {path.name} cannot be read: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise KeysUnavailable(keys, f"the master key {path.name} holds {len(key)} bytes where a key has {KEY_BYTES}")
    return key


def _make(path: Path) -> None:
    """Write a new key whole or not at all: beside its place, then linked there, so that the first of two stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
