"""How a policy set is told, on the command line and at the desk: its numbers, what stands in its way, what became of it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from pydantic import JsonValue

from allocation_engine.engine import Engine
from allocation_engine.errors import DecisionRefused
from allocation_engine.interfaces.words import day
from allocation_engine.planning.policy_adoption import adoption
from allocation_engine.planning.policy_differences import differences, of_values
from allocation_engine.planning.policy_in_force import Adoption, policy_of, still_standing
from domain.errors import InvalidPolicySet
from domain.load import CoefficientKind
from domain.policy.policy_set import PolicySet


def counted(policy: PolicySet) -> str:
    """Say how many numbers a set has of each kind."""
    kinds = Counter(number.kind for _, number in policy.coefficients())
    parts = ", ".join(f"{kinds[kind]} {kind_in_words(kind)}" for kind in CoefficientKind if kinds[kind])
    return f"Effective from {day(policy.effective_from)}; {kinds.total()} numbers: {parts}."


def kind_in_words(kind: CoefficientKind) -> str:
    """Write a kind."""
    return kind.value.replace("_", " ")


def unit_after(unit: str) -> str:
    """Write a unit behind a number; a plain ratio has none."""
    return "" if unit == "1" else f" {unit}"


def said(value: JsonValue) -> str:
    """Write what a set says at one place."""
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(said(one) for one in value) or "none"
    return f"{value:g}" if isinstance(value, int | float) else str(value).replace("_", " ")


def refusal_of(engine: Engine, checked: PolicySet) -> DecisionRefused | None:
    """Give what stands in the way of adopting a set; None where nothing does."""
    try:
        adoption(engine.store.log, checked, "policy-check", engine.example_policy)
    except DecisionRefused as refused:
        return refused
    return None


def values_changed(found: tuple[Adoption, ...], example: PolicySet) -> Iterator[int | None]:
    """Count the values that each adoption changed of the set adopted before it; None where one cannot be read."""
    before: PolicySet | None = example
    for one in found:
        content: PolicySet | None = None
        with suppress(InvalidPolicySet):
            content, _ = policy_of(one.event, example)
        yield None if before is None or content is None else len(of_values(differences(before, content)))
        before = before if one.withdrawn else content


def what_became(one: Adoption, found: tuple[Adoption, ...], at: datetime) -> str:
    """Say what became of an adoption, of all those found, as at a moment."""
    if one.withdrawn:
        return "withdrawn"
    if one.event.effective_from > at:
        return "to come"
    return "in force" if still_standing(found).policy_in_force(at) is one.event else "replaced"
