"""Which policy set holds on a day: the one adopted, or the shipped example until somebody adopts one."""

from dataclasses import dataclass
from datetime import datetime

from allocation_engine.persistence.event_log import Criterion, EventLog
from domain.events.service import PolicyAdopted
from domain.events.subjects import POLICY_TAG
from domain.evolve.service import ServiceState, evolve_service
from domain.policy.policy_set import PolicySet

ADOPTIONS = Criterion(frozenset({POLICY_TAG}), frozenset({PolicyAdopted}))
"""Finds every adoption; a decision that rests on policy also conditions on it."""


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A policy set, and whether a named person adopted it or it is only the shipped example."""

    policy: PolicySet
    adopted: bool


def policy_in_force(log: EventLog, as_at: datetime, example: PolicySet) -> PolicyInForce:
    """Give the policy set in force at a moment."""
    state = ServiceState()
    for stored in log.read((ADOPTIONS,)).events:
        if isinstance(stored.record.event, PolicyAdopted):
            state = evolve_service(state, stored.record.event)
    adopted = state.policy_in_force(as_at)
    if adopted is None:
        return PolicyInForce(example, adopted=False)
    return PolicyInForce(PolicySet.from_mapping(adopted.content), adopted=True)
