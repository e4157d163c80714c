"""When messages are tried again, and how long receivers are left alone."""

from datetime import UTC, datetime, timedelta

import pytest

from allocation_engine.interfaces.webhooks import RetrySchedule
from allocation_engine.interfaces.webhooks.sender import wait_asked

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCHEDULE = RetrySchedule()


def seconds(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - NOW).total_seconds()


def test_ten_attempts_are_made_over_three_days() -> None:
    assert len(SCHEDULE.delays) == 9
    assert timedelta(days=3) < sum(SCHEDULE.delays, timedelta(0)) < timedelta(days=4)
    assert SCHEDULE.next_attempt(10, NOW, None, lambda: 0.0) is None


@pytest.mark.parametrize(
    ("attempts", "asked", "chance", "expected"),
    [
        (1, None, 0.0, 5),
        (1, None, 1.0, 6),
        (2, None, 0.5, 330),
        (1, timedelta(minutes=1), 0.0, 60),
        (2, timedelta(minutes=1), 0.0, 300),
        (1, timedelta(days=9), 0.0, 86400),
        (1, timedelta(days=-9), 0.0, 5),
    ],
)
def test_the_next_attempt_comes_by_chance_a_little_later_and_never_sooner_than_asked(
    attempts: int, asked: timedelta | None, chance: float, expected: float
) -> None:
    assert seconds(SCHEDULE.next_attempt(attempts, NOW, asked, lambda: chance)) == expected


@pytest.mark.parametrize(
    ("failures", "asked", "expected"),
    [
        (0, None, None),
        (1, None, None),
        (2, None, 1),
        (5, None, 8),
        (8, None, 60),
        (10**6, None, 60),
        (1, timedelta(minutes=2), 120),
        (3, timedelta(days=9), 86400),
    ],
)
def test_a_receiver_rests_longer_the_more_often_it_fails(
    failures: int, asked: timedelta | None, expected: float | None
) -> None:
    assert seconds(SCHEDULE.rest(failures, NOW, asked)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("\u0663", None),
        ("Fri, 99 Nov 2026 12:00:00 GMT", None),
        ("0", timedelta(0)),
        (" 90 ", timedelta(seconds=90)),
        ("9" * 5000, timedelta(seconds=10**9)),
        ("Fri, 20 Nov 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("Fri, 20 Nov 2026 12:00:30 -0000", timedelta(seconds=30)),
        ("Fri, 20 Nov 2026 11:00:00 GMT", timedelta(0)),
    ],
)
def test_a_wait_is_read_as_seconds_or_a_date_or_not_at_all(text: str | None, expected: timedelta | None) -> None:
    assert wait_asked(text, NOW) == expected
