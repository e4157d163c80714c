"""Worker load: what is each worker carrying, and why? Asked by the worker first, then by supervisors and managers.

A worker's row holds the dated facts of their own account, a case's row those that all its holders share. Load itself
is never stored: it depends on the moment that is asked about.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import cast, get_args

import numpy as np

from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent, EventRecord
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
from domain.load.facts import CaseHistory, CaseTaken, WorkerHistory
from domain.load.facts_from_events import LOAD_EVENTS, case_facts, worker_facts
from domain.load.parameters import LoadParameters
from projections.case_files import HOLDING_UNCHANGED
from projections.corrections import CORRECTIONS, note_of, subjects
from projections.fact_codes import KIND_CODE, Fact
from projections.fact_rows import NO_FACTS, FactRow, PackedRows, histories, with_told, with_word
from projections.load_rebuild import LoadFold
from projections.projection import Projection

HANDLES: frozenset[type[DomainEvent]] = LOAD_EVENTS | CORRECTIONS
IGNORES: frozenset[type[DomainEvent]] = frozenset(
    {
        WorkerMovedTeam,
        WorkerSkillGained,
        CheckInRecorded,
        CapacityConcernRaised,
        CapacityConcernAnswered,
        *HOLDING_UNCHANGED,
        FollowUpCompleted,
        SupervisionAgreed,
        SupervisionMissed,
        SupervisionCancelled,
        LearningAttended,
        ServiceDevelopmentJoined,
        FeedbackGiven,
        *get_args(ServiceEvent),
        *get_args(AllocationEvent),
    },
)
"""None of these adds to a load or eases it; a new event must be put here or into the model."""


def keys(record: EventRecord) -> tuple[str, ...]:
    """Give the rows of the workers and of the case that a record is about."""
    return subjects(record, "worker", "case")


def apply(row: FactRow | None, key: str, record: EventRecord) -> FactRow | None:
    """Put the record's facts about this worker or case in their place in time, or a later word beside them."""
    say = partial(_facts, key)
    note = note_of(record, say)
    if note is not None:
        return with_word(row or NO_FACTS, note)
    facts = say(record)
    return with_told(row or NO_FACTS, facts) if facts else row


def _facts(key: str, record: EventRecord) -> tuple[Fact, ...]:
    if key not in record.event.tags():
        return ()
    prefix, _, subject = key.partition(":")
    return worker_facts(record, WorkerId(subject)) if prefix == "worker" else case_facts(record)


def cases_of(history: WorkerHistory) -> set[str]:
    """Give the row keys of every case the worker ever took: what an account needs beside the worker's own row."""
    return {f"case:{fact.case_id}" for fact in history if isinstance(fact, CaseTaken)}


def cases_in(row: FactRow) -> set[str]:
    """Give the same keys from a row as it is stored, without reading it fact by fact."""
    taken = row.facts["name"][row.facts["kind"] == KIND_CODE[CaseTaken]]
    corrected = (fact for note in row.notes for fact in note.instead or () if isinstance(fact, CaseTaken))
    ids = {row.names[place] for place in np.unique(taken)} | {fact.case_id for fact in corrected}
    return {f"case:{case_id}" for case_id in ids}


def account(
    worker_id: WorkerId,
    rows: Mapping[str, FactRow],
    parameters: LoadParameters,
    as_at: datetime,
    known_at: datetime | None = None,
) -> LoadAccount:
    """Draw up a worker's account from the rows of the worker and of their cases.

    `as_at` is the moment asked about; `known_at` leaves out what was learned after it (None: nothing is left out).
    """
    history = history_of(f"worker:{worker_id}", rows, known_at)
    return load_account(worker_id, history, case_histories(history, rows, known_at), parameters, as_at)


def case_histories(
    history: WorkerHistory, rows: Mapping[str, FactRow], known_at: datetime | None = None
) -> dict[CaseId, CaseHistory]:
    """Give the facts of every case that a worker ever took."""
    found = histories({key: rows[key] for key in cases_of(history) if key in rows}, known_at)
    return {CaseId(key.removeprefix("case:")): cast("CaseHistory", told) for key, told in found.items()}


def history_of(key: str, rows: Mapping[str, FactRow], known_at: datetime | None = None) -> WorkerHistory:
    """Give a worker's facts; none, if nothing was heard of them."""
    row = rows.get(key)
    return () if row is None else cast("WorkerHistory", row.history(known_at))


WORKER_LOAD = Projection[FactRow](
    name="worker-load",
    version=3,
    handles=HANDLES,
    ignores=IGNORES,
    keys=keys,
    apply=apply,
    rows=PackedRows(),
    columns=LoadFold,
)
