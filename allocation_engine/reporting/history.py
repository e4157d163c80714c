"""Who held a case when: every stretch of one case, or of one worker."""

from dataclasses import dataclass
from datetime import datetime

from allocation_engine.persistence.store import Store
from domain.identifiers import CaseId, WorkerId
from projections import CASELOAD
from projections.case_stretches import Stretch, stretches_of_case, stretches_of_worker
from projections.dated_events import events_until


@dataclass(frozen=True, slots=True)
class CaseloadHistory:
    """The stretches of one case or one worker up to a moment, in the order in which they began."""

    as_at: datetime
    stretches: tuple[Stretch, ...]

    @property
    def held_now(self) -> tuple[Stretch, ...]:
        """Those that still run."""
        return tuple(one for one in self.stretches if one.until is None)


def history_of_case(
    store: Store, case_id: CaseId, as_at: datetime, known_at: datetime | None = None
) -> CaseloadHistory | None:
    """Give every stretch in which somebody held a case; None if nothing is known of the case by then."""
    store.read_models.catch_up(CASELOAD)
    key = f"case:{case_id}"
    row = store.read_models.row(CASELOAD, key)
    if row is None or next(events_until(row, as_at, known_at), None) is None:
        return None
    return CaseloadHistory(as_at, stretches_of_case(key, row, as_at, known_at))


def history_of_worker(
    store: Store, worker_id: WorkerId, as_at: datetime, known_at: datetime | None = None
) -> CaseloadHistory:
    """Give every stretch in which a worker held a case."""
    store.read_models.catch_up(CASELOAD)
    rows = store.read_models.rows(CASELOAD)
    return CaseloadHistory(as_at, stretches_of_worker(worker_id, rows, as_at, known_at))
