"""Every bug that was found, by name."""

from dataclasses import replace

import pytest

from allocation_engine.optimiser import Fairness, solve
from domain.allocation import Caps
from domain.vocabulary import HarmType
from tests.domain.allocation.small_problems import C1, W1, W2, plan, problem


@pytest.mark.parametrize("fairness", Fairness)
def test_a_plan_without_receivers_gained_one_at_a_later_level_bug(fairness: Fairness) -> None:
    # Kept, nobody receives anything. The load level was not held then, and the case moved to W2, whose area it is.
    held = replace(C1, current_worker_id=W1.worker_id, area="north", harm_types=(HarmType.GANGS,))
    near = replace(W2, area="north")
    example = problem([W1, near], [held], load=[[20.0, 5.0]], caps=Caps(moves_allowed=1))
    assert solve(example, fairness=fairness, effort=2.0).plan == plan((held, W1))
