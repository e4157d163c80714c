"""What somebody is working on, kept beside the log under an id until it is used or deleted: no fact about the service yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from allocation_engine.persistence.documents import Documents, Write
from domain.identifiers import Moment

Content = TypeVar("Content", bound=BaseModel)


class Kept(BaseModel, Generic[Content]):
    """Something that is being worked on, with whoever changed it last.

    `version` is that of what was read: a change is refused (`DocumentChanged`) if another came before it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    by: str
    at: Moment
    content: Content
    version: int = 0


@dataclass(frozen=True)
class Shelf(Generic[Content]):
    """All that is kept of one kind in a store.

    Attributes
    ----------
    collection, prefix
        Where it is kept, and what its ids begin with.
    model
        How it is read, such as `Kept[PolicySet]`.
    """

    documents: Documents
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    collection: str
    prefix: str
    model: type[Kept[Content]]

    def keep(self, content: Content, by: str) -> Kept[Content]:
        """Keep something new."""
        id_ = f"{self.prefix}-{self.new_id().hex[-12:]}"
        return self._put(self.model(id=id_, by=by, at=self.clock(), content=content))

    def change(self, kept: Kept[Content], content: Content, by: str) -> Kept[Content]:
        """Keep something else in its place; `DocumentChanged` if somebody else did so since it was read."""
        return self._put(kept.model_copy(update={"content": content, "by": by, "at": self.clock()}))

    def find(self, id_: str) -> Kept[Content] | None:
        """Give one; None where there is none."""
        document = self.documents.get(self.collection, id_)
        if document is None:
            return None
        return self.model.model_validate_json(document.body).model_copy(update={"version": document.version})

    def all(self) -> list[Kept[Content]]:
        """Give all, the one changed last first."""
        found = [self.model.model_validate_json(one.body) for one in self.documents.all(self.collection)]
        return sorted(found, key=lambda one: (one.at, one.id), reverse=True)

    def delete(self, id_: str) -> None:
        """Delete one."""
        self.documents.write(Write(self.collection, id_, None))

    def _put(self, kept: Kept[Content]) -> Kept[Content]:
        body = kept.model_dump_json(exclude={"version"}).encode()
        self.documents.write(Write(self.collection, kept.id, body, seen=kept.version))
        return kept.model_copy(update={"version": kept.version + 1})
