"""The README says what is so: its example runs, its paths, commands and settings exist."""

import contextlib
import io
import re
from pathlib import Path

from allocation_engine.interfaces.cli.main import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_python_example_runs_as_it_stands() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})
    assert "of capacity over the coming weeks" in printed.getvalue()
    assert sum(map(int, re.findall(r"'w-\d': (\d)", printed.getvalue()))) == 3, "all three cases found a worker"
    assert len([line for line in example.splitlines() if line.strip()]) <= 24


def test_every_path_in_its_table_exists() -> None:
    rows = [line for line in README.splitlines() if line.startswith("| ") and "`" in line]
    paths = [path for row in rows for path in re.findall(r"`([a-z_]+/[a-z_/.]*)`", row)]
    assert len(paths) >= 8
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_command_is_named() -> None:
    names = {command.name for command in app.registered_commands}
    for group in app.registered_groups:
        assert group.typer_instance is not None
        names |= {f"{group.name} {command.name}" for command in group.typer_instance.registered_commands}
    assert {"load", "import annex-a", "policy adopt"} <= names
    assert {name for name in names if f"`{name}`" not in README and f"allocation-engine {name}" not in README} == set()


def test_every_setting_is_named() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "allocation_engine").rglob("*.py"))
    settings = set(re.findall(r"ALLOCATION_ENGINE_[A-Z_]+", code))
    assert settings
    assert {name for name in settings if name not in README} == set()
