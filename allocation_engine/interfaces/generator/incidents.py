"""Critical incidents on held cases: who carries them, and what is done afterwards."""

from functools import partial

from allocation_engine.interfaces.generator import risk
from allocation_engine.interfaces.generator.service import MANAGER, Service
from allocation_engine.interfaces.generator.state import Case, Worker
from domain.events.practice import CriticalIncidentRecorded, DebriefHeld, Exposure, FollowUpCompleted
from domain.identifiers import IncidentId, PersonId
from domain.vocabulary import ExposureRoute, FollowUpDue, HarmType, IncidentKind, RiskLevel, Severity

KINDS_FOR_HARM: dict[HarmType, dict[str, float]] = {
    HarmType.MISSING: {"missing_episode": 6, "violence_disclosed": 1, "threat_to_worker": 0.5},
    HarmType.SEXUAL_EXPLOITATION: {"sexual_assault_disclosed": 5, "missing_episode": 2, "violence_disclosed": 1},
    HarmType.TRAFFICKING: {"trafficking_identified": 5, "sexual_assault_disclosed": 1, "missing_episode": 2},
    HarmType.GANGS: {"violence_disclosed": 4, "serious_injury": 2, "threat_to_worker": 1, "death": 0.1},
    HarmType.CRIMINAL_EXPLOITATION: {"violence_disclosed": 3, "missing_episode": 3, "serious_injury": 1, "death": 0.1},
}
"""Kinds of incident by the main harm, as weights; an assumption."""

OTHER_KINDS = {"violence_disclosed": 3.0, "missing_episode": 2.0, "serious_injury": 1.0, "assault_on_worker": 0.3}
HEARD_IN_TEAM_RATE = {Severity.MODERATE: 0.5, Severity.SERIOUS: 1.0, Severity.SEVERE: 1.0}
RISK_RAISED_RATE = 0.4
STRAIN = {Severity.MODERATE: 0.5, Severity.SERIOUS: 1.0, Severity.SEVERE: 1.8}
STRAIN_OF_ROUTE = {ExposureRoute.DIRECT: 1.0, ExposureRoute.CO_WORKER: 0.7, ExposureRoute.TEAM_HEARD: 0.25}
FOLLOW_UPS = ((FollowUpDue.HOURS_72, 0.82, (0.2, 3.8)), (FollowUpDue.DAYS_28, 0.72, (20.0, 38.0)))
"""Which follow-up, how many are done at all, and within which days of the incident becoming known; an assumption.

So some are in time, some late, and some never done.
"""

DEBRIEF_RATE = {Severity.MODERATE: 0.0, Severity.SERIOUS: 0.25, Severity.SEVERE: 0.7}
LAST_TRY_DAYS = 10.0


def plan_incidents(service: Service, day: float, case: Case) -> None:
    """Plan when something may happen on a case: at the highest rate there is, and thinned to its own when due."""
    rates = service.figures.mix("incidents_per_case_year")
    due = service.next_after(day, max(rates.values()))
    service.agenda.put(due, partial(_may_happen, service, case), until=case.closes_on)


def _may_happen(service: Service, case: Case, day: float) -> None:
    if case.closed:
        return
    rates = service.figures.mix("incidents_per_case_year")
    likely = rates[case.risk or RiskLevel.MEDIUM] / max(rates.values())
    if case.primary is not None and case.primary.present and service.happens(likely):
        _record(service, day, case, case.primary)
    plan_incidents(service, day, case)


def _record(service: Service, day: float, case: Case, primary: Worker) -> None:
    severity = Severity(service.drawn(service.figures.mix("severity_mix")))
    incident_id = IncidentId(service.next_number("i", 6))
    working = [primary, *(worker for worker in case.co_workers if worker.present)]
    event = CriticalIncidentRecorded(
        incident_id=incident_id,
        kind=IncidentKind(service.drawn(KINDS_FOR_HARM.get(case.harms[0], OTHER_KINDS))),
        severity=severity,
        exposures=_exposures(service, day, working, severity),
        case_id=case.case_id,
    )
    known = service.write_up(day, event)
    if severity is not Severity.MODERATE:
        _plan_follow_ups(service, known, incident_id, working)
        if service.happens(RISK_RAISED_RATE):
            service.agenda.put(known + service.chance.uniform(0.1, 2.0), partial(_raise_risk, service, case))
    if service.happens(DEBRIEF_RATE[severity]):
        service.agenda.put(known + service.chance.uniform(1, 7), partial(_debrief, service, incident_id, working))


def _raise_risk(service: Service, case: Case, day: float) -> None:
    if case.closed or case.risk is RiskLevel.VERY_HIGH:
        return
    levels = list(RiskLevel)
    risk.assess(service, day, case, RiskLevel.HIGH if case.risk is None else levels[levels.index(case.risk) + 1])


def _exposures(service: Service, day: float, working: list[Worker], severity: Severity) -> tuple[Exposure, ...]:
    exposed = [(working[0], ExposureRoute.DIRECT)]
    exposed += [(one, ExposureRoute.CO_WORKER) for one in working[1:]]
    if service.happens(HEARD_IN_TEAM_RATE[severity]):
        heard = [member for member in service.other_members(working[0]) if member not in working]
        exposed += [(one, ExposureRoute.TEAM_HEARD) for one in heard]
    for worker, route in exposed:
        worker.add_strain(day, STRAIN[severity] * STRAIN_OF_ROUTE[route])
    return tuple(Exposure(worker_id=worker.worker_id, route=route) for worker, route in exposed)


def _plan_follow_ups(service: Service, known: float, incident_id: IncidentId, working: list[Worker]) -> None:
    for worker in working:
        for due, done, (earliest, latest) in FOLLOW_UPS:
            if service.happens(done):
                at = known + service.chance.uniform(earliest, latest)
                action = partial(_follow_up, service, incident_id, worker, due, at + LAST_TRY_DAYS)
                service.agenda.put(at, action)


def _follow_up(
    service: Service, incident_id: IncidentId, worker: Worker, due: FollowUpDue, last_try: float, day: float
) -> None:
    if worker.present:
        by = service.some_supervisor(worker)
        completed_by = MANAGER if by is None else PersonId(by)
        event = FollowUpCompleted(
            incident_id=incident_id,
            worker_id=worker.worker_id,
            due=due,
            completed_by=completed_by,
        )
        service.write_up(day, event)
    elif not worker.left and day < last_try:
        service.agenda.put(day + 2, partial(_follow_up, service, incident_id, worker, due, last_try))


def _debrief(service: Service, incident_id: IncidentId, working: list[Worker], day: float) -> None:
    there = [worker.worker_id for worker in working if worker.present]
    if there:
        service.write_up(day, DebriefHeld(incident_id=incident_id, worker_ids=tuple(there)))
