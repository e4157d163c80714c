"""A case from referral to closing: who takes it, who takes it over, when work ends."""

from collections.abc import Sequence
from functools import partial

from allocation_engine.interfaces.generator import incidents, referral, risk, who_takes
from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import HEAVY, Case, Worker
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseUnassigned,
    ConflictOfInterestDeclared,
    ConflictOfInterestLifted,
)
from domain.identifiers import GroupId
from domain.vocabulary import AssignmentRole, Priority

ALLOCATED_WITHIN_DAYS = {Priority.URGENT: 0.5, Priority.HIGH: 3.0, Priority.ROUTINE: 8.0}
ASKED_AGAIN_AFTER_DAYS = 3.0
MORE_SIBLINGS_RATE = 0.3
PULL_GAINED = 1.04
MOST_PULL = 6.0
CONFLICT_LIFTED_RATE = 0.3


def receive(service: Service, day: float) -> None:
    """Let one referral arrive, with its siblings if it has any, and plan what comes of it."""
    case = referral.drawn_case(service, day)
    family = [case]
    if service.happens(service.figures.number("sibling_rate")):
        family += _siblings_of(service, day, case)
    elif service.happens(service.figures.number("peer_rate")):
        referral.join_peers(service, case)
    for member in family:
        referral.refer(service, day, member, referral.drawn_plan(service))
        if service.happens(service.figures.number("conflict_rate")):
            declare_conflict(service, day, member)
        risk.plan_reassessments(service, day, member)
        incidents.plan_incidents(service, day, member)
        _plan_hand_over(service, day, member)
        service.agenda.put(member.closes_on, partial(_close, service, member))
    delay = service.chance.uniform(0.02, ALLOCATED_WITHIN_DAYS[case.priority])
    service.agenda.put(min(day + delay, service.clock.end), partial(_allocate, service, family))


def mean_family(service: Service) -> float:
    """Give the cases that one referral brings on average [case]."""
    return 1 + service.figures.number("sibling_rate") * (1 + MORE_SIBLINGS_RATE)


def _siblings_of(service: Service, day: float, case: Case) -> list[Case]:
    case.siblings = GroupId(service.next_number("g", 5))
    family = [referral.drawn_case(service, day)]
    if service.happens(MORE_SIBLINGS_RATE):
        family.append(referral.drawn_case(service, day))
    for member in family:
        member.siblings, member.area, member.languages = case.siblings, case.area, case.languages
        member.priority = case.priority
    return family


def declare_conflict(service: Service, day: float, case: Case) -> None:
    """Let a worker of the area who does not hold the case declare a conflict; some are lifted again."""
    team = service.chance.choice(service.teams_of_area[case.area])
    free = [one for one in team.members if one is not case.primary and one not in case.co_workers]
    if not free:
        return
    worker = service.chance.choice(free)
    case.conflicted.append(worker)
    service.note(day, ConflictOfInterestDeclared(case_id=case.case_id, worker_id=worker.worker_id))
    if service.happens(CONFLICT_LIFTED_RATE):
        service.agenda.put(day + service.about(45.0), partial(_lift_conflict, service, case, worker))


def _lift_conflict(service: Service, case: Case, worker: Worker, day: float) -> None:
    if not case.closed and not worker.left and worker in case.conflicted:
        case.conflicted.remove(worker)
        service.note(day, ConflictOfInterestLifted(case_id=case.case_id, worker_id=worker.worker_id))


def _allocate(service: Service, family: Sequence[Case], day: float) -> None:
    waiting = [case for case in family if case.primary is None and not case.closed]
    worker = who_takes.primary_for(service, waiting) if waiting else None
    if worker is not None:
        _assign(service, day, waiting, worker)
    elif waiting:
        service.agenda.put(day + ASKED_AGAIN_AFTER_DAYS, partial(_allocate, service, waiting))


def _assign(service: Service, day: float, family: Sequence[Case], worker: Worker) -> None:
    for case in family:
        service.note(day, CaseAssigned(case_id=case.case_id, worker_id=worker.worker_id))
        _take(service, case, worker)
    for case in family:
        risk.see_to_co_worker(service, day, case)


def _take(service: Service, case: Case, worker: Worker) -> None:
    service.waiting.pop(case.case_id, None)
    case.primary = worker
    worker.cases[case.case_id] = case
    if case.risk in HEAVY:
        worker.pull = min(MOST_PULL, worker.pull * PULL_GAINED)


def _plan_hand_over(service: Service, day: float, case: Case) -> None:
    per_year = max(0.0, service.worker_changes_per_year - service.shape.turnover_rate)
    due = service.next_after(day, per_year)
    service.agenda.put(due, partial(_hand_over_by_and_by, service, case), until=case.closes_on)


def _hand_over_by_and_by(service: Service, case: Case, day: float) -> None:
    if case.closed:
        return
    if case.primary is not None:
        hand_over(service, day, case.primary, family_held(service, case))
    _plan_hand_over(service, day, case)


def family_held(service: Service, case: Case) -> list[Case]:
    """List a case and its siblings held by the same primary worker: they stay together."""
    siblings = service.groups.get(case.siblings, []) if case.siblings is not None else []
    return [one for one in siblings if one.primary is case.primary] or [case]


def hand_over(service: Service, day: float, worker: Worker, family: Sequence[Case]) -> bool:
    """Pass cases from their primary worker to another of the team in one step; False if nobody can take them."""
    successor = who_takes.primary_within(service, worker.team, family)
    if successor is None:
        return False
    for case in family:
        del worker.cases[case.case_id]
        service.note(
            day,
            CaseReassigned(
                case_id=case.case_id,
                from_worker_id=worker.worker_id,
                to_worker_id=successor.worker_id,
            ),
        )
        _take(service, case, successor)
    return True


def give_up_all(service: Service, day: float, worker: Worker) -> None:
    """Pass on everything that a leaver holds; what nobody can take waits again."""
    while worker.cases:
        family = family_held(service, next(iter(worker.cases.values())))
        if hand_over(service, day, worker, family):
            continue
        for case in family:
            del worker.cases[case.case_id]
            case.primary = None
            service.waiting[case.case_id] = case
            service.note(day, CaseUnassigned(case_id=case.case_id, worker_id=worker.worker_id))
        service.agenda.put(day + 1, partial(_allocate, service, family))
    for case in list(worker.co_cases.values()):
        case.co_workers.remove(worker)
        event = CaseUnassigned(case_id=case.case_id, worker_id=worker.worker_id, role=AssignmentRole.CO_WORKER)
        service.note(day, event)
        risk.see_to_co_worker(service, day, case)
    worker.co_cases.clear()


def _close(service: Service, case: Case, day: float) -> None:
    """End work on a case. One that waits again is not forgotten: its closing is put off until it is held."""
    if case.closed:
        return
    if case.primary is None:
        service.agenda.put(day + 14.0, partial(_close, service, case))
        return
    close(service, day, case)


def close(service: Service, day: float, case: Case) -> None:
    """Record the closing of a case and forget it."""
    case.closed = True
    service.hear_of(day, CaseClosed(case_id=case.case_id))
    if case.primary is not None:
        del case.primary.cases[case.case_id]
    for worker in case.co_workers:
        del worker.co_cases[case.case_id]
    service.waiting.pop(case.case_id, None)
    service.cases_in_work -= 1
    for group in (case.siblings, case.peers):
        if group is not None:
            service.groups[group].remove(case)
            if not service.groups[group]:
                del service.groups[group]


def settle(service: Service, day: float) -> None:
    """At the end, find a worker for every case that is not meant to wait; where there is none, work ends."""
    for first in list(service.waiting.values()):
        if first.held_back or first.primary is not None or first.closed:
            continue
        family = [case for case in family_held(service, first) if not case.held_back]
        worker = who_takes.primary_for(service, family, ask_all=True)
        if worker is not None:
            _assign(service, day, family, worker)
        else:
            for case in family:
                close(service, day, case)
