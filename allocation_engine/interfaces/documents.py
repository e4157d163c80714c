"""JSON documents that commands give: figures as they are, unrounded; what is not known is null."""

from pydantic import JsonValue

from allocation_engine.optimiser.explain import ChoiceExplained
from allocation_engine.persistence.event_log import StoredEvent
from allocation_engine.planning import Proposal, Situation
from allocation_engine.reporting.explanation import Explanation, Since
from domain.events.allocation import ProposalContent
from domain.load import Contribution, LoadAccount, TwoCompartments
from domain.load.explain import WHAT_IT_IS, reasons, reasons_for_change
from projections.caseload import HeldCase
from projections.waiting_cases import WaitingCase


def account_document(account: LoadAccount) -> dict[str, JsonValue]:
    """Give the figures of a load account."""
    return {
        "worker_id": account.worker_id,
        "acute": account.load.acute,
        "cumulative": account.load.cumulative,
        "load": account.load.total,
        "capacity": account.capacity,
        "headroom": account.headroom,
        "gaps": list(account.gaps),
        "cases": len(account.held),
    }


def loads_document(situation: Situation, accounts: tuple[LoadAccount, ...]) -> dict[str, JsonValue]:
    """Give accounts with the moment, the unit and what the index is."""
    return {
        "as_at": situation.as_at.isoformat(),
        "known_at": None if situation.known_at is None else situation.known_at.isoformat(),
        "position": situation.position,
        "policy_set_id": situation.policy.policy_set_id,
        "unit": "lp",
        "note": WHAT_IT_IS,
        "workers": [account_document(account) for account in accounts],
    }


def explained_document(situation: Situation, explained: Explanation) -> dict[str, JsonValue]:
    """Give one worker's account in the same form, with every contribution, their sums by kind, and what is ahead."""
    account, ahead = explained.account, explained.forecast
    worker: dict[str, JsonValue] = {
        **account_document(account),
        "reasons": list(reasons(account, most=10)),
        "contributions": [_contribution(one) for one in account.contributions],
        "by_kind": {
            by.value: [{"name": one.name, "contributions": one.contributions, **_both(one.load)} for one in groups]
            for by, groups in explained.groups.items()
        },
        "forecast": {
            "horizon_days": explained.horizon_days,
            "mean": ahead.mean,
            "standard_deviation": ahead.standard_deviation,
            "without_incidents": ahead.without_incidents,
        },
        "since": None if explained.since is None else _since(explained.since),
    }
    return {**loads_document(situation, ()), "workers": [worker]}


def _contribution(one: Contribution) -> JsonValue:
    return {
        "source": one.source.value,
        "subject": one.subject,
        "role": None if one.role is None else one.role.value,
        "since": one.since.isoformat(),
        **_both(one.load),
        "initial": one.initial,
        "still_held": one.still_held,
    }


def _since(since: Since) -> JsonValue:
    changes, sessions = since.changes, since.sessions
    return {
        "day": changes.before.as_at.isoformat(),
        "load_before": changes.before.load.total,
        "capacity_before": changes.before.capacity,
        **_both(changes.load),
        "sentences": list(reasons_for_change(changes, most=10)),
        "changes": [
            {"kind": one.kind.value, "source": one.source.value, "subject": one.subject, **_both(one.load)}
            for one in changes.parts
        ],
        "sessions": {"number": sessions.sessions, "eased": sessions.eased.total},
    }


def _both(load: TwoCompartments) -> dict[str, JsonValue]:
    return {"acute": load.acute, "cumulative": load.cumulative}


def held_document(one: HeldCase) -> dict[str, JsonValue]:
    """Give a held case."""
    harms = one.case.harm_types
    return {
        "case_id": one.case.case_id,
        "role": one.role.value,
        "since": one.since.isoformat(),
        "risk": None if one.case.risk is None else one.case.risk.value,
        "harm_types": None if harms is None else [harm.value for harm in harms],
    }


def waiting_document(one: WaitingCase) -> dict[str, JsonValue]:
    """Give a waiting case."""
    harms = one.case.harm_types
    return {
        "case_id": one.case.case_id,
        "priority": one.case.priority.value,
        "waiting_days": one.waiting_days,
        "risk": None if one.case.risk is None else one.case.risk.value,
        "harm_types": None if harms is None else [harm.value for harm in harms],
        "needs": list(one.case.needs),
        "area": one.case.area,
    }


def content_document(proposal_id: str, content: ProposalContent) -> dict[str, JsonValue]:
    """Give a proposal as it is on record."""
    return {"proposal_id": proposal_id, **content.model_dump(mode="json")}


def alternatives_document(choice: ChoiceExplained) -> list[JsonValue]:
    """Give who else could take a case, and what it would cost."""
    return [
        {"worker_id": other.worker_id, "ratio": other.ratio, "level": other.level, "change": other.change}
        for other in choice.alternatives
    ]


def proposal_document(proposal: Proposal) -> JsonValue:
    """Give a proposal with its reasons."""
    return {
        **content_document(proposal.proposal_id, proposal.content),
        "policy_adopted": proposal.policy_adopted,
        "gap": proposal.result.gap,
        "stopped": None if proposal.result.stopped is None else proposal.result.stopped.value,
        "seconds": proposal.result.seconds,
        "reasons": [
            {
                "case_id": one.case_id,
                "worker_id": one.worker_id,
                "ratio_before": one.ratio_before,
                "ratio_after": one.ratio_after,
                "sentence": one.sentence,
                "alternatives": alternatives_document(one),
                "ruled_out": [{"code": no.code, "reason": no.reason} for no in one.ruled_out],
            }
            for one in proposal.choices
        ],
        "waiting": [
            {
                "case_id": one.case_id,
                "sentence": one.sentence,
                "ruled_out": [{"code": no.code, "reason": no.reason} for no in one.ruled_out],
            }
            for one in proposal.waiting
        ],
    }


def event_document(stored: StoredEvent) -> dict[str, JsonValue]:
    """Give a stored event: where it stands, its envelope, its fields."""
    return {
        "position": stored.position,
        "type": stored.record.event.wire_type(),
        "envelope": stored.record.envelope.model_dump(mode="json"),
        "event": stored.record.event.model_dump(mode="json"),
    }
