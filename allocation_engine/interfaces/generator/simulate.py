"""Runs the service day by day and tells its history as it becomes known."""

from collections.abc import Iterator
from functools import partial

from allocation_engine.interfaces.generator import (
    casework,
    learning,
    reorganisation,
    supervision,
    surveys,
    waiting,
    workforce,
)
from allocation_engine.interfaces.generator.figures import DAYS_PER_YEAR, closures_per_case_year
from allocation_engine.interfaces.generator.service import MANAGER, Service
from allocation_engine.interfaces.generator.shape import ServiceShape
from allocation_engine.interfaces.generator.state import Span, Team
from domain.events.base import EventRecord
from domain.events.service import PolicyAdopted, TeamFormed
from domain.identifiers import TeamId
from domain.policy.policy_set import PolicySet
from domain.vocabulary import Agency, Role

TEAMS_PER_AREA = 2
TEAMS_PER_MANAGER = 6
AGENCIES = (*(Agency.LOCAL_AUTHORITY,) * 2, Agency.YOUTH_JUSTICE, *(Agency.LOCAL_AUTHORITY,) * 2, Agency.HEALTH)
"""Who employs the teams, in turn; partners in a team are employed by their own agencies."""

CLIMATE_SPREAD = 0.5
OPENING_DAYS = 4.0
REGULATED_OVER_DAYS = 60.0
"""How fast referrals make up for a caseload off its mark: too few open cases bring more, too many bring fewer."""

FEWEST_REFERRALS_SHARE = 0.2
FEWEST_REFERRALS_PER_YEAR = 4.0
"""Referrals come in even while nobody is there to work."""


def generate(shape: ServiceShape, *, seed: int, policy: PolicySet | None = None) -> Iterator[EventRecord]:
    """Tell the history of a made-up service in the order in which it was recorded.

    The same shape, seed and policy give the same records, byte for byte. A policy set given is adopted on the first
    day. Memory is bounded by the service's present state, not by the length of its history.
    """
    service = Service(shape, seed=seed)
    _open(service, policy)
    known_by = service.history.known_by
    for day, action in service.agenda:
        action(day)
        yield from known_by(day)
    casework.settle(service, service.clock.end)
    yield from known_by(service.clock.end)


def _open(service: Service, policy: PolicySet | None) -> None:
    day = service.clock.working(0.0)
    if policy is not None:
        service.agenda.put(day, partial(_adopt, service, policy))
    service.agenda.put(day, partial(_form_teams, service))
    waiting.plan_waiting(service, day + OPENING_DAYS / 2)


def _adopt(service: Service, policy: PolicySet, day: float) -> None:
    event = PolicyAdopted(
        policy_set_id=policy.policy_set_id,
        effective_from=service.clock.moment(day),
        adopted_by=MANAGER,
        content=policy.to_mapping(),
    )
    service.note(day, event)


def _form_teams(service: Service, day: float) -> None:
    shape = service.shape
    teams = max(1, min(-(-shape.workers // shape.team_size), shape.workers // 2))
    for number in range(teams):
        team = _formed_team(service, day, number)
        members = shape.workers // teams + (number < shape.workers % teams)
        with_manager = teams > 1 and number % TEAMS_PER_MANAGER == 0
        for role in workforce.post_roles(service, members, with_manager=with_manager):
            agency = role is Role.SOCIAL_WORKER and service.evenly("agency") < shape.agency_rate
            workforce.join(service, team, role, day, opening=True, from_agency=agency)
        supervision.plan_group_sessions(service, day, team)
        learning.plan_peer_support(service, day, team)
        surveys.plan_surveys(service, day, team)
    reorganisation.plan_reorganisations(service)
    _carry_over_cases(service, day)


def _formed_team(service: Service, day: float, number: int) -> Team:
    team = Team(
        team_id=TeamId(service.next_number("t", 2)),
        area=f"area-{number // TEAMS_PER_AREA + 1:02d}",
        span=service.teams[-1].span if number % TEAMS_PER_MANAGER else Span(),
        agency=AGENCIES[number % len(AGENCIES)],
        climate=service.chance.gauss(0, CLIMATE_SPREAD),
    )
    team.span.teams.append(team)
    service.teams.append(team)
    service.teams_of_area.setdefault(team.area, []).append(team)
    service.note(day, TeamFormed(team_id=team.team_id, area=team.area))
    return team


def _wanted_cases(service: Service) -> float:
    return service.shape.caseload_per_fte * service.case_holder_fte


def _carry_over_cases(service: Service, day: float) -> None:
    """Let the cases that the service begins with arrive in its first days."""
    for _ in range(round(_wanted_cases(service) / casework.mean_family(service))):
        due = day + service.chance.uniform(0.05, OPENING_DAYS)
        service.agenda.put(due, partial(casework.receive, service))
    _plan_referral(service, day + OPENING_DAYS)


def _plan_referral(service: Service, day: float) -> None:
    wanted = _wanted_cases(service)
    steady = wanted * closures_per_case_year(service.figures)
    missing = (wanted - service.cases_in_work) * DAYS_PER_YEAR / REGULATED_OVER_DAYS
    cases_per_year = max(steady + missing, FEWEST_REFERRALS_SHARE * steady, FEWEST_REFERRALS_PER_YEAR)
    due = service.next_after(day, cases_per_year / casework.mean_family(service))
    service.agenda.put(due, partial(_receive_next, service))


def _receive_next(service: Service, day: float) -> None:
    casework.receive(service, day)
    _plan_referral(service, day)
