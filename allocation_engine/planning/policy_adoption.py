"""Adopt a policy set: what would be recorded, and what stands in its way."""

from allocation_engine.errors import DecisionRefused
from allocation_engine.persistence.event_log import EventLog
from allocation_engine.planning.policy_in_force import adoptions, still_standing
from domain.decide.service import decide_service
from domain.errors import InvalidPolicySet
from domain.events.service import PolicyAdopted
from domain.identifiers import PersonId
from domain.policy.policy_set import PolicySet
from domain.rejection import Rejection

RECORD = "Service record"


def adoption(log: EventLog, policy: PolicySet, by: str, example: PolicySet) -> PolicyAdopted:
    """Give the adoption of a policy set in somebody's name, for `Engine.record`.

    It holds from the set's own `effective_from`, which may lie ahead or behind.

    Raises
    ------
    InvalidPolicySet
        A number is in another unit than the one the model reads.
    DecisionRefused
        The set is adopted already, or its id stands for other numbers.
    """
    require_known_units(policy, example)
    event = PolicyAdopted(
        policy_set_id=policy.policy_set_id,
        effective_from=policy.effective_from,
        adopted_by=PersonId(by),
        content=policy.to_mapping(),
    )
    decision = _refusal(log, event, example) or event
    if isinstance(decision, Rejection):
        raise DecisionRefused(decision)
    return decision


def _refusal(log: EventLog, event: PolicyAdopted, example: PolicySet) -> Rejection | None:
    about = f"policy:{event.policy_set_id}"
    if event.policy_set_id == example.policy_set_id and event.content != example.to_mapping():
        return Rejection(
            "example_changed",
            f"{event.policy_set_id} is the id of the shipped example, and this set reads otherwise: give it its own id",
            "Policy sets are versioned: an old proposal must be recomputable",
            about,
        )
    state = still_standing(adoptions(log))
    now = state.policy_in_force(event.effective_from)
    if now is not None and now.content == event.content:
        return Rejection(
            "already_adopted",
            f"{event.policy_set_id} is adopted already, from {event.effective_from:%d %b %Y}: nothing is left to do",
            RECORD,
            about,
        )
    decision = decide_service(state, event)
    return decision if isinstance(decision, Rejection) else None


def require_known_units(policy: PolicySet, example: PolicySet) -> None:
    """Refuse a number in another unit: the model would read 2 weeks as 2 days, and nothing would show it.

    Raises
    ------
    InvalidPolicySet
        The first such number, with the unit it must be in.
    """
    units = {place: number.unit for place, number in example.coefficients()}
    for place, number in policy.coefficients():
        wanted = units.get(place, number.unit)
        if number.unit != wanted:
            raise InvalidPolicySet(f"{place}.unit", f"reads {number.unit!r}; give this number in {wanted!r}")
