"""Calls the command line in process, as a person and as a program would."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from allocation_engine.interfaces.cli.main import main
from tests.interfaces.importers.annex_a.workbooks import in_need, lists, write

Document = dict[str, JsonValue]
SERVICE = ("generate", "--workers", "8", "--waiting", "3", "--weeks", "6", "--ends", "2026-11-20")
WHY = "discussed in the allocation meeting"


@dataclass(frozen=True)
class Called:
    """What one call came to."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """All of standard output, as the one JSON document that it must be."""
        return json.loads(self.out)


Call = Callable[..., Called]


class CommandLine:
    """One folder with one store; every call gives the exit status and what was printed where."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], store: str) -> None:
        self.folder, self.capsys, self.store = folder, capsys, store

    def run(self, *arguments: str) -> Called:
        self.capsys.readouterr()
        status = main(list(arguments))
        printed = self.capsys.readouterr()
        return Called(status, printed.out, printed.err)

    def call(self, *arguments: str) -> tuple[int, str, str]:
        called = self.run(*arguments)
        return called.status, called.out, called.err

    def text(self, *arguments: str) -> str:
        status, out, err = self.call(*arguments)
        assert status == 0, err
        return out

    def document(self, *arguments: str) -> Document:
        status, out, err = self.call(*arguments, "--json")
        assert status == 0, (out, err)
        read: Document = json.loads(out)
        return read

    def refused(self, *arguments: str) -> tuple[str, str]:
        """Give the code and the sentence of a refusal, which must be told alike to people and to programs."""
        status, out, err = self.call(*arguments)
        assert (status, out) == (1, "")
        told = json.loads(self.call(*arguments, "--json")[1])["error"]
        assert " ".join(told["message"].split()) == " ".join(err.split())
        return told["code"], told["message"]

    def proposal(self, *arguments: str) -> Document:
        return self.document("propose", "--effort", "5", *arguments)

    @property
    def head(self) -> int:
        head = self.document("log", "--limit", "1")["head"]
        assert isinstance(head, int)
        return head


def workbook(path: Path) -> Path:
    """Write two held cases and a waiting one, with two workers."""
    return write(path, lists(six=[in_need(101), in_need(102, worker="Worker A2"), in_need(103, worker=None)]))
