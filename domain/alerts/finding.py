"""What a rule finds, and the id of the alert that it becomes."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from domain.identifiers import AlertId, WorkerId

ID_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that a finding rests on: what it was, when, the event that says so, and the figure with its unit."""

    what: str
    at: datetime
    event_id: UUID | None = None
    value: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a rule applies.

    Attributes
    ----------
    subject
        The worker, case or team it is about, as a tag such as `worker:w-0003`.
    onset
        What it began with, as text that late news about anything else leaves as it is: the onset's own event, or for
        what lasts the ISO week in which it began.
    since
        When it began.
    raised_at
        When a leader should have known: the moment at which the rule's threshold was passed.
    over_at
        When it ended; None while it lasts. For what happened at one moment, that moment.
    sentence
        What is so, for the leader who answers.
    worker_id
        The worker whom it is about or who holds the case, so that it can be shown to their team's manager; None where
        there is none.
    """

    subject: str
    onset: str
    since: datetime
    raised_at: datetime
    over_at: datetime | None
    evidence: tuple[Evidence, ...]
    sentence: str
    worker_id: WorkerId | None = None


def in_week_of(moment: datetime) -> str:
    """Name the ISO week of a moment, such as `2026-W47`."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02}"


def alert_id(code: str, finding: Finding) -> AlertId:
    """Give the id of the alert, from the rule, the subject and the onset alone.

    So the same blind spot keeps its id, and its answer, whatever else is learned later; and when it begins anew it is
    another alert.
    """
    said = f"{code}|{finding.subject}|{finding.onset}"
    return AlertId(f"al-{sha256(said.encode()).hexdigest()[:ID_DIGITS]}")


def day_of(moment: datetime) -> str:
    """Write a day for a sentence."""
    return f"{moment:%d %b %Y}"
