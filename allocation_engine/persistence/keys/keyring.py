"""The keys that a process works with: held in memory for moments, so that an erasure holds everywhere once it returns."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from allocation_engine.errors import PersonWasErased
from allocation_engine.persistence.keys.ports import KEY_BYTES, KeyBackend, Keys, RowsKey

LEASE_SECONDS = 0.25
"""For so long a process may go by what it knows of keys. Whoever destroys one waits longer before saying that it is done."""

MISSES_TO_READ_ALL = 100
"""So many keys looked up one by one say that most of them will be wanted."""


class Erased:
    """Stands in the place of a key that was destroyed."""


ERASED = Erased()
Held = AESGCM | Erased


class Keyring:
    """Finds, makes and destroys keys by name. Safe for many threads, and for many processes on one place of keys."""

    def __init__(
        self,
        backend: KeyBackend,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
        new_key: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.backend = backend
        self._clock = clock
        self._wait = wait
        self._new_key = new_key
        self._lock = threading.RLock()
        self._held: dict[str, Held] = {}
        self._raw: dict[str, bytes] = {}
        self._rows: RowsKey | None = None
        self._generation: int | None = None
        self._valid_until = float("-inf")
        self._misses = 0

    @property
    def where(self) -> str:
        """The place of the keys, as it may be shown."""
        return self.backend.where

    def find(self, name: str) -> Held | None:
        """Give the key of a name, `ERASED` where it was destroyed, None where there never was one."""
        held = self._held.get(name) if self._clock() < self._valid_until else None
        return held if held is not None else self._find(name)

    def key_of(self, name: str) -> bytes | None:
        """Give the bytes of a key, for a key made of several; None unless `find` gives a key."""
        with self._lock:
            return self._raw.get(name) if isinstance(self.find(name), AESGCM) else None

    def fetch(self, names: Iterable[str]) -> None:
        """Read the keys of many names at once, ahead of `find`."""
        with self._lock:
            self._check()
            missing = [name for name in dict.fromkeys(names) if name not in self._held]
            if missing:
                self._take(*self.backend.find(missing))

    def for_writing(self, names: Sequence[str]) -> None:
        """See to it that each name has a key, unless it was destroyed."""
        with self._lock:
            self.fetch(names)
            wanted = {name: self._new_key(KEY_BYTES) for name in dict.fromkeys(names) if name not in self._held}
            if wanted:
                self._take(*self.backend.make(wanted))

    def require(self, name: str) -> None:
        """Refuse to go on with a person who was erased.

        Raises
        ------
        PersonWasErased
            The key of this name was destroyed.
        """
        if isinstance(self.find(name), Erased):
            raise PersonWasErased(name)

    def destroy(self, names: Sequence[str]) -> None:
        """Destroy keys for good. When this returns, no process reads or writes with them any more.

        The key of the rows of read models goes with them, so that what rows held of these persons is lost, too.
        """
        self.backend.destroy(names, self._new_key(KEY_BYTES))
        with self._lock:
            self._forget()
        self._wait(LEASE_SECONDS * 1.2)

    def restore(self, keys: Sequence[tuple[str, bytes | None]]) -> int:
        """Take keys from a backup where there is none and none was destroyed; give how many."""
        taken = self.backend.restore(keys)
        with self._lock:
            self._forget()
        return taken

    def rows_key(self) -> RowsKey:
        """Give the key of the rows of read models that is in force."""
        with self._lock:
            self._check()
            if self._rows is None:
                generation, rows = self.backend.rows_key()
                self._at(generation)
                self._rows = rows
            return self._rows

    def close(self) -> None:
        """Forget the keys and close the place that keeps them."""
        with self._lock:
            self._forget()
            self.backend.close()

    def _find(self, name: str) -> Held | None:
        with self._lock:
            self._check()
            if name not in self._held:
                self._misses += 1
                wanted = None if self._misses == MISSES_TO_READ_ALL else [name]
                self._take(*self.backend.find(wanted))
            return self._held.get(name)

    def _check(self) -> None:
        """Forget what is known if a key was destroyed since; ask only once in a lease."""
        asked_at = self._clock()
        if asked_at >= self._valid_until:
            self._at(self.backend.generation())
            self._valid_until = asked_at + LEASE_SECONDS

    def _take(self, generation: int, found: Keys) -> None:
        self._at(generation)
        for name, key in found.items():
            if key is None:
                self._held[name] = ERASED
            elif name not in self._held:
                self._raw[name], self._held[name] = key, AESGCM(key)

    def _at(self, generation: int) -> None:
        if generation != self._generation:
            self._forget()
            self._generation = generation

    def _forget(self) -> None:
        self._held.clear()
        self._raw.clear()
        self._rows = None
        self._generation = None
