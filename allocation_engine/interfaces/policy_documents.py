"""JSON documents of the policy commands: figures as they are, unrounded; what is not known is null."""

from datetime import datetime

from pydantic import JsonValue

from allocation_engine.planning.load_book import Standing
from allocation_engine.planning.policy_differences import Difference, rules_of
from allocation_engine.planning.policy_in_force import Adoption
from allocation_engine.planning.policy_replay import PolicyComparison, Totals, Week
from allocation_engine.planning.policy_sensitivity import Effect, PolicySensitivity
from domain.load.explain import WHAT_IT_IS
from domain.policy.policy_set import PolicySet


def heading_document(policy: PolicySet) -> dict[str, JsonValue]:
    """Give a set's id, title and day."""
    return {
        "policy_set_id": policy.policy_set_id,
        "title": policy.title,
        "effective_from": policy.effective_from.isoformat(),
    }


def policy_document(policy: PolicySet) -> dict[str, JsonValue]:
    """Give a set with every number and every rule that is none."""
    return {
        **heading_document(policy),
        "numbers": [{"place": place, **number.model_dump(mode="json")} for place, number in policy.coefficients()],
        "rules": [{"place": place, "value": value} for place, value in rules_of(policy)],
    }


def differences_document(found: tuple[Difference, ...]) -> list[JsonValue]:
    """Give what differs between two sets."""
    return [
        {"place": one.place, "aspect": one.aspect, "old": one.old, "new": one.new, "unit": one.unit or None}
        for one in found
    ]


def adoption_document(one: Adoption, standing: str) -> dict[str, JsonValue]:
    """Give an adoption, by whom, and what became of it."""
    return {
        "policy_set_id": one.event.policy_set_id,
        "effective_from": one.event.effective_from.isoformat(),
        "adopted_by": one.event.adopted_by,
        "adopted_at": one.adopted_at.isoformat(),
        "recorded_at": one.recorded_at.isoformat(),
        "event_id": str(one.event_id),
        "standing": standing,
    }


def comparison_document(found: PolicyComparison) -> dict[str, JsonValue]:
    """Give a replayed period: `a` is the policy in force then, `b` the one that was tried."""
    return {
        "note": WHAT_IT_IS,
        "unit": "lp",
        "team": found.team,
        "known_at": _moment(found.known_at),
        "b": {"policy_set_id": found.policy_set_id, "title": found.title},
        "a": [
            {
                "since": one.since.isoformat(),
                "policy_set_id": one.policy_set_id,
                "adopted": one.adopted,
                "differences": differences_document(one.differences),
            }
            for one in found.stretches
        ],
        "weeks": [_week(week) for week in found.weeks],
    }


def _week(week: Week) -> JsonValue:
    return {
        "at": week.at.isoformat(),
        "policy_set_id": week.policy_set_id,
        "a": _totals(week.a),
        "b": _totals(week.b),
        "workers": [{"worker_id": one.worker_id, "a": _standing(one.a), "b": _standing(one.b)} for one in week.workers],
    }


def _totals(given: Totals) -> JsonValue:
    return {
        "workers": given.workers,
        "hours_not_known": given.hours_not_known,
        "over_capacity": given.over,
        "mean_load": given.mean_load,
        "mean_share": given.mean_share,
    }


def _standing(given: Standing) -> JsonValue:
    return {"load": given.load, "capacity": given.capacity, "share": given.share}


def sensitivity_document(found: PolicySensitivity) -> JsonValue:
    """Give the effect of each number; of no worker anything."""
    return {
        "note": WHAT_IT_IS,
        "as_at": found.as_at.isoformat(),
        "known_at": _moment(found.known_at),
        "policy_set_id": found.policy_set_id,
        "team": found.team,
        "change": found.change,
        "workers": found.workers,
        "hours_not_known": found.hours_not_known,
        "too_few": found.too_few,
        "effects": [_effect(one) for one in found.effects],
    }


def _effect(one: Effect) -> JsonValue:
    return {
        "place": one.place,
        "value": one.number.value,
        "unit": one.number.unit,
        "kind": one.number.kind.value,
        "tried": list(one.tried),
        "not_tried": list(one.not_tried),
        "accounts": one.touched,
        "largest_change": one.largest_change,
        "crossings": one.crossings,
        "tau_b": one.order,
    }


def _moment(given: datetime | None) -> str | None:
    return None if given is None else given.isoformat()
