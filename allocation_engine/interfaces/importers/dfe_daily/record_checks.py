"""Judging one child's record: whether it is of the schema's form, and whether its dates can be."""

from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import JsonValue, ValidationError

from allocation_engine.interfaces.importers.dfe_daily.child_record import (
    ChildRecord,
    Episode,
    Plan,
    PurgedRecord,
    WorkerDetails,
)
from allocation_engine.interfaces.importers.intake import Refused

LONG_PAST = timedelta(days=30 * 366)
"""No date of a child's case lies further back: a child is one until 18, a care leaver until 25."""
FAR_AHEAD = timedelta(days=366)
MOST_REASONS = 20

_REASONS = {
    "missing": ("missing_field", "is required and is not there"),
    "string_type": ("not_text", "must be text"),
    "string_pattern_mismatch": (
        "unfit_id",
        "is no id by the schema: letters and digits, and no more of them than it allows",
    ),
    "string_too_long": ("too_long", "is longer than the schema allows"),
    "bool_type": ("not_true_or_false", "must be true or false"),
    "tuple_type": ("not_a_list", "must be a list"),
    "model_type": ("not_an_object", "must be an object"),
    "unreadable_date": ("unreadable_date", "is no day; write it as 2026-11-02"),
}
_OTHERWISE = ("not_by_schema", "is not of the form that the schema asks for")


def read_record(given: JsonValue, path: str, today: date) -> ChildRecord | tuple[Refused, ...]:
    """Read a record, or say why not: each fault with its place, never with its value."""
    try:
        if isinstance(given, dict) and given.get("purge") is True:
            return ChildRecord(la_child_id=PurgedRecord.model_validate(given).la_child_id, purge=True)
        read = ChildRecord.model_validate(given)
    except ValidationError as error:
        return _faults_of_form(error, path)
    faults = tuple(_faults_of_content(read, path, today))[:MOST_REASONS]
    return faults or read


def _faults_of_form(error: ValidationError, path: str) -> tuple[Refused, ...]:
    faults = error.errors(include_input=False, include_url=False, include_context=False)[:MOST_REASONS]
    return tuple(
        Refused("/".join((path, *map(str, fault["loc"]))), *_REASONS.get(fault["type"], _OTHERWISE)) for fault in faults
    )


def _faults_of_content(record: ChildRecord, path: str, today: date) -> Iterator[Refused]:
    seen: set[str] = set()
    for number, episode in enumerate(record.social_care_episodes):
        place = f"{path}/social_care_episodes/{number}"
        if episode.social_care_episode_id in seen:
            why = "is the id of an earlier episode of this child; give each its own"
            yield Refused(f"{place}/social_care_episode_id", "repeated_episode", why)
        seen.add(episode.social_care_episode_id)
        if not episode.purge:
            yield from _faults_of_dates(episode, place, today)


def _faults_of_dates(episode: Episode, place: str, today: date) -> Iterator[Refused]:
    yield from _span(place, "referral_date", episode.referral_date, "closure_date", episode.closure_date, today)
    lists: dict[str, tuple[WorkerDetails | Plan, ...]] = {
        "care_worker_details": episode.care_worker_details,
        "child_in_need_plans": episode.child_in_need_plans,
        "section_47_assessments": episode.section_47_assessments,
        "child_protection_plans": episode.child_protection_plans,
        "child_looked_after_placements": episode.child_looked_after_placements,
    }
    for name, entries in lists.items():
        for number, entry in enumerate(entries):
            if not (isinstance(entry, Plan) and entry.purge):
                where = f"{place}/{name}/{number}"
                yield from _span(where, "start_date", entry.start_date, "end_date", entry.end_date, today)


def _span(place: str, first: str, start: date | None, last: str, end: date | None, today: date) -> Iterator[Refused]:
    for name, day in ((first, start), (last, end)):
        if day is not None and not today - LONG_PAST <= day <= today + FAR_AHEAD:
            why = "lies more than a year ahead or thirty years back"
            yield Refused(f"{place}/{name}", "implausible_date", why)
    if start is not None and end is not None and end < start:
        yield Refused(f"{place}/{last}", "end_before_start", f"lies before the {first.replace('_', ' ')}")
