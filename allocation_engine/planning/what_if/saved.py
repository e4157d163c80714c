"""What-ifs that are kept under a name, to be changed, run again and shared with whoever may see the desk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from allocation_engine.persistence.documents import Documents, Write
from allocation_engine.planning.what_if.scenario import WhatIf
from domain.identifiers import Moment

SAVED = "what-if-saved"


class SavedWhatIf(BaseModel):
    """A what-if with whoever changed it last.

    `version` is that of what was read: a change is refused (`DocumentChanged`) if another came before it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    by: str
    at: Moment
    what_if: WhatIf
    version: int = 0


@dataclass(frozen=True)
class SavedWhatIfs:
    """The saved what-ifs of a store."""

    documents: Documents
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    def save(self, what_if: WhatIf, by: str) -> SavedWhatIf:
        """Keep a new one."""
        return self._put(SavedWhatIf(id=f"what-if-{self.new_id().hex[-12:]}", by=by, at=self.clock(), what_if=what_if))

    def change(self, saved: SavedWhatIf, what_if: WhatIf, by: str) -> SavedWhatIf:
        """Keep another in its place; `DocumentChanged` if somebody else did so since it was read."""
        return self._put(saved.model_copy(update={"what_if": what_if, "by": by, "at": self.clock()}))

    def find(self, id_: str) -> SavedWhatIf | None:
        """Give one; None where there is none."""
        document = self.documents.get(SAVED, id_)
        if document is None:
            return None
        return SavedWhatIf.model_validate_json(document.body).model_copy(update={"version": document.version})

    def all(self) -> list[SavedWhatIf]:
        """Give all, the one changed last first."""
        found = [SavedWhatIf.model_validate_json(one.body) for one in self.documents.all(SAVED)]
        return sorted(found, key=lambda one: (one.at, one.id), reverse=True)

    def delete(self, id_: str) -> None:
        """Delete one."""
        self.documents.write(Write(SAVED, id_, None))

    def _put(self, saved: SavedWhatIf) -> SavedWhatIf:
        body = saved.model_dump_json(exclude={"version"}).encode()
        self.documents.write(Write(SAVED, saved.id, body, seen=saved.version))
        return saved.model_copy(update={"version": saved.version + 1})


def forget_saved(documents: Documents, names: Sequence[str]) -> int:
    """Forget saved what-ifs that name one of these workers or cases; give how many."""
    quoted = [f'"{name}"'.encode() for name in names]
    gone = [one.key for one in documents.all(SAVED) if any(name in one.body for name in quoted)]
    documents.write(*(Write(SAVED, key, None) for key in gone))
    return len(gone)
