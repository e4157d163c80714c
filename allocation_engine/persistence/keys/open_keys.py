"""Opens keys by their place: a file, a PostgreSQL database of their own, or memory."""

from pathlib import Path

from allocation_engine.errors import KeysUnavailable
from allocation_engine.persistence.keys.keyring import Keyring
from allocation_engine.persistence.keys.memory_keys import MemoryKeys
from allocation_engine.persistence.keys.ports import KeyBackend
from allocation_engine.persistence.keys.postgres_keys import PostgresKeys
from allocation_engine.persistence.keys.sqlite_keys import SQLiteKeys
from allocation_engine.persistence.shown_url import hide_password

IN_MEMORY = "memory"


def open_keyring(place: str, master_key_file: Path | None = None) -> Keyring:
    """Open the keys at a place, making it where there is none yet.

    Parameters
    ----------
    place
        The path of a file, `postgresql://…`, or `memory`.
    master_key_file
        For PostgreSQL: the file with the key that the keys in the database are wrapped with.

    Raises
    ------
    KeysUnavailable
        The place cannot be used, and why.
    """
    return Keyring(open_backend(place, master_key_file))


def open_backend(place: str, master_key_file: Path | None = None) -> KeyBackend:
    """Open what keeps the keys at a place."""
    if place == IN_MEMORY:
        return MemoryKeys()
    if place.startswith(("postgresql://", "postgres://")):
        return PostgresKeys(place, master_key_file, hide_password(place))
    if "://" in place:
        raise KeysUnavailable(hide_password(place), "give the path of a file, or postgresql://…")
    return SQLiteKeys(Path(place))
