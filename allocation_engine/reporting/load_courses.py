"""Everybody's load at many moments: what alerts, effects and the weeks of a team look back over."""

from collections.abc import Callable
from datetime import datetime

from allocation_engine.persistence.store import Store
from domain.identifiers import WorkerId
from domain.load.parameters import LoadParameters
from projections import WORKER_LOAD
from projections.load_course import LoadCourse, course_of

Courses = Callable[[WorkerId], LoadCourse]
"""Gives a worker's course of load; of somebody of whom nothing was heard, one that carries nothing."""


def read_courses(store: Store, parameters: LoadParameters, known_at: datetime | None = None) -> Courses:
    """Bring the view of loads up to date and give what asks it."""
    store.read_models.catch_up(WORKER_LOAD)
    rows = store.read_models.rows(WORKER_LOAD)
    return lambda worker_id: course_of(worker_id, rows, parameters, known_at)
