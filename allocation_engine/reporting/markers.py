"""What happened to a worker, as marks on their timeline: incidents, sessions, and cases that came, went or grew riskier."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby, pairwise
from math import inf

from domain.identifiers import CaseId, WorkerId
from domain.load.facts import CaseHistory, Exposed, Relieved, SupervisionGiven, WorkerHistory
from domain.load.holdings import Holding, holdings
from domain.load.parameters import ReliefKind
from domain.load.recovery import days, moment_of
from domain.vocabulary import RiskLevel


class MarkerKind(StrEnum):
    """What kind of event a marker stands for."""

    INCIDENT = "incident"
    CASE_TAKEN = "case_taken"
    CASE_GIVEN_UP = "case_given_up"
    RISK_RAISED = "risk_raised"
    SUPERVISION_HELD = "supervision_held"
    SUPERVISION_GIVEN = "supervision_given"
    PEER_SUPPORT = "peer_support"
    DEBRIEF = "debrief"


@dataclass(frozen=True, slots=True)
class Marker:
    """One event: when, of what kind, about which case or incident (None for a session), and a word more."""

    at: datetime
    kind: MarkerKind
    subject: str | None
    detail: str


def markers(
    worker_id: WorkerId, history: WorkerHistory, cases: Mapping[CaseId, CaseHistory], since: datetime, as_at: datetime
) -> tuple[Marker, ...]:
    """Give what happened from one moment to another, in order of time.

    A case is given up when the worker holds it no longer, for whatever reason: passed on, closed, or the worker left.
    """
    held = holdings(worker_id, history, cases, days(as_at))
    found = [*_of_practice(history), *_of_cases(held)]
    within = (one for one in found if since <= one.at <= as_at)
    return tuple(sorted(within, key=lambda one: (one.at, one.kind, one.subject or "", one.detail)))


def _of_practice(history: WorkerHistory) -> Iterator[Marker]:
    for fact in history:
        match fact:
            case Exposed():
                detail = f"{fact.severity.value}, {fact.route.value}"
                yield Marker(fact.at, MarkerKind.INCIDENT, fact.incident_id, detail)
            case SupervisionGiven():
                yield Marker(fact.at, MarkerKind.SUPERVISION_GIVEN, None, f"to {fact.supervisees}")
            case Relieved(kind=ReliefKind.PEER_SUPPORT):
                yield Marker(fact.at, MarkerKind.PEER_SUPPORT, None, "")
            case Relieved(kind=ReliefKind.DEBRIEF):
                yield Marker(fact.at, MarkerKind.DEBRIEF, None, "")
            case Relieved():
                yield Marker(fact.at, MarkerKind.SUPERVISION_HELD, None, fact.kind.value)
            case _:
                pass


def _of_cases(held: list[Holding]) -> Iterator[Marker]:
    in_order = sorted(held, key=lambda one: (one.case_id, one.start))
    for case_id, stretches in groupby(in_order, key=lambda one: one.case_id):
        listed = list(stretches)
        yield _taken(listed[0])
        for before, after in pairwise(listed):
            if before.end != after.start:
                yield _mark(before.end, MarkerKind.CASE_GIVEN_UP, before)
                yield _taken(after)
            elif _rose(before.profile.risk, after.profile.risk):
                yield Marker(moment_of(after.start), MarkerKind.RISK_RAISED, case_id, str(after.profile.risk))
        if listed[-1].end != inf:
            yield _mark(listed[-1].end, MarkerKind.CASE_GIVEN_UP, listed[-1])


def _taken(holding: Holding) -> Marker:
    return _mark(holding.start, MarkerKind.CASE_TAKEN, holding)


def _mark(at: float, kind: MarkerKind, holding: Holding) -> Marker:
    return Marker(moment_of(at), kind, holding.case_id, holding.role.value)


def _rose(before: RiskLevel | None, after: RiskLevel | None) -> bool:
    """Say whether risk is known to have risen: from unknown to high is no rise, only news."""
    if before is None or after is None:
        return False
    order = list(RiskLevel)
    return order.index(after) > order.index(before)
