"""Retention: which cases closed, and which workers left, so long ago that they are due to be erased. It erases nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from allocation_engine.persistence.store import Store
from projections import CASELOAD, WORKFORCE
from projections.case_files import case_as_at
from projections.workforce import worker_as_at


@dataclass(frozen=True, slots=True)
class Due:
    """A person due to be erased: their tag, and since when their case has been closed or they have been gone."""

    subject: str
    since: datetime


def due_for_erasure(
    store: Store, as_at: datetime, *, closed_before: datetime | None = None, left_before: datetime | None = None
) -> tuple[Due, ...]:
    """List cases closed before a moment and workers gone before another, longest first.

    A case that was opened again and a worker who came back are not due. Nor is a worker who is still on record as holding
    an open case: hand it over first.
    """
    found = list(_closed(store, as_at, closed_before)) if closed_before is not None else []
    if left_before is not None:
        found += _gone(store, as_at, left_before)
    return tuple(sorted(found, key=lambda due: (due.since, due.subject)))


def _closed(store: Store, as_at: datetime, before: datetime) -> Iterator[Due]:
    store.read_models.catch_up(CASELOAD)
    for key, row in store.read_models.rows(CASELOAD).items():
        closed_at = case_as_at(key, row, as_at).closed_at
        if closed_at is not None and closed_at < before:
            yield Due(key, closed_at)


def _gone(store: Store, as_at: datetime, before: datetime) -> Iterator[Due]:
    store.read_models.catch_up(CASELOAD)
    store.read_models.catch_up(WORKFORCE)
    cases = [case_as_at(key, row, as_at) for key, row in store.read_models.rows(CASELOAD).items()]
    holding = {
        holder.worker_id
        for case in cases
        if case.is_open
        for holder in (*case.co_workers, *((case.primary,) if case.primary is not None else ()))
    }
    for key, row in store.read_models.rows(WORKFORCE).items():
        state = worker_as_at(key, row, as_at)
        if state.left_at is not None and state.left_at < before and state.worker_id not in holding:
            yield Due(key, state.left_at)
