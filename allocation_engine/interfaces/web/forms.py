"""Forms apart from how they are drawn: fields with labels, hints, and what was typed; what is wrong stands at the field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from allocation_engine.interfaces.web.visit import Posted
from allocation_engine.interfaces.words import words
from domain.events.registry import faults_of

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Field:
    """A field of a form.

    Attributes
    ----------
    name
        By which the form sends it; the id of its element, too, to which an error leads.
    kind
        `number` and `text` in a line, `lines` in several, `select` of `options` (value and words), `list` of ids with commas.
    value
        What stands in it.
    optional
        Left out, it is not sent on: the model's own default, or nothing.
    """

    name: str
    label: str
    hint: str = ""
    kind: Literal["number", "text", "lines", "select", "list", "date"] = "text"
    options: Sequence[tuple[str, str]] = ()
    value: str = ""
    optional: bool = False


def choices(names: Iterable[str]) -> list[tuple[str, str]]:
    """Give ids as options."""
    return [(name, name) for name in names]


def choices_of(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Give the values of a closed set as options."""
    return [(one.value, words(one.value)) for one in kind]


def typed(fields: Sequence[Field], visit: Posted) -> list[Field]:
    """Give the fields with what was typed, so that a form with an error loses nothing."""
    return [replace(field, value=visit.text(field.name)) for field in fields]


def sent(fields: Sequence[Field], visit: Posted) -> dict[str, object]:
    """Give what was sent as a model reads it: lists cut at commas and blanks, what was left out left out."""
    found: dict[str, object] = {}
    for field in fields:
        text = visit.text(field.name)
        if not text and field.optional:
            continue
        found[field.name] = text.replace(",", " ").split() if field.kind == "list" else text
    return found


def read(model: type[Model], fields: Sequence[Field], content: Mapping[str, object]) -> Model | list[tuple[str, str]]:
    """Read a model from what was sent; where it is none, what is wrong, by field."""
    try:
        return model.model_validate(dict(content))
    except ValidationError as error:
        return faults(error, fields)


def faults(error: ValidationError, fields: Sequence[Field]) -> list[tuple[str, str]]:
    """Say what is wrong, at the field where it is."""
    labels = {field.name: field.label for field in fields}
    found: dict[str, str] = {}
    for place, fault in faults_of(error):
        name = next((part for part in place.split(".") if part in labels), "form")
        what = fault[:1].lower() + fault[1:]
        found.setdefault(name, f"{labels[name]}: {what}" if name in labels else fault)
    return list(found.items())
