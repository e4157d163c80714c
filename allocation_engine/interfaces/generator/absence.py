"""Annual leave and sickness."""

from functools import partial

from allocation_engine.interfaces.generator.figures import DAYS_PER_YEAR
from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import Worker
from domain.events.worker import WorkerAbsenceEnded, WorkerAbsenceStarted
from domain.vocabulary import AbsenceKind

LEAVE_LENGTHS_DAYS = (7.0, 7.0, 7.0, 14.0)
WORKING_SHARE_OF_DAYS = 5 / 7
END_KNOWN_RATE = 0.6
"""Share of sickness with an expected end; where it is not known it stays unset."""

TRY_AGAIN_DAYS = 5.0


def plan_absences(service: Service, day: float, worker: Worker) -> None:
    """Plan a worker's first leave and first sickness; each one plans the next."""
    _plan_leave(service, day, worker)
    _plan_sickness(service, day, worker)


def _plan_leave(service: Service, day: float, worker: Worker) -> None:
    days_a_year = service.figures.number("annual_leave_days") / WORKING_SHARE_OF_DAYS
    mean_length = sum(LEAVE_LENGTHS_DAYS) / len(LEAVE_LENGTHS_DAYS)
    every = DAYS_PER_YEAR / (days_a_year / mean_length)
    service.agenda.put(day + service.chance.uniform(0.5, 1.5) * every, partial(_go_on_leave, service, worker))


def _plan_sickness(service: Service, day: float, worker: Worker) -> None:
    rate = service.shape.absence_rate
    spell = service.figures.number("sickness_spell_days")
    per_year = DAYS_PER_YEAR * rate / (1 - rate) / spell
    service.agenda.put(service.next_after(day, per_year), partial(_fall_ill, service, worker))


def _go_on_leave(service: Service, worker: Worker, day: float) -> None:
    if worker.left:
        return
    if worker.absent:
        service.agenda.put(day + TRY_AGAIN_DAYS, partial(_go_on_leave, service, worker))
        return
    until = day + service.chance.choice(LEAVE_LENGTHS_DAYS)
    _be_away(service, day, until, worker, AbsenceKind.ANNUAL_LEAVE, known=True)
    _plan_leave(service, day, worker)


def _fall_ill(service: Service, worker: Worker, day: float) -> None:
    if worker.left:
        return
    if not worker.absent:
        spell = service.figures.number("sickness_spell_days")
        until = day + 1 + service.chance.expovariate(1 / (spell - 1))
        known = service.happens(END_KNOWN_RATE)
        _be_away(service, day, until, worker, AbsenceKind.SICKNESS, known=known)
    _plan_sickness(service, day, worker)


def _be_away(service: Service, day: float, until: float, worker: Worker, kind: AbsenceKind, *, known: bool) -> None:
    worker.absent = True
    back = service.clock.working(until)
    expected = service.clock.moment(back) if known else None
    event = WorkerAbsenceStarted(worker_id=worker.worker_id, kind=kind, expected_until=expected)
    # Leave is known beforehand; that somebody fell ill may be entered days later.
    (service.note if kind is AbsenceKind.ANNUAL_LEAVE else service.hear_of)(day, event)
    service.agenda.put(back, partial(_come_back, service, worker))


def _come_back(service: Service, worker: Worker, day: float) -> None:
    if not worker.left:
        worker.absent = False
        service.note(day, WorkerAbsenceEnded(worker_id=worker.worker_id))
