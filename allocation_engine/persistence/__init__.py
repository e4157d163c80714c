"""Where events are kept: one log behind `EventLog`, rows of projections behind `ReadModels`, opened by `open_store`.

`sqlite_*`, `postgres_*` and `memory` are the three stores; `ports` says what each must do. The `eventsourcing` library
is known in this package only.
"""

from allocation_engine.persistence.event_log import (
    Criterion,
    EventLog,
    Ingested,
    LogSubscription,
    Page,
    Query,
    StoredEvent,
)
from allocation_engine.persistence.read_models import ReadModels
from allocation_engine.persistence.store import Store, open_store

__all__ = [
    "Criterion",
    "EventLog",
    "Ingested",
    "LogSubscription",
    "Page",
    "Query",
    "ReadModels",
    "Store",
    "StoredEvent",
    "open_store",
]
