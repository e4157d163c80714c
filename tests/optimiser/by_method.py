"""The same question put to one method or the other, whatever the problem's size."""

import sys
from typing import Any

import pytest

from allocation_engine.optimiser import AllocationResult, solve
from domain.allocation import AllocationProblem

SOLVING = sys.modules[solve.__module__]
"""The module of `solve`, whose own name is the function's too."""


def in_one_model(problem: AllocationProblem, **asked: Any) -> AllocationResult:
    """Solve in one model, however large the problem."""
    return _solved(problem, sys.maxsize, asked)


def caseload_by_caseload(problem: AllocationProblem, **asked: Any) -> AllocationResult:
    """Solve caseload by caseload where that method knows the problem's form, however small it is."""
    return _solved(problem, 0, asked)


def _solved(problem: AllocationProblem, one_model_up_to: int, asked: dict[str, Any]) -> AllocationResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SOLVING, "ONE_MODEL_UP_TO", one_model_up_to)
        return solve(problem, **asked)
