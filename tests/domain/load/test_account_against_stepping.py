"""The closed forms against a plain numerical integration."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.load.service_history import PARAMETERS, W1, Happened, account_on
from tests.domain.load.stepwise import load_by_stepping
from tests.domain.load.strategies import any_histories, days

WITHIN = 1e-7


def agrees(until: float, history: list[Happened]) -> None:
    account = account_on(until, history)
    acute, cumulative = load_by_stepping(until, history, W1, PARAMETERS)
    assert account.load.acute == pytest.approx(acute, rel=WITHIN, abs=1e-9)
    assert account.load.cumulative == pytest.approx(cumulative, rel=WITHIN, abs=1e-9)


@settings(deadline=None, max_examples=150)
@given(any_histories, st.just(60.0) | days)
def test_the_account_of_any_history_equals_stepping_through_time(history: list[Happened], until: float) -> None:
    agrees(until, history)


@pytest.mark.campaign
@settings(deadline=None, max_examples=3_000)
@given(any_histories, st.just(60.0) | days)
def test_the_account_of_very_many_histories_equals_stepping_through_time(history: list[Happened], until: float) -> None:
    agrees(until, history)
