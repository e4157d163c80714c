"""Keys in memory, for a store in memory."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock

from allocation_engine.persistence.keys.ports import KEY_BYTES, Keys, RowsKey, first_epoch


class MemoryKeys:
    """Keeps keys while the process runs."""

    where = "memory"

    def __init__(self) -> None:
        self._lock = Lock()
        self._keys: dict[str, bytes | None] = {}
        self._generation = 1
        self._rows = RowsKey(first_epoch(), secrets.token_bytes(KEY_BYTES))

    def generation(self) -> int:
        """Give a number that changes whenever a key is destroyed."""
        return self._generation

    def find(self, names: Sequence[str] | None) -> tuple[int, Keys]:
        """Give the keys of these names, or all, with the generation."""
        with self._lock:
            wanted = self._keys if names is None else (name for name in names if name in self._keys)
            return self._generation, {name: self._keys[name] for name in wanted}

    def make(self, keys: Mapping[str, bytes]) -> tuple[int, Keys]:
        """Take these keys for names that have none and were never destroyed."""
        with self._lock:
            for name, key in keys.items():
                self._keys.setdefault(name, key)
            return self._generation, {name: self._keys[name] for name in keys}

    def destroy(self, names: Sequence[str], rows_key: bytes) -> None:
        """Put a mark in the place of these keys, and this key in the place of the rows' key."""
        with self._lock:
            self._keys.update(dict.fromkeys(names))
            self._generation += 1
            self._rows = RowsKey(self._rows.epoch + 1, rows_key)

    def rows_key(self) -> tuple[int, RowsKey]:
        """Give the rows' key, with the generation."""
        with self._lock:
            return self._generation, self._rows

    def everything(self) -> Iterator[tuple[str, bytes | None]]:
        """Give every name with its key."""
        yield from sorted(self._keys.items())

    def restore(self, keys: Iterable[tuple[str, bytes | None]]) -> int:
        """Take keys from a backup for names that have none here; marks of destruction in any case."""
        taken = 0
        with self._lock:
            for name, key in keys:
                if key is None:
                    self._keys[name] = None
                elif name not in self._keys:
                    self._keys[name] = key
                    taken += 1
            self._generation += 1
        return taken

    def close(self) -> None:
        """Do nothing: there is nothing open."""
