"""A team closes and its people carry on in a new one: what a reorganisation looks like in the record."""

from functools import partial

from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import Team
from domain.events.service import TeamClosed, TeamFormed
from domain.events.worker import WorkerMovedTeam
from domain.identifiers import TeamId

ONE_TEAM_IN = 8
FEWEST_TEAMS = 2
WITHIN = (0.3, 0.7)
"""When in the history a team may be reorganised, as shares of its length."""


def plan_reorganisations(service: Service) -> None:
    """Choose the teams to reorganise, at least one where there is more than one team, and when."""
    if len(service.teams) < FEWEST_TEAMS:
        return
    for team in service.chance.sample(service.teams, max(1, len(service.teams) // ONE_TEAM_IN)):
        due = service.chance.uniform(*WITHIN) * service.clock.days
        service.agenda.put(due, partial(_reorganise, service, team))


def _reorganise(service: Service, team: Team, day: float) -> None:
    closed, team.team_id = team.team_id, TeamId(service.next_number("t", 2))
    service.note(day, TeamFormed(team_id=team.team_id, area=team.area))
    for member in team.members:
        service.note(day, WorkerMovedTeam(worker_id=member.worker_id, team_id=team.team_id))
    service.note(day, TeamClosed(team_id=closed))
