"""Vary one number of a policy set, as far as a policy set may hold it; and see which numbers an account reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue

from domain.errors import InvalidPolicySet
from domain.load import Coefficient, LoadParameters
from domain.policy.policy_set import PolicySet

LOAD = "load."
"""Where the numbers of the load model stand in a policy set."""


@dataclass(frozen=True, slots=True)
class Variation:
    """One number, the values that can be put in its place, each with the parameters it makes, and why others cannot."""

    place: str
    number: Coefficient
    tried: tuple[tuple[float, LoadParameters], ...]
    not_tried: tuple[str, ...]


def variations(policy: PolicySet, place: str, number: Coefficient, change: float) -> Variation:
    """Lower and raise a number by a share of itself [1].

    What a policy set refuses is left out with its reason; a share below 1 is raised to 1 at most.
    """
    if number.value == 0:
        return Variation(place, number, (), ("it is nought, and any part of nought is nought",))
    tried: list[tuple[float, LoadParameters]] = []
    not_tried: list[str] = []
    for value in (number.value * (1 - change), number.value * (1 + change)):
        try:
            tried.append(_nearest(policy, place, number.value, value))
        except InvalidPolicySet as error:
            not_tried.append(f"{value:g}: {error.fault}")
    return Variation(place, number, tuple(tried), tuple(not_tried))


def _nearest(policy: PolicySet, place: str, now: float, wanted: float) -> tuple[float, LoadParameters]:
    try:
        return wanted, with_value(policy, place, wanted)
    except InvalidPolicySet:
        if now < 1 < wanted:  # perhaps a share; if it is not, 1 is refused too, or is a step in the same direction
            return 1.0, with_value(policy, place, 1.0)
        raise


def with_value(policy: PolicySet, place: str, value: float) -> LoadParameters:
    """Give the load parameters with one number replaced.

    Raises
    ------
    InvalidPolicySet
        A policy set may not hold this number, and why.
    """
    content = policy.to_mapping()
    part: JsonValue = content
    for step in place.split("."):
        if not isinstance(part, dict) or step not in part:
            raise InvalidPolicySet(place, "there is no such number")
        part = part[step]
    if not isinstance(part, dict) or "value" not in part:
        raise InvalidPolicySet(place, "there is no such number")
    part["value"] = value
    return PolicySet.from_mapping(content).load


class _Watched:
    """Stands in for a coefficient and notes that its value was read."""

    def __init__(self, number: Coefficient, place: str, read: set[str]) -> None:
        self._number, self._place, self._read = number, place, read

    @property
    def value(self) -> float:
        self._read.add(self._place)
        return self._number.value


class ReadingWatch:
    """Load parameters that note which of their numbers are read.

    An account that has not read a number cannot depend on it: up to the first reading of another value, every step is
    the same. So only the accounts that did need drawing up anew when it is varied, whatever the model looks like.
    """

    def __init__(self, parameters: LoadParameters) -> None:
        self._read: set[str] = set()
        self.parameters = parameters.model_copy(update=self._watched_parts(parameters, LOAD))

    def taken(self) -> frozenset[str]:
        """Give the places read since the last call."""
        read = frozenset(self._read)
        self._read.clear()
        return read

    def _watched(self, part: object, place: str) -> object:
        if isinstance(part, Coefficient):
            return _Watched(part, place, self._read)
        if isinstance(part, BaseModel):
            return part.model_copy(update=self._watched_parts(part, f"{place}."))
        if isinstance(part, Mapping):
            return {key: self._watched(one, f"{place}.{key}") for key, one in part.items()}
        return part

    def _watched_parts(self, model: BaseModel, prefix: str) -> dict[str, object]:
        names = type(model).model_fields
        return {name: self._watched(getattr(model, name), f"{prefix}{name}") for name in names}
