"""Policy sets that somebody is working on: kept beside the log until they are adopted or let go. A draft is in force nowhere."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from allocation_engine.persistence.documents import Documents
from allocation_engine.planning.kept import Kept, Shelf
from domain.errors import InvalidPolicySet
from domain.load import CoefficientKind
from domain.policy.policy_set import PolicySet

PolicyDraft = Kept[PolicySet]


def policy_drafts(documents: Documents, clock: Callable[[], datetime], new_id: Callable[[], UUID]) -> Shelf[PolicySet]:
    """Give the drafts of a store."""
    return Shelf(documents, clock, new_id, "policy-draft", "draft", PolicyDraft)


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
