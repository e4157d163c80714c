"""Backups of a store, in one portable form for every kind of store; and apart from them, of the keys of persons.

`backup_file` is the form, `back_up` writes it while others write the store, `restore` fills an empty store from it.
`key_backup` is for keys: it brings nobody back who was erased.
"""

from allocation_engine.persistence.backups.back_up import back_up
from allocation_engine.persistence.backups.backup_file import BackupSummary
from allocation_engine.persistence.backups.key_backup import KeysRestored, back_up_keys, restore_keys
from allocation_engine.persistence.backups.restore import Restored, restore

__all__ = ["BackupSummary", "KeysRestored", "Restored", "back_up", "back_up_keys", "restore", "restore_keys"]
