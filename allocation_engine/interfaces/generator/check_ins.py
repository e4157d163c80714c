"""What workers choose to tell: voluntary check-ins, and concerns about capacity with their answers."""

from functools import partial

from allocation_engine.interfaces.generator.service import MANAGER, Service
from allocation_engine.interfaces.generator.state import Worker
from domain.events.worker import CapacityConcernAnswered, CapacityConcernRaised, CheckInRecorded
from domain.identifiers import PersonId

EVERY_DAYS = 7.0
LEAST, MOST = 1, 5
AT_EASE = 1.0
FULL_ADDS = 1.6
SPREAD = 0.7
"""A check-in is a felt load: what the cases and the last incidents make likely, and a good deal of chance."""

CONCERN_RATE = 0.35
ANSWERED_RATE = 0.7
ANSWERED_WITHIN_DAYS = (2.0, 20.0)


def plan_check_ins(service: Service, day: float, worker: Worker) -> None:
    """Let some workers, who choose to, check in most weeks. Others never do."""
    if service.evenly(f"check_in of {worker.from_agency}") < service.figures.number("check_in_rate"):
        service.agenda.put(day + service.chance.uniform(0, EVERY_DAYS), partial(_check_in, service, worker))


def _check_in(service: Service, worker: Worker, day: float) -> None:
    if worker.left:
        return
    if worker.present and service.happens(service.figures.number("check_in_week_rate")):
        likely = AT_EASE + FULL_ADDS * worker.fullness + worker.strain_at(day)
        felt = max(LEAST, min(MOST, round(likely + service.chance.gauss(0, SPREAD))))
        service.write_up(day, CheckInRecorded(worker_id=worker.worker_id, felt_load=felt))
        if felt == MOST and service.happens(CONCERN_RATE):
            raise_concern(service, day, worker)
    service.agenda.put(day + service.about(EVERY_DAYS), partial(_check_in, service, worker))


def raise_concern(service: Service, day: float, worker: Worker) -> None:
    """Record that a worker carries too much; mostly a leader answers, sooner or later."""
    service.note(day, CapacityConcernRaised(worker_id=worker.worker_id))
    if service.happens(ANSWERED_RATE):
        due = day + service.chance.uniform(*ANSWERED_WITHIN_DAYS)
        service.agenda.put(due, partial(_answer_concern, service, worker))


def _answer_concern(service: Service, worker: Worker, day: float) -> None:
    if not worker.left:
        manager = worker.team.span.manager
        by = MANAGER if manager is None or manager is worker else PersonId(manager.worker_id)
        service.note(day, CapacityConcernAnswered(worker_id=worker.worker_id, answered_by=by))
