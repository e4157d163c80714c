"""Who takes a case, as a busy service decides without help: by goodwill and memory, within hard limits.

The weights make work drift to a few experienced people, and heavy work most of all. That is the pattern that the
engine exists to show.
"""

from collections.abc import Iterator, Sequence

from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import HEAVY, Case, Team, Worker
from domain.vocabulary import CareerStage, RiskLevel, Role

OTHER_TEAMS_ASKED = 3
SPEAKS_THE_LANGUAGE = 8.0
HAS_THE_SKILLS = 1.5


def primary_for(service: Service, cases: Sequence[Case], *, ask_all: bool = False) -> Worker | None:
    """Choose one worker for these cases (siblings together), or nobody if nobody may or can.

    The teams of the area are asked first, then a few others, or all others if `ask_all`.
    """
    for team in _teams_in_turn(service, cases[0].area, ask_all=ask_all):
        chosen = primary_within(service, team, cases)
        if chosen is not None:
            return chosen
    return None


def primary_within(service: Service, team: Team, cases: Sequence[Case]) -> Worker | None:
    """Choose one worker of a team for these cases, or nobody."""
    willing = [member for member in team.members if all(may_be_primary(service, member, case) for case in cases)]
    weights = [_drift(member, cases[0]) for member in willing]
    return service.chance.choices(willing, weights=weights)[0] if willing else None


def may_be_primary(service: Service, worker: Worker, case: Case) -> bool:
    """Tell whether a worker may become the primary worker of a case now."""
    if worker.role is not Role.SOCIAL_WORKER or len(worker.cases) >= worker.room:
        return False
    if worker.stage is CareerStage.NEWLY_QUALIFIED and case.risk is RiskLevel.VERY_HIGH:
        return False
    return _may_work(service, worker, case)


def co_worker_for(service: Service, case: Case) -> Worker | None:
    """Choose a second worker from the primary worker's team, or nobody."""
    if case.primary is None:
        return None
    willing = [member for member in case.primary.team.members if not member.leads and _may_work(service, member, case)]
    weights = [member.pull / (1 + len(member.co_cases)) for member in willing]
    return service.chance.choices(willing, weights=weights)[0] if willing else None


def _may_work(service: Service, worker: Worker, case: Case) -> bool:
    if not worker.present or worker is case.primary or worker in case.co_workers or worker in case.conflicted:
        return False
    others = service.groups.get(case.peers, ()) if case.peers is not None else ()
    return not any(worker is peer.primary or worker in peer.co_workers for peer in others if peer is not case)


def _drift(worker: Worker, case: Case) -> float:
    weight = worker.pull**2 if case.risk in HEAVY else worker.pull
    weight *= 1 - len(worker.cases) / worker.room
    if case.languages and set(case.languages) <= set(worker.languages):
        weight *= SPEAKS_THE_LANGUAGE
    if case.needs and set(case.needs) <= set(worker.skills):
        weight *= HAS_THE_SKILLS
    return weight


def _teams_in_turn(service: Service, area: str, *, ask_all: bool) -> Iterator[Team]:
    near = service.teams_of_area[area]
    yield from service.chance.sample(near, len(near))
    others = service.teams if ask_all else service.chance.choices(service.teams, k=OTHER_TEAMS_ASKED)
    yield from (team for team in others if team.area != area)
