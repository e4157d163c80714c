"""Keys of persons, apart from the log: while a key is there what is sealed under it can be read, and never after.

`keyring` is what the rest of the store asks; `ports` says what keeps keys must do; `sqlite_keys`, `postgres_keys` and
`memory_keys` are the three that do; `open_keys` opens one by its place.
"""

from allocation_engine.persistence.keys.keyring import Keyring
from allocation_engine.persistence.keys.open_keys import open_keyring

__all__ = ["Keyring", "open_keyring"]
