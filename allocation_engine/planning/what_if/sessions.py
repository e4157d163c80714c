"""Sessions still to come: those of the last quarter over again, and what a scenario restores or cuts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allocation_engine.planning.what_if.changes import Change, SupervisionChange
from allocation_engine.planning.what_if.overlay import Overlay
from allocation_engine.planning.what_if.record import DAY, SESSIONS_REPEATED, ServiceRecord, Session
from domain.identifiers import WorkerId
from domain.load import LoadParameters, TwoCompartments
from domain.load.exposure import supervision_given_impulse
from domain.load.facts import SupervisionGiven
from domain.load.parameters import ReliefKind

MID_WEEK = 2.4
"""Days into a week on which sessions that a scenario brings are held: a Wednesday morning."""


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session still to come, `at` so many days after the beginning: had (an advance of the clock), or given (points)."""

    place: int
    at: float
    points: TwoCompartments
    is_given: bool


def planned_sessions(
    record: ServiceRecord, overlay: Overlay, changes: tuple[Change, ...], parameters: LoadParameters, weeks: int
) -> Iterator[PlannedSession]:
    """Give every session of the weeks to come. A change of supervision bears on those who are supervised only."""
    turns = [one for one in changes if isinstance(one, SupervisionChange)]
    for place, worker in enumerate(overlay.workers):
        theirs = [one for one in turns if _concerns(one, worker, overlay)]
        for at, fact in _repeated(record, worker, weeks):
            if isinstance(fact, SupervisionGiven):
                yield PlannedSession(place, at, supervision_given_impulse(fact, parameters), is_given=True)
            elif not any(_in_force(one, at, weeks) for one in theirs):
                yield PlannedSession(place, at, _advance(fact.kind, parameters), is_given=False)
        for one in theirs:
            for at in _regular(one, weeks):
                yield PlannedSession(place, at, _advance(ReliefKind(one.session.value), parameters), is_given=False)


def _advance(kind: ReliefKind, parameters: LoadParameters) -> TwoCompartments:
    relief = parameters.relief[kind]
    return TwoCompartments(relief.acute.value, relief.cumulative.value)


def _repeated(record: ServiceRecord, worker: WorkerId, weeks: int) -> Iterator[tuple[float, Session]]:
    """Repeat a worker's sessions of the last quarter, quarter after quarter."""
    for fact in record.sessions.get(worker, ()):
        at: datetime = fact.at + SESSIONS_REPEATED
        while at <= record.begins:
            at += SESSIONS_REPEATED
        while at < record.begins + timedelta(weeks=weeks):
            yield (at - record.begins) / DAY, fact
            at += SESSIONS_REPEATED


def _concerns(change: SupervisionChange, worker: WorkerId, overlay: Overlay) -> bool:
    if change.workers:
        return worker in change.workers
    state = overlay.states[change.week - 1].get(worker)
    return state is not None and change.team in {None, state.team_id}


def _in_force(change: SupervisionChange, at: float, weeks: int) -> bool:
    until = weeks if change.weeks is None else change.week - 1 + change.weeks
    return 7.0 * (change.week - 1) <= at < 7.0 * until


def _regular(change: SupervisionChange, weeks: int) -> Iterator[float]:
    if change.every_days is None:
        return
    until = 7.0 * min(weeks, weeks if change.weeks is None else change.week - 1 + change.weeks)
    at = 7.0 * (change.week - 1) + MID_WEEK
    while at < until:
        yield at
        at += change.every_days
