"""What a package says it offers is what it offers."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from tests.architecture.source_files import PACKAGES, ROOT, named, sources, tree


def offers_names(file: Path) -> bool:
    targets = [target for node in tree(file).body if isinstance(node, ast.Assign) for target in node.targets]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


INITS = [file for file in sources(*PACKAGES) if file.name == "__init__.py"]


@pytest.mark.parametrize("file", [file for file in INITS if offers_names(file)], ids=named)
def test_every_public_name_exists_and_is_listed_once(file: Path) -> None:
    package = import_module(".".join(file.parent.relative_to(ROOT).parts))
    names: list[str] = package.__all__
    assert [name for name in names if not hasattr(package, name)] == []
    assert sorted(set(names)) == sorted(names)
    assert all(not name.startswith("_") for name in names)


@pytest.mark.parametrize("file", [file for file in INITS if offers_names(file)], ids=named)
def test_a_package_that_only_gathers_names_lists_every_one_it_gathers(file: Path) -> None:
    body = tree(file).body
    if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body):
        return  # it defines something itself, so some of its imports are its own means
    own = ".".join(file.parent.relative_to(ROOT).parts)
    gathered = {
        alias.asname or alias.name
        for node in body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(own)
        for alias in node.names
    }
    assert gathered <= set(import_module(own).__all__)


@pytest.mark.parametrize("file", INITS, ids=named)
def test_a_package_says_what_it_is(file: Path) -> None:
    assert ast.get_docstring(tree(file))
