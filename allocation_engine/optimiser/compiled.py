"""The one place where numba is named: plain functions over arrays, compiled when first called and kept on disk."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import config, njit

# What is compiled here are searches full of branches: looking for loops to vectorise doubles the time to compile and
# makes nothing faster.
setattr(config, "LOOP_VECTORIZE", 0)  # noqa: B010  numba makes its settings at run time, unknown to type checkers
setattr(config, "SLP_VECTORIZE", 0)  # noqa: B010

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function over arrays and numbers; it gives up Python's lock while it runs, so that two can run at once.

    Arithmetic keeps its order (no fast mathematics), so that every machine and every number of threads gives the same.
    """
    return cast("Function", njit(cache=True, nogil=True, error_model="numpy")(function))
