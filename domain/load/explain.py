"""A load in plain sentences: the largest reasons first, and what the figure is not."""

from typing import assert_never

from domain.load.account import Contribution, LoadAccount, SourceOfLoad
from domain.load.exposure import TwoCompartments

WHAT_IT_IS = (
    "Load is an accounting index of exposure and recovery in load points (lp). It does not measure stress or health."
)


def reasons(account: LoadAccount, most: int = 5) -> tuple[str, ...]:
    """Say the largest contributions, one sentence each, and what the rest adds up to."""
    told = [sentence(one) for one in account.contributions[:most]]
    rest = account.contributions[most:]
    if rest:
        points = f"{sum(one.load.total for one in rest):.1f} lp"
        told.append(
            f"1 smaller contribution adds {points}."
            if len(rest) == 1
            else f"{len(rest)} smaller contributions add {points} together."
        )
    return tuple(told)


def sentence(one: Contribution) -> str:
    """Say one contribution."""
    parts = _parts(one.load)
    match one.source:
        case SourceOfLoad.HELD_CASE if one.still_held:
            return f"Case {one.subject}, held now, carries {parts}; held for long it tends to {one.initial:.1f} lp."
        case SourceOfLoad.HELD_CASE:
            return f"Case {one.subject}, no longer held, still carries {parts}."
        case SourceOfLoad.INCIDENT:
            return f"Incident {one.subject} on {_day(one)} added {one.initial:.1f} lp; {parts} of it remains."
        case SourceOfLoad.SUPERVISION_GIVEN:
            return f"Supervision given on {_day(one)} added {one.initial:.1f} lp; {parts} of it remains."
        case _:
            assert_never(one.source)


def _parts(load: TwoCompartments) -> str:
    return f"{load.total:.1f} lp ({load.acute:.1f} acute, {load.cumulative:.1f} cumulative)"


def _day(one: Contribution) -> str:
    return f"{one.since:%d %b %Y}"
