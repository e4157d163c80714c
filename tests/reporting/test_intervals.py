"""Intervals of ratios: exact for counts, drawn for what is not counted."""

import pytest
from scipy.stats import binomtest

from allocation_engine.reporting.intervals import bootstrap_ratio, rate_ratio


@pytest.mark.parametrize(("count", "other"), [(10, 20), (0, 7), (7, 0), (1, 1)])
def test_the_interval_of_two_rates_is_that_of_the_share_of_one_in_both(count: int, other: int) -> None:
    exact = binomtest(count, count + other).proportion_ci(0.95, method="exact")
    found = rate_ratio(count, 100.0, other, 50.0)
    assert found is not None
    assert found.low == pytest.approx(exact.low / (1 - exact.low) * 0.5)
    if found.high is None:
        assert exact.high == 1
    else:
        assert found.high == pytest.approx(exact.high / (1 - exact.high) * 0.5)
    assert found.ratio == (None if other == 0 else count / other * 0.5)


def test_where_nothing_was_counted_nothing_can_be_compared() -> None:
    assert rate_ratio(0, 10.0, 0, 20.0) is None
    assert bootstrap_ratio([(1.0, 2.0)], [(0.0, 3.0)], seed=1) is None


def test_a_bootstrap_holds_the_ratio_and_the_same_seed_gives_the_same() -> None:
    group, rest = [(4.0, 10.0), (6.0, 10.0), (8.0, 20.0)], [(2.0, 10.0), (3.0, 10.0), (1.0, 10.0), (2.0, 10.0)]
    found = bootstrap_ratio(group, rest, seed=7)
    assert found is not None
    assert found.ratio == pytest.approx(0.45 / 0.2)
    assert found.high is not None
    assert found.low < 0.45 / 0.2 < found.high
    assert found == bootstrap_ratio(group, rest, seed=7)


def test_workers_who_all_received_alike_leave_nothing_to_chance() -> None:
    found = bootstrap_ratio([(2.0, 10.0)] * 6, [(1.0, 10.0)] * 6, seed=1)
    assert found is not None
    assert (found.ratio, found.low, found.high) == (2.0, 2.0, 2.0)


def test_where_the_rest_may_have_received_nothing_there_is_no_upper_end() -> None:
    found = bootstrap_ratio([(2.0, 10.0)] * 6, [(0.0, 10.0), (1.0, 10.0)], seed=1)
    assert found is not None
    assert found.high is None
