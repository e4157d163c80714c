"""Workers join, qualify, change hours or team, and leave; a vacant post is filled after a while."""

from collections.abc import Sequence
from functools import partial

from allocation_engine.interfaces.generator import absence, casework, check_ins, learning, supervision
from allocation_engine.interfaces.generator.figures import DAYS_PER_YEAR, uncovered_vacancy_share
from allocation_engine.interfaces.generator.referral import LANGUAGES, SKILLS
from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import LEADERS, Team, Worker
from domain.events.worker import (
    WorkerHoursChanged,
    WorkerLeft,
    WorkerMovedTeam,
    WorkerRegistered,
    WorkerStageChanged,
)
from domain.identifiers import WorkerId
from domain.vocabulary import Agency, CareerStage, Role

PARTNERS = (
    (Role.YOUTH_WORKER, Agency.VOLUNTARY_SECTOR),
    (Role.SPECIALIST_NURSE, Agency.HEALTH),
    (Role.POLICE_OFFICER, Agency.POLICE),
    (Role.FAMILY_SUPPORT_WORKER, Agency.LOCAL_AUTHORITY),
)
AGENCY_OF_PARTNER = dict(PARTNERS)
FTES = ((1.0, 0.74), (0.8, 0.92), (0.6, 1.0))
"""Hours as a share of full time, each with the share of workers who have those or more; an assumption."""

ADVANCED_SHARE = 0.3
MANAGED_FROM = 4
"""A manager's post takes a place in a team of so many or more."""

ACCESS_SPREAD = 0.35
ACCESS_OF_PART_TIME, ACCESS_OF_AGENCY_WORKERS, ACCESS_OF_NEWLY_QUALIFIED = 0.6, 0.4, 1.4
"""Part-time and agency workers get to less learning and peer support, the newly qualified to more; an assumption."""

PULL_BY_STAGE = {CareerStage.NEWLY_QUALIFIED: 0.5, CareerStage.EXPERIENCED: 1.0, CareerStage.ADVANCED: 1.8}
ROOM_BY_STAGE = {CareerStage.EXPERIENCED: 1.35, CareerStage.ADVANCED: 1.7}
"""Most cases as a share of the caseload per full-time worker: the willing go far beyond it; an assumption."""

SPEAKS_ANOTHER_RATE = 0.2
HOURS_REVIEWED_PER_YEAR = 0.2
MOVED_TEAM_PER_YEAR = 0.05


def post_roles(service: Service, members: int, *, with_manager: bool) -> list[Role]:
    """Give the roles of a team's posts: a supervisor if there is anybody to supervise, partners, social workers.

    One team of a span has the manager, too, if it has the people.
    """
    lead = [Role.SUPERVISOR] if members > 1 else []
    if with_manager and members >= MANAGED_FROM:
        lead.append(Role.TEAM_MANAGER)
    partner_rate = service.figures.number("partner_rate")
    partners = sum(1 for _ in range(members) if service.evenly("partner") < partner_rate)
    partners = min(partners, members - len(lead) - 1)
    others = [service.chance.choice(PARTNERS)[0] for _ in range(partners)]
    return lead + others + [Role.SOCIAL_WORKER] * (members - len(others) - len(lead))


def join(service: Service, team: Team, role: Role, day: float, *, opening: bool, from_agency: bool) -> None:
    """Register a new worker in a team and plan their working life."""
    stage = _drawn_stage(service, role, opening=opening)
    fte = _drawn_fte(service, role)
    worker = Worker(
        worker_id=WorkerId(service.next_number("w", 4)),
        role=role,
        team=team,
        fte=fte,
        stage=stage,
        pull=PULL_BY_STAGE[stage] * service.chance.lognormvariate(0.0, 0.45),
        from_agency=from_agency,
        skills=service.chance.sample(SKILLS, service.chance.randint(1, 3)),
        languages=_drawn_languages(service),
        access=_drawn_access(service, stage, fte, from_agency=from_agency),
    )
    team.members.append(worker)
    service.note(
        day,
        WorkerRegistered(
            worker_id=worker.worker_id,
            agency=AGENCY_OF_PARTNER.get(role, team.agency),
            role=role,
            team_id=team.team_id,
            fte=worker.fte,
            stage=stage,
            area=team.area,
            skills=tuple(worker.skills),
            languages=worker.languages,
        ),
    )
    _set_room(service, worker)
    _count_hours(service, worker, worker.fte)
    if worker.leads:
        take_over_supervision(service, day, worker)
    else:
        supervision.agree(service, day, worker)
    _plan_working_life(service, day, worker, opening=opening)


def take_over_supervision(service: Service, day: float, supervisor: Worker) -> None:
    """Make a worker the supervisor of the team, or the manager of its span, and agree anew with all supervised."""
    team = supervisor.team
    if supervisor.role is Role.TEAM_MANAGER:
        team.span.manager = supervisor
        supervised = [one.supervisor for one in team.span.teams if one.supervisor is not None]
    else:
        team.supervisor = supervisor
        supervised = team.members
    for worker in supervised:
        supervision.agree(service, day, worker)


def _drawn_stage(service: Service, role: Role, *, opening: bool) -> CareerStage:
    if role in LEADERS:
        return CareerStage.ADVANCED
    newly = service.shape.newly_qualified_rate if role is Role.SOCIAL_WORKER else 0.0
    if not opening and newly:
        newly = min(0.9, newly / max(_leaving_rate(service), 0.1))
    if service.happens(newly):
        return CareerStage.NEWLY_QUALIFIED
    return CareerStage.ADVANCED if service.happens(ADVANCED_SHARE) else CareerStage.EXPERIENCED


def _drawn_fte(service: Service, role: Role) -> float:
    at = service.evenly(f"fte of {role}")
    return next(fte for fte, up_to in FTES if at < up_to)


def _drawn_access(service: Service, stage: CareerStage, fte: float, *, from_agency: bool) -> float:
    access = service.chance.lognormvariate(0.0, ACCESS_SPREAD)
    if fte < 1:
        access *= ACCESS_OF_PART_TIME
    if from_agency:
        access *= ACCESS_OF_AGENCY_WORKERS
    return access * (ACCESS_OF_NEWLY_QUALIFIED if stage is CareerStage.NEWLY_QUALIFIED else 1.0)


def _drawn_languages(service: Service) -> tuple[str, ...]:
    others = [language for language in LANGUAGES if language != "en"]
    return ("en", service.chance.choice(others)) if service.happens(SPEAKS_ANOTHER_RATE) else ("en",)


def _plan_working_life(service: Service, day: float, worker: Worker, *, opening: bool) -> None:
    supervision.plan_sessions(service, day, worker)
    learning.plan_learning(service, day, worker)
    check_ins.plan_check_ins(service, day, worker)
    absence.plan_absences(service, day, worker)
    agency_turnover = service.figures.number("agency_worker_turnover")
    leaves = service.next_after(day, agency_turnover if worker.from_agency else service.shape.turnover_rate)
    service.agenda.put(leaves, partial(_leave, service, worker))
    service.agenda.put(service.next_after(day, HOURS_REVIEWED_PER_YEAR), partial(_change_hours, service, worker))
    service.agenda.put(service.next_after(day, MOVED_TEAM_PER_YEAR), partial(_move_team, service, worker))
    if worker.stage is CareerStage.NEWLY_QUALIFIED:
        served = service.chance.random() if opening else 0.0
        service.agenda.put(day + DAYS_PER_YEAR * (1.05 - served), partial(_qualify, service, worker))


def _set_room(service: Service, worker: Worker) -> None:
    if worker.role is not Role.SOCIAL_WORKER:
        return
    newly = service.figures.number("newly_qualified_caseload_share")
    share = ROOM_BY_STAGE.get(worker.stage, newly)
    worker.room = max(1, round(share * service.shape.caseload_per_fte * worker.fte))


def _qualify(service: Service, worker: Worker, day: float) -> None:
    if not worker.left:
        worker.stage = CareerStage.EXPERIENCED
        worker.pull *= 1.5
        _set_room(service, worker)
        service.note(day, WorkerStageChanged(worker_id=worker.worker_id, stage=worker.stage))
        supervision.agree(service, day, worker)


def _change_hours(service: Service, worker: Worker, day: float) -> None:
    if worker.left:
        return
    fte = _drawn_fte(service, worker.role)
    if fte != worker.fte:
        _count_hours(service, worker, fte - worker.fte)
        worker.fte = fte
        _set_room(service, worker)
        service.note(day, WorkerHoursChanged(worker_id=worker.worker_id, fte=fte))
    service.agenda.put(service.next_after(day, HOURS_REVIEWED_PER_YEAR), partial(_change_hours, service, worker))


def _move_team(service: Service, worker: Worker, day: float) -> None:
    """Move a worker to the smallest other team of the area, if there is one; their cases go along."""
    near: Sequence[Team] = [team for team in service.teams_of_area[worker.team.area] if team is not worker.team]
    if worker.left or worker.leads or not near:
        return
    smallest = min(near, key=lambda team: len(team.members))
    if len(smallest.members) < service.shape.team_size:
        worker.team.members.remove(worker)
        worker.team = smallest
        smallest.members.append(worker)
        service.note(day, WorkerMovedTeam(worker_id=worker.worker_id, team_id=smallest.team_id))
        supervision.agree(service, day, worker)


def _leave(service: Service, worker: Worker, day: float) -> None:
    worker.left = True
    casework.give_up_all(service, day, worker)
    team = worker.team
    team.members.remove(worker)
    _count_hours(service, worker, -worker.fte)
    if team.supervisor is worker:
        team.supervisor = None
    if team.span.manager is worker:
        team.span.manager = None
    service.note(day, WorkerLeft(worker_id=worker.worker_id))
    vacant = uncovered_vacancy_share(service.figures)
    mean_days = DAYS_PER_YEAR * vacant / (1 - vacant) / max(_leaving_rate(service), 0.02)
    filled = day + service.chance.uniform(0.5, 1.5) * mean_days
    # An agency worker is followed by another: so their share of the posts stays as it is.
    service.agenda.put(
        filled,
        partial(join, service, team, worker.role, opening=False, from_agency=worker.from_agency),
    )


def _leaving_rate(service: Service) -> float:
    """Give leavers per worker and year [1/year], agency workers included."""
    agency = service.shape.agency_rate
    return service.shape.turnover_rate * (1 - agency) + service.figures.number("agency_worker_turnover") * agency


def _count_hours(service: Service, worker: Worker, fte: float) -> None:
    if worker.role is Role.SOCIAL_WORKER:
        service.case_holder_fte += fte
