"""Options that several commands share, written once as a dataclass: a command takes it whole, a caller gives its fields."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeGuard, get_type_hints


def with_grouped_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each field of every dataclass among its parameters, and of the dataclasses in it.

    A field has the type and the default of an option as it would stand in the command itself, and a name that no other
    option of the command has.
    """
    own = signature(command, eval_str=True).parameters.values()
    groups = {one.name: one.annotation for one in own if _is_group(one.annotation)}

    @wraps(command)
    def called(**given: object) -> None:
        gathered = {name: _gathered(group, given) for name, group in groups.items()}
        command(**given, **gathered)

    spread = [option for one in own for option in (_options_of(groups[one.name]) if one.name in groups else (one,))]
    options = [option.replace(kind=Parameter.KEYWORD_ONLY) for option in spread]
    called.__signature__ = signature(command).replace(parameters=options)  # type: ignore[attr-defined]  # where Typer looks
    called.__annotations__ = {option.name: option.annotation for option in options}
    return called


def _options_of(group: type) -> Iterator[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        kind = hints[field.name]
        if _is_group(kind):
            yield from _options_of(kind)
        else:
            yield Parameter(field.name, Parameter.KEYWORD_ONLY, default=field.default, annotation=kind)


def _gathered(group: type, given: dict[str, object]) -> Any:
    """Make a group of what was given, taking its fields away from there."""
    hints = get_type_hints(group)
    found = {
        field.name: _gathered(hints[field.name], given) if _is_group(hints[field.name]) else given.pop(field.name)
        for field in fields(group)
    }
    return group(**found)


def _is_group(kind: object) -> TypeGuard[type]:
    return isinstance(kind, type) and is_dataclass(kind)
