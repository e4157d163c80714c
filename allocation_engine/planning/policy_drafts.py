"""Policy sets that somebody is working on: kept beside the log until they are adopted or let go. A draft is in force nowhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from allocation_engine.persistence.documents import Documents, Write
from domain.errors import InvalidPolicySet
from domain.identifiers import Moment
from domain.load import CoefficientKind
from domain.policy.policy_set import PolicySet

DRAFTS = "policy-draft"


class PolicyDraft(BaseModel):
    """A policy set that somebody is working on.

    `version` is that of what was read: a change is refused (`DocumentChanged`) if another came before it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    by: str
    at: Moment
    policy: PolicySet
    version: int = 0


@dataclass(frozen=True)
class PolicyDrafts:
    """The drafts of a store."""

    documents: Documents
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    def keep(self, policy: PolicySet, by: str) -> PolicyDraft:
        """Keep a new draft."""
        return self._put(PolicyDraft(id=f"draft-{self.new_id().hex[-12:]}", by=by, at=self.clock(), policy=policy))

    def change(self, draft: PolicyDraft, policy: PolicySet, by: str) -> PolicyDraft:
        """Keep another set in its place; `DocumentChanged` if somebody else did so since it was read."""
        return self._put(draft.model_copy(update={"policy": policy, "by": by, "at": self.clock()}))

    def find(self, id_: str) -> PolicyDraft | None:
        """Give one; None where there is none."""
        document = self.documents.get(DRAFTS, id_)
        if document is None:
            return None
        return PolicyDraft.model_validate_json(document.body).model_copy(update={"version": document.version})

    def all(self) -> list[PolicyDraft]:
        """Give all, the one changed last first."""
        found = [PolicyDraft.model_validate_json(one.body) for one in self.documents.all(DRAFTS)]
        return sorted(found, key=lambda one: (one.at, one.id), reverse=True)

    def let_go(self, id_: str) -> None:
        """Delete a draft."""
        self.documents.write(Write(DRAFTS, id_, None))

    def _put(self, draft: PolicyDraft) -> PolicyDraft:
        body = draft.model_dump_json(exclude={"version"}).encode()
        self.documents.write(Write(DRAFTS, draft.id, body, seen=draft.version))
        return draft.model_copy(update={"version": draft.version + 1})


def agreed_locally(policy: PolicySet, place: str, value: float, source: str) -> PolicySet:
    """Give a policy set with another number at a place, as agreed locally for the reason given.

    Raises
    ------
    InvalidPolicySet
        There is no such number, or a policy set may not hold this value, and why.
    """
    content = policy.to_mapping()
    part: JsonValue = content
    for step in place.split("."):
        part = part.get(step) if isinstance(part, dict) else None
    if not isinstance(part, dict) or "value" not in part:
        raise InvalidPolicySet(place, "there is no such number")
    part.update(value=value, kind=CoefficientKind.LOCAL_AGREEMENT.value, source=source)
    return PolicySet.from_mapping(content)
