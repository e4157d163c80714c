"""The open cases as at a moment, held or waiting: what their needs and their harms are read from."""

from datetime import datetime

from allocation_engine.persistence.store import Store
from domain.evolve.case import CaseState
from projections import CASELOAD
from projections.case_files import case_as_at


def open_cases(store: Store, as_at: datetime, known_at: datetime | None = None) -> tuple[CaseState, ...]:
    """Give every open case, by id."""
    store.read_models.catch_up(CASELOAD)
    found = (case_as_at(key, row, as_at, known_at) for key, row in sorted(store.read_models.rows(CASELOAD).items()))
    return tuple(case for case in found if case.is_open)
