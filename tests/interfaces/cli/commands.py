"""Calls the command line in process and reads what it printed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from allocation_engine.interfaces.cli.main import main


@dataclass(frozen=True)
class Called:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """All of standard output, as the one JSON document that it must be."""
        return json.loads(self.out)


Call = Callable[..., Called]


def caller(capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: str) -> Called:
        status = main(list(arguments))
        printed = capsys.readouterr()
        return Called(status, printed.out, printed.err)

    return call
