"""The figures of load alone, quickly: of one worker after an event, or of a whole service. For the why, ask an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allocation_engine.persistence.store import Store
from domain.identifiers import WorkerId
from domain.load import LoadAccount
from domain.policy.policy_set import PolicySet
from projections import WORKER_LOAD
from projections.fact_rows import FactRow
from projections.load_columns import LoadColumns, loads
from projections.worker_load import account, cases_in


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """Loads in columns, with what they rest on: the position of the log, the moments asked about, the policy set."""

    position: int
    as_at: datetime
    known_at: datetime | None
    policy_set_id: str
    columns: LoadColumns


def load_figures(
    store: Store,
    policy: PolicySet,
    as_at: datetime,
    known_at: datetime | None = None,
    workers: Sequence[WorkerId] | None = None,
) -> LoadFigures:
    """Bring the view up to date and read the load of these workers, or of everybody."""
    position = store.read_models.catch_up(WORKER_LOAD)
    rows = store.read_models.rows(WORKER_LOAD) if workers is None else _rows_of(store, workers)
    columns = loads(rows, policy.load, as_at, known_at, workers)
    return LoadFigures(position, as_at, known_at, policy.policy_set_id, columns)


def read_account(
    store: Store, policy: PolicySet, worker_id: WorkerId, as_at: datetime, known_at: datetime | None = None
) -> LoadAccount:
    """Bring the view up to date and draw up one worker's account, with every contribution."""
    store.read_models.catch_up(WORKER_LOAD)
    return account(worker_id, _rows_of(store, [worker_id]), policy.load, as_at, known_at)


def _rows_of(store: Store, workers: Sequence[WorkerId]) -> dict[str, FactRow]:
    """Read the rows of workers and of every case that they ever took."""
    rows = store.read_models.rows(WORKER_LOAD, [f"worker:{worker_id}" for worker_id in workers])
    return rows | store.read_models.rows(WORKER_LOAD, {key for row in rows.values() for key in cases_in(row)})
