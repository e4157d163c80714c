"""What a referred case is like: harms, risk, priority, needs, languages, and whom it belongs with or apart from."""

from allocation_engine.interfaces.generator.figures import DAYS_PER_YEAR, closures_per_case_year
from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import Case
from domain.events.case import CaseReferred
from domain.identifiers import CaseId, GroupId
from domain.vocabulary import HarmType, PlanType, Priority, RiskLevel

SKILL_FOR_HARM = {
    HarmType.MISSING: "missing-return-interviews",
    HarmType.SEXUAL_EXPLOITATION: "cse-direct-work",
    HarmType.TRAFFICKING: "national-referral-mechanism",
    HarmType.GANGS: "contextual-safeguarding",
    HarmType.CRIMINAL_EXPLOITATION: "cce-direct-work",
    HarmType.COUNTY_LINES: "county-lines-direct-work",
    HarmType.SERIOUS_YOUTH_VIOLENCE: "harm-outside-home-safety-planning",
}
SKILLS = (*SKILL_FOR_HARM.values(), "trauma-informed-practice")
NEED_RATE = 0.3

LANGUAGES = {"en": 0.93, "pl": 0.015, "ro": 0.015, "so": 0.012, "ar": 0.012, "ur": 0.008, "sq": 0.008}
"""Language that work with the child and family needs; an assumption."""

PEERS_AT_MOST = 3
SHORTEST_WORK_DAYS = 10.0


def refer(service: Service, day: float, case: Case, plan: PlanType) -> Case:
    """Record the referral of a case and let it wait."""
    service.note(
        day,
        CaseReferred(
            case_id=case.case_id,
            harm_types=case.harms if case.harms_known else None,
            risk=case.risk,
            priority=case.priority,
            plan=plan,
            needs=case.needs,
            languages=case.languages,
            area=case.area,
            sibling_group=case.siblings,
            peer_group=case.peers,
        ),
    )
    for group in (case.siblings, case.peers):
        if group is not None:
            service.groups.setdefault(group, []).append(case)
    service.waiting[case.case_id] = case
    service.cases_in_work += not case.held_back
    return case


def drawn_case(service: Service, day: float) -> Case:
    """Draw a case as the mixes of the service have it."""
    harms = drawn_harms(service)
    area = service.chance.choice(service.teams).area
    unassessed = service.happens(service.figures.number("unassessed_risk_rate"))
    needs = tuple(SKILL_FOR_HARM[harm] for harm in harms[:1] if service.happens(NEED_RATE))
    language = service.drawn(LANGUAGES)
    return Case(
        case_id=CaseId(service.next_number("c", 6)),
        harms=harms,
        harms_known=not service.happens(service.figures.number("unassessed_harm_rate")),
        risk=None if unassessed else drawn_risk(service),
        priority=Priority(service.drawn(service.figures.mix("priority_mix"))),
        needs=needs,
        languages=() if language == "en" else (language,),
        area=area,
        closes_on=day + SHORTEST_WORK_DAYS + service.chance.expovariate(closing_rate(service)),
    )


def drawn_harms(service: Service) -> tuple[HarmType, ...]:
    """Draw the main harm from the published mix, and at times a second; then those that have no factor of their own."""
    harms = [HarmType(service.drawn(service.harm_mix))]
    if service.happens(service.figures.number("additional_harm_rate")):
        second = HarmType(service.drawn(service.harm_mix))
        harms += [second] if second not in harms else []
    for factor, added, share in (
        (HarmType.CRIMINAL_EXPLOITATION, HarmType.COUNTY_LINES, "county_lines_share"),
        (HarmType.GANGS, HarmType.SERIOUS_YOUTH_VIOLENCE, "serious_youth_violence_share"),
    ):
        if factor in harms and added not in harms and service.happens(service.figures.number(share)):
            harms.append(added)
    return tuple(harms)


def drawn_risk(service: Service) -> RiskLevel:
    """Draw a risk level from the mix."""
    return RiskLevel(service.drawn(service.figures.mix("risk_mix")))


def drawn_plan(service: Service) -> PlanType:
    """Draw the statutory footing from the mix."""
    return PlanType(service.drawn(service.figures.mix("plan_mix")))


def closing_rate(service: Service) -> float:
    """Give how often work on an open case ends [1/day], so that its mean length agrees with the published figures."""
    return 1 / (DAYS_PER_YEAR / closures_per_case_year(service.figures) - SHORTEST_WORK_DAYS)


def join_peers(service: Service, case: Case) -> None:
    """Let a case join the newest peer group of its area, or begin one."""
    group = service.newest_peers.get(case.area)
    if group is None or not 0 < len(service.groups.get(group, ())) < PEERS_AT_MOST:
        group = GroupId(service.next_number("g", 5))
        service.newest_peers[case.area] = group
    case.peers = group
