"""What-ifs that are kept under a name, to be changed, run again and shared with whoever may see the desk."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from allocation_engine.persistence.documents import Documents, Write
from allocation_engine.planning.kept import Kept, Shelf
from allocation_engine.planning.what_if.scenario import WhatIf

SAVED = "what-if-saved"

SavedWhatIf = Kept[WhatIf]


def saved_what_ifs(documents: Documents, clock: Callable[[], datetime], new_id: Callable[[], UUID]) -> Shelf[WhatIf]:
    """Give the saved what-ifs of a store."""
    return Shelf(documents, clock, new_id, SAVED, "what-if", SavedWhatIf)


def forget_saved(documents: Documents, names: Sequence[str]) -> int:
    """Forget saved what-ifs that name one of these workers or cases; give how many."""
    quoted = [f'"{name}"'.encode() for name in names]
    gone = [one.key for one in documents.all(SAVED) if any(name in one.body for name in quoted)]
    documents.write(*(Write(SAVED, key, None) for key in gone))
    return len(gone)
