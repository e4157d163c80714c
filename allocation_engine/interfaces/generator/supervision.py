"""Supervision: agreed with each worker, held, missed or called off; and the team's group session."""

from functools import partial

from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import Team, Worker
from domain.events.practice import SupervisionAgreed, SupervisionCancelled, SupervisionHeld, SupervisionMissed
from domain.identifiers import WorkerId
from domain.vocabulary import CareerStage, Role, SupervisionKind

GROUP_EVERY_DAYS = 35.0
CASE_SESSION_RATE = 0.15
RATED_RATE = 0.6
QUALITY_MIX = {"1": 0.05, "2": 0.12, "3": 0.33, "4": 0.35, "5": 0.15}
LOST_TO_LOAD = 0.25
"""How much more often a session falls through for a worker who is full; supervision goes first when work presses."""

FULL = 1.25
"""From this fullness on; heavy cases count one and a half, so a full caseload with some heavy cases is not yet there."""

MISSED_SHARE = 0.4
REBOOKED_AFTER_DAYS = 4.0


def agree(service: Service, day: float, worker: Worker) -> None:
    """Agree on one-to-one supervision with the team's supervisor, if it has one."""
    supervisor = worker.team.supervisor
    if supervisor is None or worker.role is Role.SUPERVISOR:
        return
    service.note(
        day,
        SupervisionAgreed(
            worker_id=worker.worker_id,
            supervisor_id=supervisor.worker_id,
            kind=SupervisionKind.ONE_TO_ONE,
            every_days=_every_days(service, worker),
        ),
    )


def _every_days(service: Service, worker: Worker) -> int:
    newly = worker.stage is CareerStage.NEWLY_QUALIFIED
    name = "newly_qualified_supervision_every_days" if newly else "supervision_every_days"
    return round(service.figures.number(name))


def plan_sessions(service: Service, day: float, worker: Worker) -> None:
    """Put a worker's next due session on the agenda; each one plans the next."""
    if worker.role is not Role.SUPERVISOR:
        due = day + service.about(_every_days(service, worker))
        service.agenda.put(due, partial(_session, service, worker))


def _session(service: Service, worker: Worker, day: float) -> None:
    supervisor = worker.team.supervisor
    if worker.left:
        return
    if supervisor is None or worker.absent:
        service.agenda.put(day + REBOOKED_AFTER_DAYS, partial(_session, service, worker))
        return
    held_rate = service.figures.number("supervision_held_rate") - (LOST_TO_LOAD if worker.fullness > FULL else 0.0)
    if supervisor.present and service.happens(held_rate):
        _hold(service, day, supervisor.worker_id, (worker.worker_id,), SupervisionKind.ONE_TO_ONE, 75)
        if service.happens(CASE_SESSION_RATE):
            service.agenda.put(day + 7, partial(_case_session, service, worker))
        plan_sessions(service, day, worker)
    else:
        _fall_through(service, day, worker, supervisor)


def _fall_through(service: Service, day: float, worker: Worker, supervisor: Worker) -> None:
    """Record a session that was called off, and is booked again soon, or missed without a word until the next is due."""
    missed = supervisor.present and service.happens(MISSED_SHARE)
    lost = SupervisionMissed if missed else SupervisionCancelled
    event = lost(worker_id=worker.worker_id, supervisor_id=supervisor.worker_id, kind=SupervisionKind.ONE_TO_ONE)
    service.write_up(day, event)
    if missed:
        plan_sessions(service, day, worker)
    else:
        service.agenda.put(day + service.about(2 * REBOOKED_AFTER_DAYS), partial(_session, service, worker))


def _case_session(service: Service, worker: Worker, day: float) -> None:
    supervisor = service.some_supervisor(worker)
    if worker.present and supervisor is not None:
        _hold(service, day, supervisor, (worker.worker_id,), SupervisionKind.CASE, 45)


def plan_group_sessions(service: Service, day: float, team: Team) -> None:
    """Put a team's next group session on the agenda; each one plans the next."""
    service.agenda.put(day + service.about(GROUP_EVERY_DAYS), partial(_group_session, service, team))


def _group_session(service: Service, team: Team, day: float) -> None:
    supervisor = team.supervisor
    there = [member.worker_id for member in team.members if member.present and member is not supervisor]
    if supervisor is not None and supervisor.present and len(there) > 1:
        _hold(service, day, supervisor.worker_id, tuple(there), SupervisionKind.GROUP, 90)
    plan_group_sessions(service, day, team)


def _hold(
    service: Service, day: float, by: WorkerId, workers: tuple[WorkerId, ...], kind: SupervisionKind, about: int
) -> None:
    quality = int(service.drawn(QUALITY_MIX)) if service.happens(RATED_RATE) else None
    minutes = about + 5 * service.chance.randint(-3, 3)
    event = SupervisionHeld(
        supervisor_id=by, worker_ids=workers, kind=kind, minutes=minutes, reflective_quality=quality
    )
    service.write_up(day, event)
