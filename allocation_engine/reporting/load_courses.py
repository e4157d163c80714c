"""Everybody's load at many moments, in one pass a worker: what alerts, effects and the overview look back over."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from allocation_engine.persistence.store import Store
from domain.identifiers import WorkerId
from domain.load.over_time import PointInTime, timeline
from domain.load.parameters import LoadParameters
from projections import WORKER_LOAD
from projections.worker_load import case_histories, history_of

Loads = Callable[[WorkerId, Iterable[datetime]], Sequence[PointInTime]]
"""Gives a worker's load at moments, in order of time."""


def read_loads(store: Store, parameters: LoadParameters, known_at: datetime | None = None) -> Loads:
    """Bring the view of loads up to date and give what asks it."""
    store.read_models.catch_up(WORKER_LOAD)
    rows = store.read_models.rows(WORKER_LOAD)

    def loads(worker_id: WorkerId, moments: Iterable[datetime]) -> Sequence[PointInTime]:
        history = history_of(f"worker:{worker_id}", rows, known_at)
        return timeline(worker_id, history, case_histories(history, rows, known_at), parameters, moments)

    return loads
