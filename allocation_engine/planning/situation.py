"""The situation that a proposal starts from: everybody's post, caseload and load account, and who waits, at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allocation_engine.persistence.store import Store
from allocation_engine.planning.on_demand import OnDemand
from domain.evolve.worker import WorkerState
from domain.identifiers import WorkerId
from domain.load import LoadAccount, PointInTime
from domain.load.facts import WorkerHistory
from domain.policy.policy_set import PolicySet
from projections import CASELOAD, WAITING_CASES, WORKER_LOAD, WORKFORCE, Projection
from projections.caseload import HeldCase, caseloads
from projections.load_course import course_of
from projections.waiting_cases import WaitingCase, waiting
from projections.worker_load import account, history_of
from projections.workforce import workforce

READ: tuple[Projection[Any], ...] = (WORKFORCE, CASELOAD, WAITING_CASES, WORKER_LOAD)


@dataclass(frozen=True)
class Situation:
    """What was so as at a moment, as known at another (None: by all that is on record).

    `position` is one that every view had reached: what lies after it was perhaps not seen. `loads` are the figures of the
    `accounts` without their reasons, and much quicker to come by.
    """

    position: int
    as_at: datetime
    known_at: datetime | None
    policy: PolicySet
    workers: Mapping[WorkerId, WorkerState]
    histories: Mapping[WorkerId, WorkerHistory]
    accounts: Mapping[WorkerId, LoadAccount]
    loads: Mapping[WorkerId, PointInTime]
    caseloads: Mapping[WorkerId, tuple[HeldCase, ...]]
    waiting: tuple[WaitingCase, ...]


def read_situation(store: Store, policy: PolicySet, as_at: datetime, known_at: datetime | None = None) -> Situation:
    """Bring the views up to date and read them."""
    position = min(store.read_models.catch_up(view) for view in READ)
    workers = workforce(store.read_models.rows(WORKFORCE), as_at, known_at)
    rows = store.read_models.rows(WORKER_LOAD)
    return Situation(
        position=position,
        as_at=as_at,
        known_at=known_at,
        policy=policy,
        workers=workers,
        histories=OnDemand(workers, lambda worker_id: history_of(f"worker:{worker_id}", rows, known_at)),
        accounts=OnDemand(workers, lambda worker_id: account(worker_id, rows, policy.load, as_at, known_at)),
        loads=OnDemand(workers, lambda worker_id: course_of(worker_id, rows, policy.load, known_at).points([as_at])[0]),
        caseloads=caseloads(store.read_models.rows(CASELOAD), as_at, known_at),
        waiting=waiting(store.read_models.rows(WAITING_CASES), as_at, known_at),
    )
