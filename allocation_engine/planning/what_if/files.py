"""What-ifs as files, TOML or JSON: what one service saves, another can read."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import JsonValue

from allocation_engine.errors import SettingsError
from allocation_engine.planning.what_if.scenario import WhatIf


def read_what_if(path: Path) -> WhatIf:
    """Read a what-if from a file: JSON if its name ends so, else TOML.

    Raises
    ------
    SettingsError
        The file cannot be opened or read, or is no what-if; the first fault is named by its place.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise SettingsError("FILE", f"{path} cannot be read: {type(error).__name__}") from None
    except UnicodeDecodeError:
        raise SettingsError("FILE", f"{path} is no text in UTF-8") from None
    return from_text(text, as_json=path.suffix == ".json", name=str(path))


def from_text(text: str, *, as_json: bool, name: str = "FILE") -> WhatIf:
    """Read a what-if from the text of a file."""
    try:
        content = json.loads(text) if as_json else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(name, f"it is no {'JSON' if as_json else 'TOML'} file ({error})") from None
    if not isinstance(content, dict):
        raise SettingsError(name, "a what-if is a table of title, weeks, runs, seed, assumptions and scenarios")
    return WhatIf.from_mapping({key: _plain(value) for key, value in content.items()})


def _plain(value: object) -> JsonValue:
    """Give a value of TOML as JSON has it: a day or moment becomes text."""
    if isinstance(value, datetime):
        return value.isoformat() if value.tzinfo is not None else f"{value.isoformat()}+00:00"
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return f"{value}T00:00:00+00:00"  # a day alone: its beginning


def to_json(asked: WhatIf) -> str:
    """Write a what-if as JSON."""
    return json.dumps(asked.to_mapping(), ensure_ascii=False, indent=2) + "\n"


def to_toml(asked: WhatIf) -> str:
    """Write a what-if as TOML that reads well: a table for each scenario and each of its changes."""
    content = asked.to_mapping()
    scenarios, assumptions = content.pop("scenarios"), content.pop("assumptions")
    lines = _pairs(content)
    if isinstance(assumptions, dict):
        lines += ["", "[assumptions]", *_pairs(assumptions)]
    for scenario in scenarios if isinstance(scenarios, list) else []:
        if not isinstance(scenario, dict):
            continue
        changes = scenario.pop("changes", [])
        lines += ["", "[[scenarios]]", *_pairs(scenario)]
        for change in changes if isinstance(changes, list) else []:
            if isinstance(change, dict):
                lines += ["", "[[scenarios.changes]]", *_pairs(change)]
    return "\n".join(lines) + "\n"


def _pairs(table: Mapping[str, JsonValue]) -> list[str]:
    return [f"{_key(key)} = {_inline(value)}" for key, value in table.items()]


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else _text(name)


def _inline(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return "[" + ", ".join(_inline(part) for part in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_inline(part)}" for key, part in value.items()) + " }"
    return repr(value)


def _text(value: str) -> str:
    """Quote a text: what JSON escapes TOML reads, but for the character after the last of ASCII."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
