"""Options that several commands share, and how their texts are read."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from allocation_engine.bootstrap import open_engine
from allocation_engine.engine import Engine
from allocation_engine.errors import SettingsError
from allocation_engine.settings import Settings
from domain.events.allocation import DecisionReason
from domain.identifiers import PersonId

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Where the events are kept: sqlite:///file.sqlite or postgresql://…. "
        "Default: the setting ALLOCATION_ENGINE_STORE, else sqlite:///allocation-engine.sqlite.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document on standard output, and nothing else there."),
]
AsAtOption = Annotated[
    str | None,
    typer.Option(
        "--as-at",
        metavar="DAY",
        help="The day or moment to look at, such as 2026-11-01 or 2026-11-01T09:00+00:00. Default: now.",
        show_default=False,
    ),
]
KnownAtOption = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="DAY",
        help="Leave out what was recorded after this day or moment: what did we know then? Default: all we know.",
        show_default=False,
    ),
]
PolicyFileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="A policy set in TOML, of the shape of the shipped example.", show_default=False
    ),
]
PolicyFileOption = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="Take the policy set in this TOML file.", show_default=False),
]
ByOption = Annotated[
    str,
    typer.Option(
        "--by", metavar="ID", help="Who acts: your staff id, such as m-0042. An id, not a name.", show_default=False
    ),
]
ReasonOption = Annotated[
    str,
    typer.Option(
        "--reason",
        metavar="TEXT",
        help="Why, in a sentence about the decision: never about a child.",
        show_default=False,
    ),
]


_PERSON = TypeAdapter(PersonId)
_REASON: TypeAdapter[str] = TypeAdapter(DecisionReason)


def settings_for(store: str | None) -> Settings:
    """Read the settings from the environment, the store from the option where it is given."""
    settings = Settings.from_mapping(os.environ)
    return settings if store is None else replace(settings, store=store)


def engine_for(store: str | None) -> Engine:
    """Open the engine on the store that the option or the setting names."""
    return _engine(settings_for(store))


def store_repeated(store: str | None) -> str:
    """Give the option as it must be repeated in a suggested next command; nothing where the setting names the store."""
    return "" if store is None else f" --store {store}"


def store_exists(url: str) -> bool:
    """Say whether a SQLite store's file is there; of other stores only opening them tells."""
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()


def existing_engine(store: str | None, *, check_keys: bool = True) -> Engine:
    """Open the engine on a store that is there: a question to a mistyped file must not make an empty one."""
    settings = settings_for(store)
    url = settings.store
    if not store_exists(url):
        raise SettingsError(
            "the store",
            f"{url} does not exist. Fill it with `import annex-a` or `generate`, or name another with --store",
        )
    return _engine(settings, check_keys=check_keys)


def _engine(settings: Settings, *, check_keys: bool = True) -> Engine:
    return open_engine(
        settings.store,
        person_keys=settings.person_keys,
        master_key_file=settings.master_key_file,
        check_keys=check_keys,
    )


def person(text: str, option: str = "--by") -> str:
    """Read the id of who acts, refusing what looks like a name."""
    try:
        return _PERSON.validate_python(text)
    except ValidationError:
        raise SettingsError(
            option, "give a staff id of letters, digits, '.', '_' or '-', such as m-0042; names stay out of the log"
        ) from None


def reason_given(text: str) -> str:
    """Read the reason of a decision, refusing one that is too short or too long to be kept."""
    try:
        return _REASON.validate_python(text)
    except ValidationError:
        raise SettingsError("--reason", "give the reason in a sentence of 3 to 300 characters") from None


@dataclass(frozen=True, slots=True)
class Pair:
    """A case and a worker, written CASE=WORKER."""

    case_id: str
    worker_id: str

    @classmethod
    def read(cls, text: str) -> "Pair":
        """Read `CASE=WORKER`."""
        case_id, separator, worker_id = text.partition("=")
        if not separator or not case_id or not worker_id:
            raise SettingsError("CASE=WORKER", f"cannot read {text!r}; write a case and a worker as c-000012=w-0003")
        return cls(case_id.strip(), worker_id.strip())
