"""The one place where numba is named: plain functions over arrays, compiled when first called and kept on disk.

What numba keeps of a function it takes up again as long as that function's own file is the same. The functions and
constants that were compiled into it may have changed since, by an upgrade as much as by an edit: what is kept is
therefore named for all the files that a function draws on.
"""

import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import config, njit
from numba.core.caching import InTreeCacheLocator, UserProvidedCacheLocator, UserWideCacheLocator

SETTINGS = vars(config)
"""Made when numba is loaded, so that type checkers do not know them."""

# What is compiled here are searches full of branches: looking for loops to vectorise doubles the time to compile and
# makes nothing faster.
SETTINGS |= {"LOOP_VECTORIZE": 0, "SLP_VECTORIZE": 0}

Function = TypeVar("Function", bound=Callable[..., Any])

ROOT = Path(__file__).parents[2]

IMPORTED = re.compile(rb"^from ((?:allocation_engine|domain)\b[\w.]*) import ", re.MULTILINE)


def compiled(function: Function) -> Function:
    """Compile a function over arrays and numbers; it gives up Python's lock while it runs, so that two can run at once.

    Arithmetic keeps its order (no fast mathematics), so that every machine and every number of threads gives the same.
    """
    others = SETTINGS["CACHE_LOCATOR_CLASSES"]
    SETTINGS["CACHE_LOCATOR_CLASSES"] = ",".join(f"{__name__}.{one.__name__}" for one in PLACES)
    try:
        return cast("Function", njit(cache=True, nogil=True, error_model="numpy")(function))
    finally:
        SETTINGS["CACHE_LOCATOR_CLASSES"] = others


@cache
def sources_of(file: Path, root: Path = ROOT) -> str:
    """Give a short digest of a source file and of all files below a root that it imports, directly or not."""
    seen, left = {file}, [file]
    while left:
        found = _looked_at(left.pop(), root)[1] - seen
        left.extend(found)
        seen |= found
    return sha256(b"".join(_looked_at(one, root)[0] for one in sorted(seen))).hexdigest()[:12]


@cache
def _looked_at(file: Path, root: Path) -> tuple[bytes, frozenset[Path]]:
    """Give a file's digest and the files that it imports."""
    text = file.read_bytes()
    return sha256(text).digest(), frozenset(_file_of(name.decode(), root) for name in IMPORTED.findall(text))


def _file_of(name: str, root: Path) -> Path:
    path = root.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


class _NamedForSources:
    """Names what is kept of a function for its line, as numba does, and for all the files that it draws on."""

    _lineno: int
    _py_file: str

    def get_disambiguator(self) -> str:
        return f"{self._lineno}-{sources_of(Path(self._py_file))}"


class WhereTheUserSays(_NamedForSources, UserProvidedCacheLocator):
    """In the directory that NUMBA_CACHE_DIR names."""


class BesideTheSource(_NamedForSources, InTreeCacheLocator):
    """In `__pycache__`."""


class InTheUsersCache(_NamedForSources, UserWideCacheLocator):
    """In the cache of the user, where the source lies in a place that cannot be written."""


PLACES = (WhereTheUserSays, BesideTheSource, InTheUsersCache)
