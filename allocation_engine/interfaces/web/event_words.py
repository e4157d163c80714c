"""An event as a manager reads it: its name, whom it is about, and each field in words."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import JsonValue

from allocation_engine.interfaces.web.tables import Cell
from allocation_engine.interfaces.web.visit import Visit
from allocation_engine.interfaces.words import words
from domain.events import DomainEvent
from domain.events.subjects import SUBJECT_OF_FIELD

MOST_FIELDS = 80
"""A proposal for a whole authority would fill a page of its own, which it has; the rest is in the JSON."""

MOST_IDS = 6

NAMES = {
    "allocation.proposed": "Proposal made",
    "correction.event_retracted": "Entry taken back",
    "correction.event_corrected": "Entry put right",
    "worker.left": "Worker left",
    "service.foundations_survey_answered": "Survey of the five foundations answered",
}
BEFORE = {"worker": "Worker", "case": "Case", "allocation": "Proposal"}
"""What is put before the name of an event of a family, where the name alone would not say what it is about."""

LABELS = {
    "from_worker_id": "From worker",
    "to_worker_id": "To worker",
    "worker_ids": "Workers",
    "fte": "Hours, as a share of full time",
    "assumed_fte": "Hours assumed where none are recorded",
    "every_days": "Every so many days",
    "minutes": "Length [minutes]",
    "hours": "Length [hours]",
    "felt_load": "How loaded they feel, 1 to 5",
    "rating": "Rating, 1 to 5",
    "reflective_quality": "Reflective quality, 1 to 5",
    "stage": "Career stage",
    "due": "Which follow-up",
    "change_reason": "Why the case came to this worker",
    "target_event_id": "The entry that it is about",
    "target_system": "Its source",
    "target_source_id": "Its id there",
    "replacement_type": "What it should have been",
    "subjects": "About",
    "erased": "Who was erased",
}
IDS = {"_id": "", "_ids": "s"}
DATE_AND_TIME = 19
WRITTEN_OUT = frozenset({"target_event_id", "target_source_id", "subjects", "erased", "code", "reason"})
"""Fields whose text is given as it is: an id or a sentence, not a value of a closed set."""
NONE = frozenset({"proposal_id", "from_worker_id", "subject", "erased", "load_limit", "effort", "seconds"})
"""Fields that are left out where there is none; left out of others it is not known."""


def event_name(wire_type: str) -> str:
    """Give the name of a kind of event: `case.risk_reassessed.v1` is Case risk reassessed."""
    name = wire_type.rsplit(".v", 1)[0]
    if name in NAMES:
        return NAMES[name]
    family, _, rest = name.partition(".")
    told = words(rest)
    return f"{BEFORE[family]} {told}" if family in BEFORE else told[:1].upper() + told[1:]


def when(moment: datetime) -> str:
    """Write a moment."""
    return f"{moment:%d %b %Y, %H:%M}"


def learned(happened: datetime, recorded: datetime) -> str:
    """Say how long after it happened something was recorded."""
    days = (recorded - happened).days
    return "" if days < 1 else f"{days} {'day' if days == 1 else 'days'} later"


def subjects(event: DomainEvent, kind: str) -> list[str]:
    """Give the ids of a kind that an event is about."""
    return sorted(tag.partition(":")[2] for tag in event.tags() if tag.startswith(f"{kind}:"))


def subject_cell(visit: Visit, kind: str, ids: Sequence[str]) -> Cell:
    """Give a cell that names subjects and leads to what is on record of the first."""
    if not ids:
        return Cell(text="")
    more = f" and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else ""
    return Cell(text=", ".join(ids[:MOST_IDS]) + more, link=visit.to("/events", about=f"{kind}:{ids[0]}"))


def field_rows(visit: Visit, event: DomainEvent) -> list[tuple[Cell, Cell]]:
    """Give every field with what it says; ids lead on."""
    rows = list(_rows(visit, "", event.model_dump(mode="json")))
    if len(rows) > MOST_FIELDS:
        told = f"and {len(rows) - MOST_FIELDS} more"
        return [*rows[:MOST_FIELDS], (Cell(text=told), Cell(text="The JSON below has them all."))]
    return rows


def _rows(visit: Visit, before: str, fields: dict[str, JsonValue]) -> Iterator[tuple[Cell, Cell]]:
    for name, value in fields.items():
        label = f"{before}{_label(name)}"
        match value:
            case dict():
                yield from _rows(visit, f"{label}: ", value)
            case [dict(), *_]:
                for number, one in enumerate(value, start=1):
                    if isinstance(one, dict):
                        yield from _rows(visit, f"{label} {number}: ", one)
            case _:
                yield Cell(text=label), _value(visit, name, value)


def _label(name: str) -> str:
    if name in LABELS:
        return LABELS[name]
    told = words(name)
    for end, more in IDS.items():
        if name.endswith(end):
            told = words(name.removesuffix(end)) + more
    return told[:1].upper() + told[1:]


def _value(visit: Visit, name: str, value: JsonValue) -> Cell:
    kind = SUBJECT_OF_FIELD.get(name)
    if value is None:
        return Cell(text="none" if name in NONE else "not recorded")
    if kind is not None and isinstance(value, str | list):
        return subject_cell(visit, kind, [value] if isinstance(value, str) else [str(one) for one in value])
    if isinstance(value, list):
        return Cell(text=", ".join(_text(name, one) for one in value) or "none")
    return Cell(text=_text(name, value))


def _text(name: str, value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if not isinstance(value, str) or name in WRITTEN_OUT:
        return str(value)
    if name.endswith("_type"):
        return event_name(value)
    if len(value) >= DATE_AND_TIME and value[4:5] == "-":
        try:
            return f"{when(datetime.fromisoformat(value))} UTC"
        except ValueError:
            return value
    return words(value)
