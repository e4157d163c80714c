"""Waiting cases: which open cases have no primary worker, since when, and what do they need? Asked before allocating."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from domain.events.base import DomainEvent, EventRecord
from domain.events.registry import REGISTRY
from domain.evolve.case import CaseState
from domain.vocabulary import Priority
from projections.case_files import CASE_EVENTS, case_as_at
from projections.corrections import CORRECTIONS, subjects
from projections.dated_events import Dossier, keep_dated
from projections.projection import Projection

HANDLES: frozenset[type[DomainEvent]] = CASE_EVENTS | CORRECTIONS
IGNORES = REGISTRY.classes - HANDLES


def keys(record: EventRecord) -> tuple[str, ...]:
    """Give the row of the case that a record is about."""
    return subjects(record, "case")


def apply(row: Dossier | None, key: str, record: EventRecord) -> Dossier | None:
    """Keep the record in the case's row, in its place in time."""
    return keep_dated(row, key, record, HANDLES)


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """An open case without a primary worker, and how long it has waited [day]."""

    case: CaseState
    waiting_days: float


def waiting(rows: Mapping[str, Dossier], as_at: datetime) -> tuple[WaitingCase, ...]:
    """Give the waiting cases as at a moment: most urgent first, then longest waiting."""
    order = list(Priority)
    found: list[WaitingCase] = []
    for key, row in rows.items():
        case = case_as_at(key, row, as_at)
        if case.is_waiting:
            since = case.waiting_since or as_at
            found.append(WaitingCase(case, (as_at - since).total_seconds() / 86_400))
    found.sort(key=lambda one: (order.index(one.case.priority), -one.waiting_days, one.case.case_id))
    return tuple(found)


WAITING_CASES = Projection[Dossier](
    name="waiting-cases",
    version=1,
    handles=HANDLES,
    ignores=IGNORES,
    keys=keys,
    apply=apply,
    rows=TypeAdapter(Dossier),
)
