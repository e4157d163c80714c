"""`kill -9` in the middle of appends: nothing acknowledged is lost, nothing is there twice, the store is sound."""

from collections.abc import Callable

import pytest

from tests.contracts.crash import kill_writers

DURABLE = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.mark.parametrize("kind", DURABLE)
def test_nothing_acknowledged_is_lost_when_writers_are_killed(kind: str, new_store_url: Callable[[str], str]) -> None:
    _assert_sound(new_store_url(kind), rounds=3)


@pytest.mark.campaign
@pytest.mark.parametrize("kind", DURABLE)
def test_nothing_acknowledged_is_lost_in_fifty_kills(kind: str, new_store_url: Callable[[str], str]) -> None:
    _assert_sound(new_store_url(kind), rounds=50)


@pytest.mark.parametrize("kind", DURABLE)
def test_a_writer_that_acknowledges_too_early_is_found_out(kind: str, new_store_url: Callable[[str], str]) -> None:
    aftermath = kill_writers(new_store_url(kind), rounds=1, manner="hasty")
    assert len(aftermath.lost) == aftermath.acknowledged > 0


def _assert_sound(url: str, rounds: int) -> None:
    aftermath = kill_writers(url, rounds)
    assert aftermath.acknowledged >= 20 * rounds
    assert aftermath.stored >= aftermath.acknowledged
    assert (aftermath.lost, aftermath.doubled, aftermath.faults) == ((), (), ())
