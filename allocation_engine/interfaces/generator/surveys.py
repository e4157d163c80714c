"""The foundations survey: about twice a year, team by team; some answer, and nobody says who they are."""

from functools import partial
from statistics import fmean

from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import Team
from domain.events.service import FoundationScore, FoundationsSurveyAnswered
from domain.vocabulary import Foundation

OPEN_FOR_DAYS = 12.0
LEFT_OUT_RATE = 0.05
MIDDLE = 3.4
SPREAD = 0.8
WORN_DOWN = {Foundation.WELLBEING: 1.4, Foundation.SECURE_BASE: 0.7}
"""How many points a foundation loses where the team is full once over; others lose less."""

WORN_DOWN_ELSEWHERE = 0.3
LOWEST, HIGHEST = 1, 5


def plan_surveys(service: Service, day: float, team: Team) -> None:
    """Put a team's first survey on the agenda; each one plans the next."""
    every = service.figures.number("survey_every_days")
    service.agenda.put(day + service.chance.uniform(0.1, 1.0) * every, partial(_survey, service, team))


def _survey(service: Service, team: Team, day: float) -> None:
    rate = service.figures.number("survey_answer_rate")
    for member in team.members:
        if member.present and service.happens(rate):
            service.agenda.put(day + service.chance.uniform(0.0, OPEN_FOR_DAYS), partial(_answer, service, team))
    service.agenda.put(
        day + service.about(service.figures.number("survey_every_days")), partial(_survey, service, team)
    )


def _answer(service: Service, team: Team, day: float) -> None:
    pressed = fmean(member.fullness for member in team.members) - 1 if team.members else 0.0
    scores = tuple(
        FoundationScore(foundation=foundation, score=_score(service, team, foundation, pressed))
        for foundation in Foundation
        if not service.happens(LEFT_OUT_RATE)
    )
    if scores:
        service.note(day, FoundationsSurveyAnswered(team_id=team.team_id, scores=scores))


def _score(service: Service, team: Team, foundation: Foundation, pressed: float) -> int:
    lost = WORN_DOWN.get(foundation, WORN_DOWN_ELSEWHERE) * pressed
    drawn = round(MIDDLE + team.climate - lost + service.chance.gauss(0, SPREAD))
    return max(LOWEST, min(HIGHEST, drawn))
