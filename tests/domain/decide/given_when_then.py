"""Given what happened, when somebody reports a further event, then it is accepted, or the rule in its way is named."""

from datetime import UTC, datetime, timedelta

from domain.events.base import DomainEvent
from domain.rejection import Rejection

DAY_ZERO = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def on_day(day: float) -> datetime:
    return DAY_ZERO + timedelta(days=day)


def accepted(outcome: DomainEvent | Rejection, event: DomainEvent) -> None:
    assert outcome == event


def refused(outcome: DomainEvent | Rejection, code: str, *words: str) -> None:
    """The refusal names the rule, says in plain words what stands in the way, and where the rule comes from."""
    assert isinstance(outcome, Rejection)
    assert outcome.code == code
    assert outcome.source
    missing = [word for word in words if word not in outcome.reason]
    assert missing == []
