"""Files and functions stay small enough to find one's way in."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source_files import PACKAGES, named, sources, tree

LONGEST_FILE, LONGEST_FUNCTION = 400, 60


@pytest.mark.parametrize("file", sources(*PACKAGES), ids=named)
def test_a_file_holds_one_idea_in_four_hundred_lines_at_most(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("file", sources(*PACKAGES), ids=named)
def test_the_body_of_a_function_is_sixty_lines_at_most(file: Path) -> None:
    functions = [node for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: _lines_of_body(node) for node in functions}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def _lines_of_body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count what a function does: a command's options and a numpy docstring are tables to read, not steps to follow."""
    steps = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (steps[-1].end_lineno or 0) - steps[0].lineno + 1 if steps else 0


@pytest.mark.parametrize("file", sources(*PACKAGES), ids=named)
def test_a_file_is_named_in_lower_case_for_its_idea(file: Path) -> None:
    assert file.name == file.name.lower()
    assert file.stem not in {"utils", "helpers", "models", "services", "common", "misc"}
