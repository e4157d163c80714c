"""Who was in which post from when to when: stretches of time in which nothing about a worker's post changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allocation_engine.persistence.store import Store
from domain.events.worker import WorkerEvent
from domain.evolve.worker import WorkerState, evolve_worker
from domain.identifiers import WorkerId
from projections import WORKFORCE
from projections.dated_events import Dossier, events_until

A_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class PostStretch:
    """A worker's post from one moment until another, within which it did not change."""

    post: WorkerState
    since: datetime
    until: datetime

    @property
    def weeks(self) -> float:
        """How long it was [week]."""
        return (self.until - self.since) / A_WEEK

    @property
    def fte_weeks(self) -> float | None:
        """Contracted time in it, in weeks of full time; None where the hours are not recorded."""
        return None if self.post.fte is None else self.post.fte * self.weeks


def read_post_stretches(
    store: Store, since: datetime, until: datetime, known_at: datetime | None = None
) -> tuple[PostStretch, ...]:
    """Give everybody's stretches in post within a period, by worker and in order of time. Absence ends no stretch."""
    store.read_models.catch_up(WORKFORCE)
    rows = store.read_models.rows(WORKFORCE)
    return tuple(one for key, row in sorted(rows.items()) for one in _stretches(key, row, since, until, known_at))


def _stretches(
    key: str, row: Dossier, since: datetime, until: datetime, known_at: datetime | None
) -> Iterator[PostStretch]:
    state, began = WorkerState(WorkerId(key.removeprefix("worker:"))), since
    for event, at in events_until(row, until, known_at):
        if not isinstance(event, WorkerEvent):
            continue
        if state.is_employed and at > began:
            yield PostStretch(state, began, at)
        state, began = evolve_worker(state, event, at), max(at, since)
    if state.is_employed and until > began:
        yield PostStretch(state, began, until)
