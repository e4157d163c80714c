"""Whatever is sent, in any role: no server error, and no answer that the description does not tell of."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode, SerializationContext
from schemathesis.checks import CHECKS, load_all_checks

from allocation_engine.interfaces.api.access.roles import ROLES, Role
from allocation_engine.interfaces.api.service import ServiceLimits
from tests.interfaces.api.conftest import Callers

load_all_checks()
HELD_TO = CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)
EXAMPLES, CAMPAIGN = 3, 180
"""Requests to each endpoint in each mode and role: two roles, or in the campaign every one, some 100,000 requests a store."""

STORES = (
    "sqlite",
    pytest.param("memory", marks=pytest.mark.campaign),
    pytest.param("postgresql", marks=[pytest.mark.campaign, pytest.mark.postgres]),
)


@schemathesis.serializer("application/x-ndjson", "text/csv")
def as_it_is(_: SerializationContext, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def roles_for(operation: str) -> tuple[Role, ...]:
    """Give a role that may, and one that may not where there is one."""
    return tuple(
        next(role for role in roles)
        for roles in (sorted(ROLES[operation]), sorted(set(Role) - ROLES[operation]))
        if roles
    )


@pytest.mark.parametrize("any_engine", STORES, indirect=True)
@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("operation", sorted(ROLES))
def test_any_request_is_answered_as_described(
    any_callers: Callers, operation: str, mode: GenerationMode, request: pytest.FixtureRequest
) -> None:
    is_campaign = request.config.getoption("--campaign")
    roles, examples = (tuple(Role), CAMPAIGN) if is_campaign else (roles_for(operation), EXAMPLES)
    object.__setattr__(any_callers.service, "limits", ServiceLimits(per_second=10**6))
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", any_callers.http.app)
    described = schema.find_operation_by_id(operation)
    for role in roles:
        _send_many(described.as_strategy(generation_mode=mode), any_callers.as_(role), examples)


def _send_many(cases: SearchStrategy[schemathesis.Case], headers: dict[str, str], examples: int) -> None:
    @settings(max_examples=examples, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def send(case: schemathesis.Case) -> None:
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=HELD_TO)

    send()
