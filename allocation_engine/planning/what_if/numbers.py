"""A policy set with one of its numbers another: for a look ahead, adopted by nobody."""

from pydantic import JsonValue

from domain.errors import InvalidPolicySet
from domain.policy.policy_set import PolicySet


def with_number(policy: PolicySet, place: str, value: float) -> PolicySet:
    """Give the policy set with the number at a place, such as `limits.caseload_cap.experienced`, replaced.

    Raises
    ------
    InvalidPolicySet
        There is no such number, or a policy set may not hold this value, and why.
    """
    content = policy.to_mapping()
    part: JsonValue = content
    for step in place.split("."):
        if not isinstance(part, dict) or step not in part:
            raise InvalidPolicySet(place, "there is no such number; `allocation-engine policy show` lists them")
        part = part[step]
    if not isinstance(part, dict) or "value" not in part:
        raise InvalidPolicySet(place, "there is no such number; `allocation-engine policy show` lists them")
    part["value"] = value
    return PolicySet.from_mapping(content)
