"""A tiny service run forward, so that all that is compiled is compiled, or loaded."""

import numpy as np

from allocation_engine.optimiser.forward.arrays import (
    CASES,
    NO_LIMIT,
    NO_ONE,
    PIECES,
    PLANNED,
    STARTS,
    WEEKS,
    Chances,
    Service,
    new_course,
)
from allocation_engine.optimiser.forward.run import run_weeks

WORKERS, NUMBER, LENGTH = 3, 5, 2


def warm_up() -> None:
    """Run three workers and five cases through two weeks."""
    run_weeks(_service(), _chances(), new_course(LENGTH, WORKERS))


def _service() -> Service:
    weeks = np.zeros((LENGTH, WORKERS), WEEKS)
    for name in ("primary", "co_worker", "cases", "high", "harm", "new"):
        weeks[name] = 4
    for name in ("capacity", "hours"):
        weeks[name] = 100.0
    return Service(
        weeks=weeks,
        starts=np.zeros(WORKERS, STARTS),
        pieces=np.array([(np.inf, 1.0, 1.0)] * WORKERS, PIECES),
        pieces_at=np.arange(WORKERS + 1),
        planned=np.zeros(1, PLANNED),
        team_of_area=np.full((LENGTH, 1), NO_ONE, np.int64),
        taus=np.array([7.0, 42.0]),
        eased_for=14.0,
        incident_acute=0.7,
        co_worker_share=0.5,
        co_worker_hours=0.5,
        harm_share=1.0,
        harm_share_from=1,
        load_limit=NO_LIMIT,
        tries=8,
    )


def _chances() -> Chances:
    cases = np.zeros(NUMBER, CASES)
    for name in ("holder", "area", "siblings", "peers"):
        cases[name] = NO_ONE
    cases["co_needed"][0], cases["work"], cases["hours"] = 1, 100.0, 1.0
    return Chances(
        cases=cases,
        co_workers=np.full((NUMBER, 1), NO_ONE, np.int64),
        barred=np.zeros((NUMBER, WORKERS), np.uint8),
        incident_case=np.zeros(1, np.int64),
        incident_at=np.ones(1),
        incident_points=np.ones(1),
        incident_marks=np.zeros((1, 2)),
        seed=1,
    )
