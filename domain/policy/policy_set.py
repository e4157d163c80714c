"""A policy set: every number of the service's policy, dated, versioned and sourced. Adopting one is an event."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from domain.errors import InvalidPolicySet
from domain.identifiers import Moment, PolicySetId
from domain.load.parameters import Coefficient, LoadParameters, coefficients_of
from domain.policy.limits import Limits
from domain.policy.practice import PracticePolicy


class PolicySet(BaseModel):
    """Load parameters, allocation limits and the numbers of practice under one id and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy_set_id: PolicySetId
    title: str = Field(min_length=5)
    effective_from: Moment
    load: LoadParameters
    limits: Limits
    practice: PracticePolicy

    @classmethod
    def from_mapping(cls, content: Mapping[str, JsonValue]) -> "PolicySet":
        """Read a set from plain data, as a TOML file or an adoption event holds it."""
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            raise InvalidPolicySet(
                ".".join(str(part) for part in fault["loc"]), fault["msg"].removeprefix("Value error, ")
            ) from None

    def to_mapping(self) -> dict[str, JsonValue]:
        """Give the set as plain JSON data; `from_mapping` reads it back to an equal set."""
        content: dict[str, JsonValue] = self.model_dump(mode="json")
        return content

    def coefficients(self) -> Iterator[tuple[str, Coefficient]]:
        """Walk every number with its place, such as `load.held_points.high`."""
        return coefficients_of(self)
