"""What differs between two policy sets: number by number, and in what is said of each number."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from domain.load.parameters import Coefficient
from domain.policy.policy_set import PolicySet

Aspect = Literal["value", "unit", "kind", "source", "rule"]
ASPECTS: tuple[Literal["value", "unit", "kind", "source"], ...] = ("value", "unit", "kind", "source")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two policy sets say otherwise.

    Attributes
    ----------
    place
        Where, such as `load.held_points.high`.
    aspect
        Whether the number's value, unit, kind or source differs, or a rule that is no number (`rule`).
    old, new
        What each says; None where a set has no such place.
    unit
        Unit of a number in the new set, else in the old one; empty for a rule.
    """

    place: str
    aspect: Aspect
    old: JsonValue
    new: JsonValue
    unit: str


def differences(old: PolicySet, new: PolicySet) -> tuple[Difference, ...]:
    """List what differs, in the order in which the sets are written; id, title and day are not compared."""
    return (*_of_numbers(old, new), *_of_rules(old, new))


def of_values(found: tuple[Difference, ...]) -> tuple[Difference, ...]:
    """Keep what can change a figure or a decision: values, units and rules, not what is said of where they come from."""
    return tuple(one for one in found if one.aspect not in {"kind", "source"})


def _of_numbers(old: PolicySet, new: PolicySet) -> Iterator[Difference]:
    before, after = dict(old.coefficients()), dict(new.coefficients())
    for place in dict.fromkeys((*before, *after)):
        was, now = _said(before.get(place)), _said(after.get(place))
        unit = str(now.get("unit", was.get("unit", "")))
        for aspect in ASPECTS:
            if was.get(aspect) != now.get(aspect):
                yield Difference(place, aspect, was.get(aspect), now.get(aspect), unit)


def _said(number: Coefficient | None) -> dict[str, JsonValue]:
    return {} if number is None else number.model_dump(mode="json")


def _of_rules(old: PolicySet, new: PolicySet) -> Iterator[Difference]:
    before, after = dict(rules_of(old)), dict(rules_of(new))
    for place in dict.fromkeys((*before, *after)):
        if before.get(place) != after.get(place):
            yield Difference(place, "rule", before.get(place), after.get(place), "")


def rules_of(policy: PolicySet) -> Iterator[tuple[str, JsonValue]]:
    """Give every entry that is no number, such as the roles that may hold a case."""
    numbers = {place for place, _ in policy.coefficients()}
    for section, content in policy.to_mapping().items():
        if isinstance(content, dict):  # else it is the set's own id, title or day
            yield from _leaves(content, section, numbers)


def _leaves(value: JsonValue, place: str, numbers: set[str]) -> Iterator[tuple[str, JsonValue]]:
    if place in numbers:
        return
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, f"{place}.{key}", numbers)
    else:
        yield place, value
