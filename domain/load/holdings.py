"""Who held which case when, and what the case was like meanwhile."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from domain.identifiers import CaseId, WorkerId
from domain.load.exposure import CaseProfile
from domain.load.facts import (
    CaseEnded,
    CaseGivenUp,
    CaseHistory,
    CaseOpened,
    CaseTaken,
    Left,
    PrimaryHeldBy,
    RiskReassessed,
    WorkerHistory,
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


def profiles(history: CaseHistory) -> list[tuple[float, CaseProfile]]:
    """Give the case's profile from each moment [day] on, in order."""
    found: list[tuple[float, CaseProfile]] = []
    current = UNKNOWN_CASE
    for fact in history:
        if isinstance(fact, CaseOpened):
            current = CaseProfile(harm_types=fact.harm_types, risk=fact.risk)
        elif isinstance(fact, RiskReassessed):
            harms = current.harm_types if fact.harm_types is None else fact.harm_types
            current = CaseProfile(harm_types=harms, risk=fact.risk)
        else:
            continue
        found.append((days(fact.at), current))
    return found


def holdings(
    worker_id: WorkerId,
    history: WorkerHistory,
    cases: Mapping[CaseId, CaseHistory],
    until: float,
) -> list[Holding]:
    """Give every stretch of time in which the worker held a case, up to a moment [day].

    A holding ends when the worker gives the case up or leaves the service, when the case closes, or, for the primary
    worker, when the case passes to another: a case has at most one primary worker, whatever order the news came in.
    """
    found: list[Holding] = []
    for (case_id, role), stretches in _taken(history, until).items():
        case = cases.get(case_id, ())
        for start, given_up in stretches:
            end = min(given_up, _ends_elsewhere(case, role, worker_id, start, until))
            found.extend(_by_profile(case_id, role, start, end, case))
    found.sort(key=lambda holding: (holding.start, holding.case_id, holding.role))
    return found


def _taken(history: WorkerHistory, until: float) -> dict[tuple[CaseId, AssignmentRole], list[tuple[float, float]]]:
    stretches: dict[tuple[CaseId, AssignmentRole], list[tuple[float, float]]] = {}
    open_since: dict[tuple[CaseId, AssignmentRole], float] = {}
    for fact in history:
        at = days(fact.at)
        if at > until:
            break
        if isinstance(fact, CaseTaken):
            open_since.setdefault((fact.case_id, fact.role), at)
        elif isinstance(fact, CaseGivenUp):
            if (start := open_since.pop((fact.case_id, fact.role), None)) is not None:
                stretches.setdefault((fact.case_id, fact.role), []).append((start, at))
        elif isinstance(fact, Left):
            for key, start in open_since.items():
                stretches.setdefault(key, []).append((start, at))
            open_since.clear()
    for key, start in open_since.items():
        stretches.setdefault(key, []).append((start, float("inf")))
    return stretches


def _ends_elsewhere(
    case: CaseHistory,
    role: AssignmentRole,
    worker_id: WorkerId,
    start: float,
    until: float,
) -> float:
    for fact in case:
        at = days(fact.at)
        if at < start or at > until:
            continue
        passed_on = role is AssignmentRole.PRIMARY and isinstance(fact, PrimaryHeldBy) and fact.worker_id != worker_id
        if passed_on or isinstance(fact, CaseEnded):
            return at
    return float("inf")


def _by_profile(
    case_id: CaseId,
    role: AssignmentRole,
    start: float,
    end: float,
    case: CaseHistory,
) -> list[Holding]:
    known = profiles(case)
    index = bisect_right([at for at, _ in known], start) - 1
    found: list[Holding] = []
    at, profile = start, known[index][1] if index >= 0 else UNKNOWN_CASE
    for change, following in known[index + 1 :]:
        if change >= end:
            break
        found.append(Holding(case_id, role, at, change, profile))
        at, profile = change, following
    if end > at:
        found.append(Holding(case_id, role, at, end, profile))
    return [holding for holding in found if holding.end > holding.start]
