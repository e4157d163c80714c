"""Worker load: what is each worker carrying, and why? Asked by the worker first, then by supervisors and managers.

A worker's row holds the dated facts of their own account, a case's row those that all its holders share. Load itself
is never stored: it depends on the moment that is asked about.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, cast, get_args

from pydantic import Field, TypeAdapter

from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent, EventRecord
from domain.events.case import ConflictOfInterestDeclared, ConflictOfInterestLifted
from domain.events.corrections import PersonErased
from domain.events.practice import (
    FeedbackGiven,
    FollowUpCompleted,
    LearningAttended,
    ServiceDevelopmentJoined,
    SupervisionAgreed,
    SupervisionCancelled,
    SupervisionMissed,
)
from domain.events.service import ServiceEvent
from domain.events.worker import (
    CapacityConcernAnswered,
    CapacityConcernRaised,
    CheckInRecorded,
    WorkerMovedTeam,
    WorkerSkillGained,
)
from domain.identifiers import CaseId, WorkerId
from domain.load.account import LoadAccount, load_account
from domain.load.facts import CaseFact, CaseHistory, CaseTaken, WorkerFact, WorkerHistory, with_facts, without_event
from domain.load.facts_from_events import LOAD_EVENTS, case_facts, worker_facts
from domain.load.parameters import LoadParameters
from projections.corrections import CORRECTIONS, effect_of, subjects
from projections.projection import Projection

HANDLES: frozenset[type[DomainEvent]] = LOAD_EVENTS | CORRECTIONS
IGNORES: frozenset[type[DomainEvent]] = frozenset(
    {
        WorkerMovedTeam,
        WorkerSkillGained,
        CheckInRecorded,
        CapacityConcernRaised,
        CapacityConcernAnswered,
        ConflictOfInterestDeclared,
        ConflictOfInterestLifted,
        FollowUpCompleted,
        SupervisionAgreed,
        SupervisionMissed,
        SupervisionCancelled,
        LearningAttended,
        ServiceDevelopmentJoined,
        FeedbackGiven,
        *get_args(ServiceEvent),
        *get_args(AllocationEvent),
        PersonErased,
    },
)
"""None of these adds to a load or eases it; a new event must be put here or into the model."""

Row = tuple[Annotated[WorkerFact | CaseFact, Field(discriminator="fact")], ...]


def keys(record: EventRecord) -> tuple[str, ...]:
    """Give the rows of the workers and of the case that a record is about."""
    return subjects(record, "worker", "case")


def apply(row: Row | None, key: str, record: EventRecord) -> Row | None:
    """Put the record's facts about this worker or case in their place in time, or take the corrected ones out."""
    effect = effect_of(record)
    kept: Row = row or ()
    if effect.drop is not None:
        kept = without_event(kept, effect.drop)
    if effect.put is not None and key in effect.put.event.tags():
        kept = with_facts(kept, _facts(key, effect.put))
    return kept or None


def _facts(key: str, record: EventRecord) -> Row:
    prefix, _, subject = key.partition(":")
    return worker_facts(record, WorkerId(subject)) if prefix == "worker" else case_facts(record)


def cases_of(history: WorkerHistory) -> set[str]:
    """Give the row keys of every case the worker ever took: what an account needs beside the worker's own row."""
    return {f"case:{fact.case_id}" for fact in history if isinstance(fact, CaseTaken)}


def account(
    worker_id: WorkerId,
    rows: Mapping[str, Row],
    parameters: LoadParameters,
    as_at: datetime,
) -> LoadAccount:
    """Draw up a worker's account from the rows of the worker and of their cases."""
    history = history_of(f"worker:{worker_id}", rows)
    cases = {CaseId(key.removeprefix("case:")): cast("CaseHistory", rows.get(key, ())) for key in cases_of(history)}
    return load_account(worker_id, history, cases, parameters, as_at)


def history_of(key: str, rows: Mapping[str, Row]) -> WorkerHistory:
    """Give a worker's facts; none, if nothing was heard of them."""
    return cast("WorkerHistory", rows.get(key, ()))


WORKER_LOAD = Projection[Row](
    name="worker-load",
    version=1,
    handles=HANDLES,
    ignores=IGNORES,
    keys=keys,
    apply=apply,
    rows=TypeAdapter(Row),
)
