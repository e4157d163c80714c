"""What another system says of one child's case, put in one form: when it ran, on what footing, and who worked it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import HarmType, PlanType, WorkerChangeReason


def midnight(day: date) -> datetime:
    """Give the start of a day in UTC: such systems know days, the log knows moments."""
    return datetime.combine(day, time(), UTC)


@dataclass(frozen=True, slots=True)
class Run:
    """One time during which a case was open, from `start` to the day before `end`; no end is open still.

    `part` names what of the other system's record it comes from, as an opaque id, or is empty where there are no parts.
    """

    part: str
    start: date
    end: date | None
    plan: PlanType | None = None
    harm_types: tuple[HarmType, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stint:
    """One worker on the case, from `start` to the day before `end`; `reason` says why it came to them, if that is known."""

    worker_id: WorkerId
    start: date
    end: date | None
    reason: WorkerChangeReason | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A case with its runs, which never touch one another, and its workers. `parts` are all it speaks for."""

    case_id: CaseId
    runs: tuple[Run, ...]
    stints: tuple[Stint, ...]
    parts: frozenset[str] = frozenset()


def overlap(stint: Stint, run: Run) -> Stint | None:
    """Give what of a stint lies within a run; None where nothing does."""
    start = max(stint.start, run.start)
    end = earlier(stint.end, run.end)
    reason = stint.reason if start == stint.start else None  # it is of the day on which the case came to them
    return None if end is not None and end <= start else Stint(stint.worker_id, start, end, reason)


def earlier(one: date | None, other: date | None) -> date | None:
    """Give the earlier of two ends; no end is later than any."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def later(one: date | None, other: date | None) -> date | None:
    """Give the later of two ends; no end is later than any."""
    return None if one is None or other is None else max(one, other)
