"""Nothing committed ties the project to one machine or one place."""

import tempfile
from pathlib import Path

from tests.architecture.source_files import ROOT, committed, named

PLACES = tuple(text[::-1] for text in ("lru-xedni", "gro.ipyp", "detsohnohtyp.selif"))
"""Written backwards, so that this file does not itself hold what it looks for."""


def of_this_machine() -> list[str]:
    """Give the folders that a committed file must not name: the checkout's own, and the one it lies in."""
    parent = ROOT.parent
    unmistakable = parent != parent.parent and str(parent) != tempfile.gettempdir()
    return [str(ROOT), f"{parent}/"] if unmistakable else [str(ROOT)]


def test_no_committed_file_names_a_folder_of_this_machine_or_where_packages_come_from() -> None:
    unwanted = [*of_this_machine(), *PLACES]
    found = [(named(file), one) for file in committed() for one in unwanted if one.encode() in _told(file)]
    assert found == []


def _told(file: Path) -> bytes:
    """Read a file, but for the option by which a lock file is told to leave the address out."""
    return file.read_bytes().replace(b"--no-emit-" + PLACES[0].encode(), b"")


def test_the_search_would_find_what_it_looks_for() -> None:
    assert all(
        place[::-1].encode() in (ROOT / "tests/architecture/test_committed_files.py").read_bytes() for place in PLACES
    )
    assert str(ROOT) in of_this_machine()
    assert any(named(file) == "pyproject.toml" for file in committed())
