"""The pattern of an event class's canonical JSON, made from the class: what matches is an event of that class.

Texts, ids, moments, enums and the shape are checked in full; of numbers the form and, where it is small, the range.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from domain.events.base import DomainEvent
from projections.canonical_events import MOMENT

SMALL_RANGE = 10
Schema = Mapping[str, Any]


class NoPattern(Exception):
    """The class has a field that may hold any JSON, which no regular expression can match."""


@cache
def pattern_of(event_class: type[DomainEvent]) -> str | None:
    """Give the pattern that matches the whole text of an event, or None where there can be none."""
    schema = event_class.model_json_schema()
    try:
        return rf"^{_object(schema, schema.get('$defs', {}))}\}}$"
    except NoPattern:
        return None


def _value(schema: Schema, known: Schema) -> str:
    match schema:
        case {"$ref": str(name)}:
            return _value(known[name.rpartition("/")[2]], known)
        case {"anyOf": list(either)}:
            return f"(?:{'|'.join(_value(one, known) for one in either)})"
        case {"enum": list(values)}:
            return f'"(?:{"|".join(map(re.escape, values))})"'
        case {"type": "string"}:
            return f'"{_text(schema)}"'
        case {"type": "integer" | "number"}:
            return _number(schema)
        case {"type": "boolean"}:
            return "(?:true|false)"
        case {"type": "null"}:
            return "null"
        case {"type": "array", "items": dict(items)}:
            some = f"{(item := _value(items, known))}(?:,{item})*"
            return rf"\[{some}\]" if schema.get("minItems") else rf"\[(?:{some})?\]"
        case {"type": "object", "properties": dict()}:
            return _object(schema, known)
        case _:
            raise NoPattern


def _text(schema: Schema) -> str:
    match schema:
        case {"format": "date-time"}:
            return MOMENT
        case {"pattern": str(pattern)}:
            return pattern.removeprefix("^").removesuffix("$")
        case _:
            return r'[^"\\]*'


def _number(schema: Schema) -> str:
    match schema:
        case {"type": "integer", "minimum": int(least), "maximum": int(most)} if most - least <= SMALL_RANGE:
            return f"(?:{'|'.join(map(str, range(least, most + 1)))})"
        case {"type": "integer"}:
            return "-?[0-9]+"
        case _:
            return r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"


def _object(schema: Schema, known: Schema) -> str:
    fields = ",".join(f'"{name}":{_value(part, known)}' for name, part in schema["properties"].items())
    return rf"\{{{fields}\}}"
