"""Made-up services to look ahead of, small enough for a test."""

from datetime import UTC, datetime
from functools import cache

from allocation_engine.bootstrap import open_engine
from allocation_engine.engine import Engine
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.planning.what_if.record import ServiceRecord, read_record
from allocation_engine.planning.what_if.scenario import Assumptions

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
BEGINS = datetime(2026, 11, 30, tzinfo=UTC)

STILL = Assumptions(referrals_per_week=0, cases_close=False, incidents=False, supervision_goes_on=False, allocate=False)
"""Nothing is taken on and nothing given up: what the closed forms of the forecast speak of."""


def made_up_engine(workers: int = 14, waiting: int = 9, seed: int = 3) -> Engine:
    """Make a small service up; it is only read, so one does for all tests."""
    return _made_up(workers, waiting, seed)


@cache  # behind the defaults: to a cache, a call that leaves one out is another call, with another engine
def _made_up(workers: int, waiting: int, seed: int) -> Engine:
    engine = open_engine("memory://", clock=lambda: NOW)
    engine.ingest(generate(ServiceShape(ends_at=NOW, workers=workers, waiting=waiting, weeks=20), seed=seed))
    return engine


def made_up_record(assumed: Assumptions | None = None, workers: int = 14) -> ServiceRecord:
    """Read the small service as at the beginning of a run."""
    engine = made_up_engine(workers)
    return read_record(engine.store, engine.policy(BEGINS).policy, BEGINS, NOW, assumed or Assumptions())
