"""The figures of a problem are those of the accounts, though they are worked out without an account's reasons."""

from datetime import timedelta

import pytest

from allocation_engine.engine import Engine
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.planning import Question
from allocation_engine.planning.build_problem import build_problem
from domain.load import load_ahead, outlook
from tests.planning.given import START


@pytest.mark.parametrize("weeks_ago", [0, 1, 9, 20])
def test_a_forecast_for_a_proposal_is_that_of_the_account(engine: Engine, weeks_ago: int) -> None:
    engine.ingest(generate(ServiceShape(ends_at=START, workers=20, waiting=10, weeks=26), seed=4))
    situation = engine.situation(START - timedelta(weeks=weeks_ago))
    policy = situation.policy
    workers = build_problem(situation, Question()).workers
    assert any(worker.predicted_load > 0 for worker in workers)
    for worker in workers:
        ahead = outlook(
            situation.histories[worker.worker_id], policy.load, situation.as_at, policy.limits.horizon.value
        )
        expected = load_ahead(situation.accounts[worker.worker_id], ahead, policy.load)
        assert worker.predicted_load == pytest.approx(expected.mean, rel=1e-9, abs=1e-9)
        assert worker.predicted_variance == pytest.approx(expected.standard_deviation**2, rel=1e-9, abs=1e-9)
