"""A command line in an empty folder, and one with a small service in its store."""

from pathlib import Path

import pytest

from tests.interfaces.cli.command_line import SERVICE, CommandLine


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("KEY_FILE", "PERSON_KEYS", "MASTER_KEY_FILE"):
        monkeypatch.delenv(f"ALLOCATION_ENGINE_{name}", raising=False)
    monkeypatch.setenv("ALLOCATION_ENGINE_STORE", "sqlite:///s.sqlite")
    monkeypatch.setenv("COLUMNS", "80")
    return CommandLine(folder, capsys, "sqlite:///s.sqlite")


@pytest.fixture
def service(empty: CommandLine) -> CommandLine:
    empty.text(*SERVICE)
    return empty
