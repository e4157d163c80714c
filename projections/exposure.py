"""Exposure: who carries which harm? Asked by supervisors and leaders, so that no kind of harm rests on few people.

A row is one incident. Beside it stand the caseloads and the load accounts of the moment, given as arguments.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent
from domain.events.corrections import PersonErased
from domain.events.practice import CriticalIncidentRecorded, PracticeEvent
from domain.events.service import ServiceEvent
from domain.events.worker import WorkerEvent
from domain.evolve.case import CaseState
from domain.identifiers import CaseId, IncidentId, WorkerId
from domain.load.account import LoadAccount
from domain.load.groups import Grouping, grouped
from domain.load.parameters import KnownOr
from domain.policy.practice import PracticePolicy
from domain.vocabulary import ExposureRoute, HarmType, IncidentKind, RiskLevel, Severity
from projections.corrections import CORRECTIONS
from projections.dated_events import DatedEvent, Dossier, dossiers

READ: frozenset[type[DomainEvent]] = frozenset({CriticalIncidentRecorded})
HANDLES = READ | CORRECTIONS
IGNORES: frozenset[type[DomainEvent]] = (
    frozenset(
        {
            *get_args(PracticeEvent),
            *get_args(WorkerEvent),
            *get_args(CaseEvent),
            *get_args(ServiceEvent),
            *get_args(AllocationEvent),
            PersonErased,
        },
    )
    - READ
)


@dataclass(frozen=True, slots=True)
class Incident:
    """A critical incident, and who carries it by which route."""

    incident_id: IncidentId
    at: datetime
    kind: IncidentKind
    severity: Severity
    case_id: CaseId | None
    exposed: tuple[tuple[WorkerId, ExposureRoute], ...]


@dataclass(frozen=True, slots=True)
class WorkerExposure:
    """What one worker carries: cases held by harm type and by risk, and incidents of a period by route.

    Attributes
    ----------
    cases
        Cases held at the moment, co-working included [case].
    by_harm, by_risk
        Of these, how many have each harm type (a case of two harms counts under both) or each risk [case]; those not
        assessed under `unknown`.
    high_trauma
        Of these, how many are high-trauma: high or very high risk, or with a recent serious incident [case].
    incidents
        Incidents of the period by route [incident].
    load_by_harm
        The account's load by harm type; a case of several harms in equal parts, and what comes from no case by its
        source [lp].
    """

    worker_id: WorkerId
    cases: int
    by_harm: Mapping[HarmType | KnownOr, int]
    by_risk: Mapping[RiskLevel | KnownOr, int]
    high_trauma: int
    incidents: Mapping[ExposureRoute, int]
    load_by_harm: Mapping[str, float]


def incidents_between(
    rows: Mapping[str, Dossier], since: datetime, until: datetime, known_at: datetime | None = None
) -> tuple[Incident, ...]:
    """Give the incidents that happened after a moment and up to another, oldest first."""
    found: dict[IncidentId, Incident] = {}
    for key, row in rows.items():
        for one in row.worked_out(key, _incidents, until, known_at):
            if one.at > since:
                found.setdefault(one.incident_id, one)
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.incident_id)))


def _incidents(_: str, told: Sequence[DatedEvent]) -> tuple[Incident, ...]:
    found: list[Incident] = []
    for dated in told:
        event = dated.event()
        if isinstance(event, CriticalIncidentRecorded):
            exposed = tuple((one.worker_id, one.route) for one in event.exposures)
            found.append(Incident(event.incident_id, dated.at, event.kind, event.severity, event.case_id, exposed))
    return tuple(found)


def routes_by_worker(incidents: Iterable[Incident]) -> dict[WorkerId, list[ExposureRoute]]:
    """Give the routes by which incidents reached each worker, one for each exposure."""
    found: dict[WorkerId, list[ExposureRoute]] = {}
    for one in incidents:
        for worker_id, route in one.exposed:
            found.setdefault(worker_id, []).append(route)
    return found


def cases_after_incident(recent: Iterable[Incident], practice: PracticePolicy, as_at: datetime) -> frozenset[CaseId]:
    """Name the cases of which an incident of the policy's severity or worse is not longer ago than the policy says."""
    order = list(Severity)
    since = as_at - timedelta(days=practice.trauma_incident_period.value)
    return frozenset(
        one.case_id
        for one in recent
        if one.case_id is not None
        and since < one.at <= as_at
        and order.index(one.severity) >= order.index(practice.trauma_severity)
    )


def is_high_trauma(case: CaseState, after_incident: frozenset[CaseId]) -> bool:
    """Whether a case is of high or very high risk, or one after a recent serious incident."""
    return (case.risk is not None and case.risk.is_high) or case.case_id in after_incident


def exposure_of(
    worker_id: WorkerId,
    held: Iterable[CaseState],
    routes: Sequence[ExposureRoute],
    after_incident: frozenset[CaseId],
    account: LoadAccount,
) -> WorkerExposure:
    """Give what one worker carries, from the cases held, the routes of a period's incidents and the load account."""
    cases = tuple(held)
    return WorkerExposure(
        worker_id=worker_id,
        cases=len(cases),
        by_harm=by_harm(cases),
        by_risk=by_risk(cases),
        high_trauma=sum(is_high_trauma(one, after_incident) for one in cases),
        incidents={route: routes.count(route) for route in ExposureRoute},
        load_by_harm={group.name: group.load.total for group in grouped(account, Grouping.HARM_TYPE)},
    )


def by_harm(cases: Sequence[CaseState]) -> dict[HarmType | KnownOr, int]:
    """Count cases by harm type, a case of two under both; those not assessed under `unknown`."""
    assessed: dict[HarmType | KnownOr, int] = {
        harm: sum(harm in (one.harm_types or ()) for one in cases) for harm in HarmType
    }
    return {**assessed, KnownOr.UNKNOWN: sum(one.harm_types is None for one in cases)}


def by_risk(cases: Sequence[CaseState]) -> dict[RiskLevel | KnownOr, int]:
    """Count cases by risk; those not assessed under `unknown`."""
    assessed: dict[RiskLevel | KnownOr, int] = {risk: sum(one.risk is risk for one in cases) for risk in RiskLevel}
    return {**assessed, KnownOr.UNKNOWN: sum(one.risk is None for one in cases)}


EXPOSURE = dossiers("exposure", version=1, handles=HANDLES, ignores=IGNORES, subject="incident")
