"""The engine's settings, read once from a mapping that is handed in. Policy numbers are no settings: see domain/policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allocation_engine.errors import SettingsError

DEFAULT_STORE = "sqlite:///allocation-engine.sqlite"
PLAIN = "none"
IN_MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the store is, and where the key for pseudonyms is.

    Attributes
    ----------
    store
        URL of the event store: `sqlite:///…`, `postgresql://…` or `memory://` (`ALLOCATION_ENGINE_STORE`).
    key_file
        File with the key that turns names into pseudonyms at import (`ALLOCATION_ENGINE_KEY_FILE`). Beside a SQLite
        store by default. It must outlive the store and stay out of it: without it the same name gets another id.
    person_keys
        Where the keys of persons are: a file, a PostgreSQL URL of their own, or `none` to store events plain
        (`ALLOCATION_ENGINE_PERSON_KEYS`). Beside a SQLite store by default. A backup of the store must not hold it.
    master_key_file
        For keys in PostgreSQL: the file with the key that wraps them (`ALLOCATION_ENGINE_MASTER_KEY_FILE`).
    """

    store: str = DEFAULT_STORE
    key_file: Path | None = None
    person_keys: str | None = None
    master_key_file: Path | None = None

    @classmethod
    def from_mapping(cls, values: Mapping[str, str]) -> "Settings":
        """Read settings, such as from the environment; what is not set has its default."""
        store = values.get("ALLOCATION_ENGINE_STORE", "").strip() or DEFAULT_STORE
        key_file = values.get("ALLOCATION_ENGINE_KEY_FILE", "").strip()
        master = values.get("ALLOCATION_ENGINE_MASTER_KEY_FILE", "").strip()
        return cls(
            store=store,
            key_file=Path(key_file) if key_file else None,
            person_keys=values.get("ALLOCATION_ENGINE_PERSON_KEYS", "").strip() or None,
            master_key_file=Path(master) if master else None,
        )

    def person_keys_place(self) -> str | None:
        """Give the place of the keys of persons, None to store plain; or say how to name one."""
        if self.person_keys is not None:
            return None if self.person_keys == PLAIN else self.person_keys
        if self.store.startswith("sqlite:///"):
            return self.store.removeprefix("sqlite:///") + ".person-keys"
        if self.store.startswith("memory:"):
            return IN_MEMORY
        raise SettingsError(
            "ALLOCATION_ENGINE_PERSON_KEYS",
            "with this store, name a file or a PostgreSQL database of its own for the keys of persons; "
            f"`{PLAIN}` stores what is said of them plain, so that nobody can be erased",
        )

    def pseudonym_key_file(self) -> Path:
        """Give the key file, or say how to name one where there is no obvious place for it."""
        if self.key_file is not None:
            return self.key_file
        if self.store.startswith("sqlite:///"):
            return Path(self.store.removeprefix("sqlite:///") + ".key")
        raise SettingsError(
            "ALLOCATION_ENGINE_KEY_FILE",
            "with this store, name a file to keep the pseudonym key in; it is made at the first import",
        )
