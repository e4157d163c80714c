"""Supervision: agreed with each worker, held, missed or called off; and the team's group session."""

from collections.abc import Sequence
from functools import partial

from allocation_engine.interfaces.generator import check_ins
from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import Team, Worker
from domain.events.practice import (
    FeedbackGiven,
    SupervisionAgreed,
    SupervisionCancelled,
    SupervisionHeld,
    SupervisionMissed,
)
from domain.vocabulary import CareerStage, Role, SupervisionKind

GROUP_EVERY_DAYS = 35.0
CASE_SESSION_RATE = 0.15
RATED_RATE = 0.6
QUALITY_MIX = {"1": 0.05, "2": 0.12, "3": 0.33, "4": 0.35, "5": 0.15}
LOST_TO_LOAD = 0.4
"""How much more often a session falls through for a worker who is full; supervision goes first when work presses."""

FULL = 1.25
"""From this fullness on; heavy cases count one and a half, so a full caseload with some heavy cases is not yet there."""

KEPT_BY_CLIMATE = 0.12
"""How much more often sessions are held for each point that the team's climate is better."""

MISSED_SHARE = 0.5
CONCERN_RATE = 0.06
MINUTES = {SupervisionKind.ONE_TO_ONE: 75, SupervisionKind.CASE: 45, SupervisionKind.GROUP: 90}
FEEDBACK_RATE = 0.12
FEEDBACK_ON = {
    SupervisionKind.ONE_TO_ONE: "supervision-one-to-one",
    SupervisionKind.CASE: "supervision-case",
    SupervisionKind.GROUP: "supervision-group",
}
EASED_PER_QUALITY = 0.1
GIVEN_ADDS = 0.04
"""A session eases a tenth of the strain for each point of its quality, and leaves a little with who gives it."""

REBOOKED_AFTER_DAYS = 5.0


def agree(service: Service, day: float, worker: Worker) -> None:
    """Agree on one-to-one supervision with a worker's supervisor, if there is one."""
    supervisor = worker.supervisor
    if supervisor is None:
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
    if worker.role is not Role.TEAM_MANAGER:
        due = day + service.about(_every_days(service, worker))
        service.agenda.put(due, partial(_session, service, worker))


def _session(service: Service, worker: Worker, day: float) -> None:
    supervisor = worker.supervisor
    if worker.left:
        return
    if supervisor is None:
        service.agenda.put(day + REBOOKED_AFTER_DAYS, partial(_session, service, worker))
    elif worker.present and supervisor.present and service.happens(_held_rate(service, worker)):
        _hold(service, day, supervisor, [worker], SupervisionKind.ONE_TO_ONE)
        if worker.fullness > FULL and service.happens(CONCERN_RATE):
            check_ins.raise_concern(service, day, worker)
        if service.happens(CASE_SESSION_RATE):
            service.agenda.put(day + 7, partial(_case_session, service, worker))
        plan_sessions(service, day, worker)
    else:
        _fall_through(service, day, worker, supervisor)


def _held_rate(service: Service, worker: Worker) -> float:
    pressed = LOST_TO_LOAD if worker.fullness > FULL else 0.0
    return service.figures.number("supervision_held_rate") + KEPT_BY_CLIMATE * worker.team.climate - pressed


def _fall_through(service: Service, day: float, worker: Worker, supervisor: Worker) -> None:
    """Record a session that was called off, and is booked again soon, or missed without a word until the next is due."""
    missed = supervisor.present and worker.present and service.happens(MISSED_SHARE)
    lost = SupervisionMissed if missed else SupervisionCancelled
    event = lost(worker_id=worker.worker_id, supervisor_id=supervisor.worker_id, kind=SupervisionKind.ONE_TO_ONE)
    service.write_up(day, event)
    if missed:
        plan_sessions(service, day, worker)
    else:
        service.agenda.put(day + service.about(2 * REBOOKED_AFTER_DAYS), partial(_session, service, worker))


def _case_session(service: Service, worker: Worker, day: float) -> None:
    supervisor = worker.supervisor
    if worker.present and supervisor is not None and supervisor.present:
        _hold(service, day, supervisor, [worker], SupervisionKind.CASE)


def plan_group_sessions(service: Service, day: float, team: Team) -> None:
    """Put a team's next group session on the agenda; each one plans the next."""
    service.agenda.put(day + service.about(GROUP_EVERY_DAYS), partial(_group_session, service, team))


def _group_session(service: Service, team: Team, day: float) -> None:
    supervisor = team.supervisor
    there = [member for member in team.members if member.present and not member.leads]
    if supervisor is not None and supervisor.present and len(there) > 1:
        _hold(service, day, supervisor, there, SupervisionKind.GROUP)
    plan_group_sessions(service, day, team)


def _hold(service: Service, day: float, supervisor: Worker, workers: Sequence[Worker], kind: SupervisionKind) -> None:
    rated = service.happens(RATED_RATE)
    quality = int(service.drawn(QUALITY_MIX))
    event = SupervisionHeld(
        supervisor_id=supervisor.worker_id,
        worker_ids=tuple(worker.worker_id for worker in workers),
        kind=kind,
        minutes=MINUTES[kind] + 5 * service.chance.randint(-3, 3),
        reflective_quality=quality if rated else None,
    )
    service.write_up(day, event)
    supervisor.add_strain(day, GIVEN_ADDS)
    for worker in workers:
        worker.ease_strain(day, EASED_PER_QUALITY * quality)
        if service.happens(FEEDBACK_RATE):
            rating = max(1, min(5, quality + service.chance.randint(-1, 1)))
            event_after = FeedbackGiven(worker_id=worker.worker_id, activity=FEEDBACK_ON[kind], rating=rating)
            service.note(day, event_after)
