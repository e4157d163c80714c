"""Policy sets that differ from the shipped one in the places a test names, and their adoption."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import JsonValue

from allocation_engine.bootstrap import EXAMPLE_POLICY, example_policy
from allocation_engine.engine import Engine
from allocation_engine.planning import adoption
from domain.events import DomainEvent, EventRecord
from domain.events.corrections import EventRetracted
from domain.policy.policy_set import PolicySet
from domain.vocabulary import RetractionReason
from tests.planning.given import MANAGER, START

NOTHING_ELSE: Mapping[str, float] = {}
EXAMPLE = example_policy()
EXAMPLE_FILE = Path(__file__).parents[2] / "domain/policy/policy_sets" / EXAMPLE_POLICY


def part(content: dict[str, JsonValue], place: str) -> dict[str, JsonValue]:
    """Go to a table by its dotted place."""
    for step in place.split("."):
        inner = content[step]
        assert isinstance(inner, dict)
        content = inner
    return content


def policy_with(
    policy_set_id: str = "service-2027",
    values: Mapping[str, float] = NOTHING_ELSE,
    *,
    since: datetime = START - timedelta(days=365),
) -> PolicySet:
    """Give the shipped set under another id and day, with other values at these places."""
    content = EXAMPLE.to_mapping() | {"policy_set_id": policy_set_id, "effective_from": since.isoformat()}
    for place, value in values.items():
        part(content, place)["value"] = value
    return PolicySet.from_mapping(content)


def adopt(engine: Engine, policy: PolicySet) -> EventRecord:
    """Adopt a set as a manager does."""
    return engine.record(adoption(engine.store.log, policy, MANAGER, engine.example_policy), MANAGER)


def retraction(of: EventRecord) -> DomainEvent:
    """Withdraw what was recorded in error."""
    return EventRetracted(
        target_event_id=of.envelope.event_id,
        target_system=of.envelope.source_system,
        target_source_id=of.envelope.source_id,
        reason=RetractionReason.RECORDED_IN_ERROR,
        subjects=tuple(sorted(of.event.tags())),
    )
