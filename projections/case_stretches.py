"""Stretches: who held a case from when to when, and how did it come and go? Asked of a case's or a worker's history.

Read from the caseload's own rows; no row of its own is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.events.case import CaseClosed, CaseEvent, CaseReassigned
from domain.evolve.case import CaseState, evolve_case
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole
from projections.case_files import case_id_of
from projections.dated_events import DatedEvent, Dossier


class Came(StrEnum):
    """How a worker came to hold a case."""

    ASSIGNED = "assigned"
    TAKEN_OVER = "taken_over"


class Went(StrEnum):
    """How a worker came to hold it no longer."""

    GIVEN_UP = "given_up"
    PASSED_ON = "passed_on"
    CHANGED_ROLE = "changed_role"
    CASE_CLOSED = "case_closed"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in which one worker held one case in one role; `until` is None while it is held.

    `previous_holder` and `next_holder` are who it was taken over from and passed on to, where it passed in one step.
    """

    case_id: CaseId
    worker_id: WorkerId
    role: AssignmentRole
    since: datetime
    came: Came
    previous_holder: WorkerId | None = None
    until: datetime | None = None
    went: Went | None = None
    next_holder: WorkerId | None = None


Holding = tuple[WorkerId, AssignmentRole]


def stretches_of_case(key: str, row: Dossier, as_at: datetime, known_at: datetime | None = None) -> tuple[Stretch, ...]:
    """Give every stretch in which somebody held a case up to a moment, in order."""
    return row.worked_out(key, _stretches, as_at, known_at)


def _stretches(key: str, told: Sequence[DatedEvent]) -> tuple[Stretch, ...]:
    state = CaseState(case_id=case_id_of(key))
    running: dict[Holding, Stretch] = {}
    ended: list[Stretch] = []
    for dated in told:
        event, at = dated.event(), dated.at
        if not isinstance(event, CaseEvent):
            continue
        before, state = state, evolve_case(state, event, at)
        passed = _passed_on(before, state, event)
        holders = set(_holders(state))
        ended.extend(_ended(running.pop(one), event, at, holders, passed) for one in set(running) - holders)
        running.update({one: _begun(state.case_id, one, at, passed) for one in holders - set(running)})
    found = [*ended, *running.values()]
    return tuple(sorted(found, key=lambda one: (one.since, one.role is AssignmentRole.CO_WORKER, one.worker_id)))


def stretches_of_worker(
    worker_id: WorkerId, rows: Mapping[str, Dossier], as_at: datetime, known_at: datetime | None = None
) -> tuple[Stretch, ...]:
    """Give every stretch in which a worker held a case up to a moment, in order of when it began."""
    found = [
        one
        for key, row in rows.items()
        for one in stretches_of_case(key, row, as_at, known_at)
        if one.worker_id == worker_id
    ]
    return tuple(sorted(found, key=lambda one: (one.since, one.case_id, one.role)))


def _holders(state: CaseState) -> Iterator[Holding]:
    """Name who holds the case; an assignment after it was closed holds nothing until it is referred anew."""
    if not state.is_open:
        return
    if state.primary is not None:
        yield state.primary.worker_id, AssignmentRole.PRIMARY
    for holder in state.co_workers:
        yield holder.worker_id, AssignmentRole.CO_WORKER


def _passed_on(before: CaseState, after: CaseState, event: CaseEvent) -> tuple[Holding, Holding] | None:
    """Say who the case passed from and to in one step: by reassignment, or by assigning it past the one who held it."""
    if isinstance(event, CaseReassigned) and event.role is AssignmentRole.CO_WORKER:
        held = before.holds(event.from_worker_id, event.role)
        return ((event.from_worker_id, event.role), (event.to_worker_id, event.role)) if held else None
    if before.primary is None or after.primary is None or before.primary.worker_id == after.primary.worker_id:
        return None
    role = AssignmentRole.PRIMARY
    return (before.primary.worker_id, role), (after.primary.worker_id, role)


def _begun(case_id: CaseId, holding: Holding, at: datetime, passed: tuple[Holding, Holding] | None) -> Stretch:
    worker_id, role = holding
    if passed is not None and passed[1] == holding:
        return Stretch(case_id, worker_id, role, at, Came.TAKEN_OVER, previous_holder=passed[0][0])
    return Stretch(case_id, worker_id, role, at, Came.ASSIGNED)


def _ended(
    stretch: Stretch, event: CaseEvent, at: datetime, holders: set[Holding], passed: tuple[Holding, Holding] | None
) -> Stretch:
    if isinstance(event, CaseClosed):
        return replace(stretch, until=at, went=Went.CASE_CLOSED)
    if passed is not None and passed[0] == (stretch.worker_id, stretch.role):
        return replace(stretch, until=at, went=Went.PASSED_ON, next_holder=passed[1][0])
    if any(worker_id == stretch.worker_id for worker_id, _ in holders):
        return replace(stretch, until=at, went=Went.CHANGED_ROLE)
    return replace(stretch, until=at, went=Went.GIVEN_UP)
