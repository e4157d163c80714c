"""The read models, one file each; a file opens with the question it answers.

`projection` says what one is, `corrections` and `dated_events` what they share. `ALL` lists them.
"""

from typing import Any

from projections.caseload import CASELOAD
from projections.projection import Projection
from projections.waiting_cases import WAITING_CASES
from projections.worker_load import WORKER_LOAD
from projections.workforce import WORKFORCE

ALL: tuple[Projection[Any], ...] = (WORKFORCE, CASELOAD, WAITING_CASES, WORKER_LOAD)

__all__ = ["ALL", "CASELOAD", "WAITING_CASES", "WORKER_LOAD", "WORKFORCE", "Projection"]
