"""From the course of a case to the facts that the log should hold of it."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from allocation_engine.interfaces.importers.casework.course import Course, midnight, overlap
from allocation_engine.interfaces.importers.casework.holding import GivenUp, Passed, Step, Taken, steps_of
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseEvent,
    CaseReassigned,
    CaseReferred,
    CaseUnassigned,
    WorkerChangeExplained,
)
from domain.evolve.case import CaseState
from domain.identifiers import CaseId
from domain.vocabulary import AssignmentRole

Matter = tuple[str, ...]
Before = Callable[[datetime], CaseState]
"""Gives how the case stood at a moment, by what is on record and is not being told anew."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds by the other system's record.

    `part` names what of the other system's record says so, where that has parts.
    """

    event: CaseEvent
    day: date
    part: str = ""

    @property
    def at(self) -> datetime:
        """When it happened."""
        return midnight(self.day)

    @property
    def source_id(self) -> str:
        """The id made of what the fact means, so that the same fact is the same event again."""
        kind, case_id, *who = matter_of(self.event)
        return ":".join((kind, case_id, *filter(None, (self.part,)), *who, str(self.day)))


def is_of_part(source_id: str, parts: Container[str]) -> bool:
    """Tell whether a fact's source id names one of these parts: it stands third."""
    about = source_id.partition(":")[2].partition(":")[2]
    return about.partition(":")[0] in parts


def matter_of(event: CaseEvent) -> Matter:
    """Say what a fact is about apart from its day and details: of two of one matter, one may be the other put right."""
    kind = event.wire_name.removeprefix("case.")
    match event:
        case WorkerChangeExplained():
            return kind, event.case_id, event.worker_id
        case CaseAssigned() | CaseUnassigned():
            return kind, event.case_id, event.worker_id, *_unless_primary(event.role)
        case CaseReassigned():
            return kind, event.case_id, event.from_worker_id, event.to_worker_id, *_unless_primary(event.role)
        case _:
            return kind, event.case_id


def _unless_primary(role: AssignmentRole) -> Matter:
    return () if role is AssignmentRole.PRIMARY else (role.value,)


def facts_of(course: Course, before: Before) -> Iterator[Fact]:
    """Give the facts of every run, in order. What is on record as open before it began is carried on."""
    case_id = course.case_id
    for run in course.runs:
        state = before(midnight(run.start))
        if not state.is_open:
            yield Fact(CaseReferred(case_id=case_id, plan=run.plan, harm_types=run.harm_types), run.start, run.part)
        first = state.primary.worker_id if state.is_open and state.primary is not None else None
        for step in steps_of(run, course.stints, first):
            yield Fact(_event_of(case_id, step), step.day, run.part)
        for stint in course.stints:
            inside = overlap(stint, run)
            if inside is not None and inside.reason is not None:
                why = WorkerChangeExplained(case_id=case_id, worker_id=stint.worker_id, change_reason=inside.reason)
                yield Fact(why, inside.start, run.part)
        if run.end is not None:
            yield Fact(CaseClosed(case_id=case_id), run.end, run.part)


def _event_of(case_id: CaseId, step: Step) -> CaseEvent:
    match step:
        case Taken():
            return CaseAssigned(case_id=case_id, worker_id=step.worker_id, role=step.role)
        case Passed():
            return CaseReassigned(case_id=case_id, from_worker_id=step.giver, to_worker_id=step.taker)
        case GivenUp():
            return CaseUnassigned(case_id=case_id, worker_id=step.worker_id, role=step.role)
        case _:
            assert_never(step)
