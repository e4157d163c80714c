"""The two commands of the README need nothing but Python and pip, and install only what is pinned."""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_tasks_use_the_standard_library_alone() -> None:
    tree = ast.parse((ROOT / "tasks.py").read_text("utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module.split(".")[0] for module in modules} <= sys.stdlib_module_names


def test_every_task_is_listed_and_an_unknown_one_is_refused() -> None:
    listed = subprocess.run([sys.executable, "tasks.py", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for task in ("run", "test", "check", "bench", "setup"):
        assert re.search(rf"^  {task} ", listed.stdout, re.MULTILINE), task
    unknown = subprocess.run([sys.executable, "tasks.py", "nonsense"], cwd=ROOT, capture_output=True, check=False)
    assert unknown.returncode == 2


def test_the_lock_pins_by_hash_and_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    pins = re.split(r"\n(?=\S)", lock.strip())
    assert len(pins) > 20
    assert [pin.split("==")[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
