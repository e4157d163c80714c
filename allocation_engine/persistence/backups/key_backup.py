"""Backups of the keys of persons, apart from those of the store, and what must hold when one is restored.

A key that was destroyed is still in the backups made before: whoever restores one of those would bring the person back.
So nothing takes the place of a destroyed key here, and whoever the log says was erased is erased again at once.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from allocation_engine.errors import BackupUnusable, SettingsError
from allocation_engine.persistence.keys.erasures import destroy_what_is_on_record
from allocation_engine.persistence.keys.keyring import Keyring
from allocation_engine.persistence.store import Store
from allocation_engine.persistence.vendor_errors import first_line

HEADER = "allocation-engine keys of persons, form 1"
DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class KeysRestored:
    """How many keys came back, and who was erased again."""

    taken: int
    erased: tuple[str, ...]


def back_up_keys(keyring: Keyring, file: Path, made_at: datetime) -> int:
    """Write all keys to a new file that only its owner may read; give how many there are, marks of destruction left out.

    Raises
    ------
    BackupUnusable
        The file cannot be written, or is there already.
    """
    lines = [f"{HEADER}, {made_at.isoformat()}"]
    lines += [f"{name} {DESTROYED if key is None else key.hex()}" for name, key in keyring.backend.everything()]
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise BackupUnusable(str(file), "there is a file of this name; name another") from None
    except OSError as error:
        raise BackupUnusable(str(file), error.strerror or type(error).__name__) from error
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as text:
            text.write("\n".join([*lines, "end", ""]))
            text.flush()
            os.fsync(text.fileno())
    except BaseException:
        file.unlink()
        raise
    return sum(not line.endswith(DESTROYED) for line in lines[1:])


def restore_keys(store: Store, file: Path) -> KeysRestored:
    """Take the keys of a backup that are missing here; then erase again whoever is on record as erased.

    Raises
    ------
    BackupUnusable
        The file is no whole backup of keys.
    """
    if store.keyring is None:
        raise SettingsError("ALLOCATION_ENGINE_PERSON_KEYS", "name the place that the keys are to be restored to")
    taken = store.keyring.restore(_read(file))
    return KeysRestored(taken, destroy_what_is_on_record(store))


def _read(file: Path) -> list[tuple[str, bytes | None]]:
    try:
        lines = file.read_text("ascii").splitlines()
        if not lines[0].startswith(HEADER) or lines[-1] != "end":
            raise BackupUnusable(str(file), "it is no whole backup of keys")
        pairs = [line.split(" ") for line in lines[1:-1]]
        return [(name, None if key == DESTROYED else bytes.fromhex(key)) for name, key in pairs]
    except OSError as error:
        raise BackupUnusable(str(file), error.strerror or type(error).__name__) from error
    except (ValueError, IndexError) as error:
        raise BackupUnusable(str(file), f"it is no whole backup of keys ({first_line(error)[:40]})") from None
