"""A service of about so many events can be asked for."""

from datetime import UTC, datetime

import pytest

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.generator import generate, shape_for_events

ENDS_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def number_of_events(events: int, workers: int | None, seed: int) -> int:
    return sum(1 for _ in generate(shape_for_events(events, workers=workers, ends_at=ENDS_AT), seed=seed))


@pytest.mark.parametrize(("events", "workers"), [(5_000, None), (10_000, None), (10_000, 15), (30_000, 60)])
def test_the_first_so_many_events_can_be_taken_and_few_are_left_over(events: int, workers: int | None) -> None:
    assert events <= number_of_events(events, workers, seed=20) <= 1.17 * events


@pytest.mark.parametrize("events", [300, 1_000])
def test_a_small_number_is_met_more_loosely_since_chance_weighs_more(events: int) -> None:
    shape = shape_for_events(events, workers=6, ends_at=ENDS_AT)
    told = [sum(1 for _ in generate(shape, seed=seed)) for seed in range(10)]
    assert 0.75 * events <= min(told)
    assert events <= sum(told) / len(told) <= 1.25 * events
    assert max(told) <= 1.65 * events


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(30, 50))
def test_ten_thousand_events_hold_for_other_seeds(seed: int) -> None:
    assert 10_000 <= number_of_events(10_000, None, seed=seed) <= 11_000


@pytest.mark.campaign
@pytest.mark.parametrize("events", [200_000, 1_000_000])
def test_large_services_come_out_within_a_tenth(events: int) -> None:
    assert events <= number_of_events(events, None, seed=20) <= 1.1 * events


def test_given_workers_are_kept_and_the_history_grows_longer() -> None:
    short, long = (shape_for_events(events, workers=15, ends_at=ENDS_AT) for events in (2_000, 8_000))
    assert short.workers == long.workers == 15
    assert long.weeks > 2 * short.weeks


def test_a_larger_history_is_longer_and_of_more_workers() -> None:
    small, large = (shape_for_events(events, ends_at=ENDS_AT) for events in (5_000, 10_000_000))
    assert large.workers > small.workers
    assert large.weeks > small.weeks
    assert large.weeks <= 10 * 52


def test_too_few_events_are_refused() -> None:
    with pytest.raises(SettingsError, match="at least 100"):
        shape_for_events(99, ends_at=ENDS_AT)


def test_a_history_of_centuries_is_refused_and_more_workers_are_asked_for() -> None:
    with pytest.raises(SettingsError, match="more workers"):
        shape_for_events(10_000_000, workers=2, ends_at=ENDS_AT)
