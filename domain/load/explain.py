"""A load in plain sentences: the largest reasons first, and what the figure is not."""

from datetime import datetime
from typing import assert_never

from domain.load.account import Contribution, LoadAccount, SourceOfLoad
from domain.load.changes import Change, Changes, KindOfChange, SessionsSince
from domain.load.exposure import TwoCompartments
from domain.load.forecast import Forecast
from domain.vocabulary import AssignmentRole

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
            return f"Incident {one.subject} on {_day(one.since)} added {one.initial:.1f} lp; {parts} of it remains."
        case SourceOfLoad.SUPERVISION_GIVEN:
            return f"Supervision given on {_day(one.since)} added {one.initial:.1f} lp; {parts} of it remains."
        case _:
            assert_never(one.source)


def reasons_for_change(changes: Changes, most: int = 5) -> tuple[str, ...]:
    """Say what the load and the capacity went from and to, and the largest changes, one sentence each."""
    before, after = changes.before, changes.after
    went = (
        f"Load went from {before.load.total:.1f} lp on {_day(before.as_at)} to {after.load.total:.1f} lp on "
        f"{_day(after.as_at)} ({changes.load.acute:+z.1f} acute, {changes.load.cumulative:+z.1f} cumulative)."
    )
    told = [
        went,
        *_change_of_capacity(before.capacity, after.capacity),
        *(change_sentence(one) for one in changes.parts[:most]),
    ]
    rest = changes.parts[most:]
    if rest:
        number = "1 smaller change comes" if len(rest) == 1 else f"{len(rest)} smaller changes come"
        told.append(f"{number} to {sum(one.load.total for one in rest):+z.1f} lp.")
    return tuple(told)


def change_sentence(one: Change) -> str:
    """Say one change."""
    subject, points = _subject(one), f"{abs(one.load.total):.1f} lp"
    match one.kind:
        case KindOfChange.NEW if one.source is SourceOfLoad.HELD_CASE and one.still_held:
            return f"{subject} was taken on {_day(one.since)} and adds {points}."
        case KindOfChange.NEW if one.source is SourceOfLoad.HELD_CASE:
            return f"{subject} was taken on {_day(one.since)}, is held no longer and still adds {points}."
        case KindOfChange.NEW:
            return f"{subject} on {_day(one.since)} adds {points}."
        case KindOfChange.GREW:
            return f"{subject} weighs {points} more."
        case KindOfChange.EASED:
            return f"{subject} has eased by {points}."
        case KindOfChange.NO_LONGER_HELD:
            return f"{subject} is no longer held and weighs {points} {'less' if one.load.total <= 0 else 'more'}."
        case KindOfChange.OFF_THE_RECORD:
            return f"{subject} is no longer on record: {points} less."
        case _:
            assert_never(one.kind)


def sessions_sentence(since: datetime, effect: SessionsSince) -> str:
    """Say what the sessions since a moment took off, by this account: it is not an effect that was measured."""
    if not effect.sessions:
        return f"No session since {_day(since)} eased the load."
    sessions = "1 session" if effect.sessions == 1 else f"{effect.sessions} sessions"
    return (
        f"{sessions} since {_day(since)} took {effect.eased.total:.1f} lp off by this account: without, the load would "
        f"stand at {effect.without.total:.1f} lp."
    )


def forecast_sentence(ahead: Forecast, period: str) -> str:
    """Say a forecast with its range; `period` names the time ahead, as in "over the next 28 days"."""
    return (
        f"Load {period} is forecast at {ahead.mean:.1f} lp, give or take {ahead.standard_deviation:.1f} lp (one standard "
        f"deviation): {ahead.without_incidents:.1f} lp if no incident happens, and above {ahead.high:.1f} lp in one "
        f"future of five at most, if incidents come as often as the policy expects and nothing is taken on or given up."
    )


def _change_of_capacity(before: float | None, after: float | None) -> tuple[str, ...]:
    if before == after:
        return ()
    if after is None:
        return (f"Capacity, {before:.1f} lp before, is not known now.",)
    if before is None:
        return (f"Capacity, not known before, is {after:.1f} lp now.",)
    return (f"Capacity went from {before:.1f} to {after:.1f} lp.",)


def _subject(one: Change) -> str:
    match one.source:
        case SourceOfLoad.HELD_CASE if one.role is AssignmentRole.CO_WORKER:
            return f"Case {one.subject} (as co-worker)"
        case SourceOfLoad.HELD_CASE:
            return f"Case {one.subject}"
        case SourceOfLoad.INCIDENT:
            return f"Incident {one.subject}"
        case SourceOfLoad.SUPERVISION_GIVEN if one.kind is KindOfChange.NEW:
            return "Supervision given"
        case SourceOfLoad.SUPERVISION_GIVEN:
            return f"Supervision given on {_day(one.since)}"
        case _:
            assert_never(one.source)


def _parts(load: TwoCompartments) -> str:
    return f"{load.total:.1f} lp ({load.acute:.1f} acute, {load.cumulative:.1f} cumulative)"


def _day(moment: datetime) -> str:
    return f"{moment:%d %b %Y}"
