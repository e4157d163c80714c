"""Risk assessed anew, and the second worker that very high risk calls for."""

from functools import partial

from allocation_engine.interfaces.generator import who_takes
from allocation_engine.interfaces.generator.referral import drawn_risk
from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import Case
from domain.events.case import CaseAssigned, CaseRiskReassessed, CaseUnassigned
from domain.vocabulary import AssignmentRole, RiskLevel

KEPT_RATE = 0.7
"""Share of reassessments that leave the risk where it is; the others draw from the mix, which so stays as it is."""

FIRST_ASSESSED_WITHIN_DAYS = (7.0, 28.0)
STEPS_DOWN_RATE = 0.5


def plan_reassessments(service: Service, day: float, case: Case) -> None:
    """Put the first reassessment of a case on the agenda; each one plans the next."""
    if case.risk is None or not case.harms_known:
        due = day + service.chance.uniform(*FIRST_ASSESSED_WITHIN_DAYS)
    else:
        due = day + service.chance.uniform(0.2, 1.25) * service.figures.number("reassessment_every_days")
    service.agenda.put(due, partial(_reassess, service, case))


def _reassess(service: Service, case: Case, day: float) -> None:
    if case.closed:
        return
    if case.risk is None or not service.happens(KEPT_RATE):
        assess(service, day, case, drawn_risk(service))
    else:
        assess(service, day, case, case.risk)
    due = day + service.about(service.figures.number("reassessment_every_days"))
    service.agenda.put(due, partial(_reassess, service, case))


def assess(service: Service, day: float, case: Case, risk: RiskLevel) -> None:
    """Record a risk level, the harms too if they were not known, and see to the second worker."""
    harms = None if case.harms_known else case.harms
    case.risk, case.harms_known = risk, True
    service.write_up(day, CaseRiskReassessed(case_id=case.case_id, risk=risk, harm_types=harms))
    see_to_co_worker(service, day, case)


def see_to_co_worker(service: Service, day: float, case: Case) -> None:
    """Give a held case of very high risk a second worker; let that worker go, mostly, once the risk is lower."""
    if case.risk is RiskLevel.VERY_HIGH:
        chosen = None if case.co_workers else who_takes.co_worker_for(service, case)
        if chosen is not None:
            case.co_workers.append(chosen)
            chosen.co_cases[case.case_id] = case
            event = CaseAssigned(case_id=case.case_id, worker_id=chosen.worker_id, role=AssignmentRole.CO_WORKER)
            service.note(day, event)
    elif case.co_workers and service.happens(STEPS_DOWN_RATE):
        leaving = case.co_workers.pop()
        del leaving.co_cases[case.case_id]
        service.note(
            day,
            CaseUnassigned(case_id=case.case_id, worker_id=leaving.worker_id, role=AssignmentRole.CO_WORKER),
        )
