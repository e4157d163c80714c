"""The read models, one file each; a file opens with the question it answers.

`projection` says what one is, `corrections` and `dated_events` what they share. `ALL` lists them.
"""

from typing import Any

from projections.alerts import ALERTS
from projections.caseload import CASELOAD
from projections.check_ins import CHECK_INS
from projections.equity import EQUITY
from projections.evaluation import EVALUATION
from projections.exposure import EXPOSURE
from projections.follow_ups import FOLLOW_UPS
from projections.foundations import FOUNDATIONS
from projections.learning import LEARNING
from projections.projection import Projection
from projections.proposals import PROPOSALS
from projections.supervision import SUPERVISION
from projections.waiting_cases import WAITING_CASES
from projections.worker_load import WORKER_LOAD
from projections.workforce import WORKFORCE

ALL: tuple[Projection[Any], ...] = (
    WORKFORCE,
    CASELOAD,
    WAITING_CASES,
    WORKER_LOAD,
    SUPERVISION,
    FOLLOW_UPS,
    CHECK_INS,
    LEARNING,
    EXPOSURE,
    ALERTS,
    FOUNDATIONS,
    EVALUATION,
    EQUITY,
    PROPOSALS,
)

__all__ = [
    "ALERTS",
    "ALL",
    "CASELOAD",
    "CHECK_INS",
    "EQUITY",
    "EVALUATION",
    "EXPOSURE",
    "FOLLOW_UPS",
    "FOUNDATIONS",
    "LEARNING",
    "PROPOSALS",
    "SUPERVISION",
    "WAITING_CASES",
    "WORKER_LOAD",
    "WORKFORCE",
    "Projection",
]
