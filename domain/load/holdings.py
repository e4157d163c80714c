"""Who held which case when, and what the case was like meanwhile."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from operator import itemgetter

from domain.identifiers import CaseId, WorkerId
from domain.load.exposure import CaseProfile
from domain.load.facts import (
    CaseEnded,
    CaseFact,
    CaseGivenUp,
    CaseHistory,
    CaseOpened,
    CaseTaken,
    Left,
    PrimaryHeldBy,
    RiskReassessed,
    WorkerFact,
    WorkerHistory,
    in_time,
)
from domain.load.recovery import days
from domain.vocabulary import AssignmentRole

UNKNOWN_CASE = CaseProfile(harm_types=None, risk=None)
"""What is held of a case nothing is known of: it weighs what unknown weighs, not nothing."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A stretch of time [day] in which a worker held a case of one profile in one role; an open end is infinity."""

    case_id: CaseId
    role: AssignmentRole
    start: float
    end: float
    profile: CaseProfile


def profile_after(current: CaseProfile, fact: CaseFact) -> CaseProfile:
    """Give the case's profile after a fact about it; the same one where the fact says nothing of it."""
    match fact:
        case CaseOpened():
            return CaseProfile(harm_types=fact.harm_types, risk=fact.risk)
        case RiskReassessed():
            harms = current.harm_types if fact.harm_types is None else fact.harm_types
            return CaseProfile(harm_types=harms, risk=fact.risk)
        case _:
            return current


def profiles(history: CaseHistory) -> list[tuple[float, CaseProfile]]:
    """Give the case's profile from each moment [day] on, in order."""
    found: list[tuple[float, CaseProfile]] = []
    current = UNKNOWN_CASE
    for fact in history:
        current = profile_after(current, fact)
        if isinstance(fact, CaseOpened | RiskReassessed):
            found.append((days(fact.at), current))
    return found


def role_after(role: AssignmentRole | None, turn: WorkerFact | CaseFact, worker_id: WorkerId) -> AssignmentRole | None:
    """Say in which role a worker holds a case after a turn in its course or theirs; None if they do not hold it.

    What is said of another case must not be given.
    """
    match turn:
        case CaseTaken() if role is None or turn.role is AssignmentRole.PRIMARY:
            return turn.role
        case Left() | CaseEnded():
            return None
        case CaseGivenUp() if turn.role is role:
            return None
        case PrimaryHeldBy() if role is AssignmentRole.PRIMARY and turn.worker_id != worker_id:
            return None
        case _:
            return role


def holdings(
    worker_id: WorkerId,
    history: WorkerHistory,
    cases: Mapping[CaseId, CaseHistory],
    until: float,
) -> list[Holding]:
    """Give every stretch of time in which the worker held a case, as known at a moment [day].

    A holding ends when the worker gives the case up or leaves the service, when the case closes, or, for the primary
    worker, when the case passes to another: a case has at most one primary worker, whatever order the news came in.
    Nobody holds a case twice: a co-worker who becomes its primary worker co-works it no longer.
    """
    known = [fact for fact in history if days(fact.at) <= until]
    leavings = [fact for fact in known if isinstance(fact, Left)]
    own: dict[CaseId, list[CaseTaken | CaseGivenUp]] = {}
    for fact in known:
        if isinstance(fact, CaseTaken | CaseGivenUp):
            own.setdefault(fact.case_id, []).append(fact)
    found: list[Holding] = []
    for case_id, turns in own.items():
        case = tuple(fact for fact in cases.get(case_id, ()) if days(fact.at) <= until)
        case_profiles = profiles(case)
        for taken, end in _stretches(worker_id, sorted((*turns, *leavings, *case), key=in_time)):
            found.extend(_by_profile(taken, end, case_profiles))
    found.sort(key=lambda holding: (holding.start, holding.case_id, holding.role))
    return found


def _stretches(worker_id: WorkerId, turns: Iterable[WorkerFact | CaseFact]) -> Iterator[tuple[CaseTaken, float]]:
    """Pair each taking of one case with the moment [day] at which it ended, infinity if it did not."""
    held: CaseTaken | None = None
    for turn in turns:
        before = None if held is None else held.role
        after = role_after(before, turn, worker_id)
        if after is before:
            continue
        if held is not None:
            yield held, days(turn.at)
        held = turn if isinstance(turn, CaseTaken) else None
    if held is not None:
        yield held, inf


def _by_profile(taken: CaseTaken, end: float, known: Sequence[tuple[float, CaseProfile]]) -> Iterator[Holding]:
    """Cut a holding where the case's profile changes."""
    at = days(taken.at)
    index = bisect_right(known, at, key=itemgetter(0))
    profile = known[index - 1][1] if index else UNKNOWN_CASE
    for change, following in known[index:]:
        if change >= end:
            break
        if change > at:
            yield Holding(taken.case_id, taken.role, at, change, profile)
        at, profile = change, following
    if end > at:
        yield Holding(taken.case_id, taken.role, at, end, profile)
