"""Who may import whom."""

import ast
import os
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.source_files import ROOT, imported, named, sources, tree


def test_the_contracts_between_the_packages_are_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(os.fspath(ROOT))
    status = lint_imports(config_filename=os.fspath(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.parametrize("file", sources("domain"), ids=named)
def test_the_domain_imports_the_standard_library_pydantic_and_itself(file: Path) -> None:
    assert set(imported(file)) <= sys.stdlib_module_names | {"domain", "pydantic"}


READS_THE_WORLD = {"os", "io", "pathlib", "socket", "sqlite3", "subprocess", "threading", "time", "random", "secrets"}


@pytest.mark.parametrize("file", sources("domain", "projections"), ids=named)
def test_the_core_reads_no_file_no_clock_and_no_dice(file: Path) -> None:
    assert not READS_THE_WORLD & set(imported(file))
    called = {_name(node.func) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)}
    assert not called & {"now", "utcnow", "today", "uuid1", "uuid4", "open", "read_text", "print", "input"}


def _name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""
