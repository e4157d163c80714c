"""The command that lets somebody into the desk once."""

from datetime import datetime
from typing import Any

import pytest

from tests.interfaces.cli.command_line import CommandLine


def test_a_link_is_made_for_a_person_and_a_role(service: CommandLine) -> None:
    answer: Any = service.document("sign-in-link", "--for", "m-0042", "--at", "https://desk.example/")
    assert answer["link"].startswith("https://desk.example/desk/sign-in/")
    assert len(answer["link"].rpartition("/")[2]) == 64
    assert (answer["actor"], answer["role"]) == ("m-0042", "manager")
    assert datetime.fromisoformat(answer["until"]).tzinfo is not None
    again: Any = service.document("sign-in-link", "--for", "m-0042")
    assert again["link"].rpartition("/")[2] != answer["link"].rpartition("/")[2]
    assert service.text("sign-in-link", "--for", "m-0042").startswith("http://127.0.0.1:8000/desk/sign-in/")


@pytest.mark.parametrize(
    ("role", "asks_for"),
    [("system", "keys issue"), ("practitioner", "--worker"), ("supervisor", "--team")],
    ids=["a-system", "whose-account", "which-team"],
)
def test_who_would_see_nothing_gets_no_link_and_is_told_what_to_give(
    service: CommandLine, role: str, asks_for: str
) -> None:
    _, error = service.refused("sign-in-link", "--for", "m-0042", "--role", role)
    assert asks_for in error
