"""Options of a dataclass are options of every command that takes it."""

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer

from allocation_engine.interfaces.cli.grouped_options import with_grouped_options


@dataclass(frozen=True)
class Size:
    wide: Annotated[int, typer.Option("--wide")] = 1


@dataclass(frozen=True, kw_only=True)
class Parcel:
    label: Annotated[str | None, typer.Option("--label")] = None
    size: Size


SENT: list[tuple[str, Parcel, bool]] = []


@with_grouped_options
def send(
    to: Annotated[str, typer.Argument()], *, parcel: Parcel, soon: Annotated[bool, typer.Option("--soon")] = False
) -> None:
    """Send a parcel."""
    SENT.append((to, parcel, soon))


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (["you"], ("you", Parcel(size=Size()), False)),
        (["you", "--wide", "7", "--soon", "--label", "x"], ("you", Parcel(label="x", size=Size(7)), True)),
    ],
)
def test_a_command_is_given_its_groups_whole(arguments: list[str], sent: tuple[str, Parcel, bool]) -> None:
    app = typer.Typer()
    app.command()(send)
    app(arguments, standalone_mode=False)
    assert SENT.pop() == sent


def test_a_command_keeps_its_name_and_its_words() -> None:
    assert (send.__name__, send.__doc__) == ("send", "Send a parcel.")
