"""The cases that are meant to wait at the end: of mixed priority, risk and waiting time, some never assessed."""

from functools import partial

from allocation_engine.interfaces.generator import casework, referral
from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import Case
from domain.identifiers import GroupId
from domain.vocabulary import Priority, RiskLevel

PRIORITIES = (Priority.ROUTINE, Priority.URGENT, Priority.HIGH, Priority.ROUTINE, Priority.HIGH, Priority.ROUTINE)
RISKS = (None, RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.VERY_HIGH, RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.HIGH)
"""Dealt in turn, so that even a short list is mixed; their lengths share no divisor, so all pairs come up."""

WAITED_AT_MOST_DAYS = {Priority.URGENT: 6.0, Priority.HIGH: 20.0, Priority.ROUTINE: 42.0}
FAMILY_FROM = 4
"""From so many waiting cases on, the last two are siblings and one belongs to the peer group of a held case."""

CONFLICT_RATE = 0.2


def plan_waiting(service: Service, opened: float) -> None:
    """Put the referrals of all cases that will wait on the agenda."""
    wanted = service.shape.waiting
    siblings = GroupId(service.next_number("g", 5)) if wanted >= FAMILY_FROM else None
    longest = service.clock.end - opened
    together = service.clock.end - min(longest, service.chance.uniform(1.0, 20.0))
    for number in range(wanted):
        priority = PRIORITIES[number % len(PRIORITIES)]
        risk = RISKS[number % len(RISKS)]
        waited = service.chance.uniform(0.0, min(longest, WAITED_AT_MOST_DAYS[priority]))
        related = siblings is not None and number >= wanted - 2
        due = together if related else service.clock.end - waited
        joins_peers = siblings is not None and number == 0
        action = partial(_arrive, service, priority, risk, siblings if related else None, joins_peers)
        service.agenda.put(min(due, service.clock.end), action)


def _arrive(
    service: Service,
    priority: Priority,
    risk: RiskLevel | None,
    siblings: GroupId | None,
    joins_peers: bool,  # noqa: FBT001 - via partial
    day: float,
) -> None:
    case = referral.drawn_case(service, day)
    case.priority, case.risk, case.held_back = priority, risk, True
    if siblings is not None:
        _belong_with(service, case, siblings)
    elif joins_peers:
        referral.join_peers(service, case)
    referral.refer(service, day, case, referral.drawn_plan(service))
    if service.happens(CONFLICT_RATE):
        casework.declare_conflict(service, day, case)


def _belong_with(service: Service, case: Case, siblings: GroupId) -> None:
    case.siblings = siblings
    elder = service.groups.get(siblings)
    if elder:
        case.area, case.languages, case.priority = elder[0].area, elder[0].languages, elder[0].priority
