"""What is kept of compiled functions is named for every file they draw on, so that none runs with what was changed."""

from pathlib import Path
from typing import Any

import pytest

from allocation_engine.optimiser.caseloads.anneal import anneal
from allocation_engine.optimiser.caseloads.standing import put
from allocation_engine.optimiser.compiled import sources_of

HAS = {
    "allocation_engine/near.py": "from domain.far import STEP\n\ndef f(): ...\n",
    "allocation_engine/apart.py": "APART = 1\n",
    "domain/far.py": "from domain.kinds import (\n    KIND,\n)\nSTEP = 1\n",
    "domain/kinds/__init__.py": "KIND = 1\n",
}


def written(root: Path, changed: str = "") -> str:
    """Write files out, with one of them changed, and give the digest for the nearest."""
    for name, text in HAS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "OTHER = 2\n" if name == changed else text)
    return sources_of(root / "allocation_engine/near.py", root)


@pytest.mark.parametrize(("changed", "counts"), [*((name, "apart" not in name) for name in HAS)])
def test_a_change_in_whatever_a_file_draws_on_gives_another_name(tmp_path: Path, changed: str, *, counts: bool) -> None:
    before, after = written(tmp_path / "before"), written(tmp_path / "after", changed)
    assert (before != after) is counts


@pytest.mark.parametrize("function", [anneal, put])
def test_what_is_kept_is_named_for_the_sources(function: Any) -> None:
    assert sources_of(Path(function.__code__.co_filename)) in function._cache._cache_file._index_name
