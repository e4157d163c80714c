"""The register of constraints: each states one rule of `domain/allocation/rules` to the solver, under its code."""

from collections.abc import Callable

from ortools.sat.python import cp_model

from allocation_engine.optimiser.variables import Variables
from domain.allocation import AllocationProblem
from domain.allocation.rules import PlanRule

Constraint = Callable[[cp_model.CpModel, Variables, AllocationProblem], None]

CONSTRAINTS: dict[str, Constraint] = {}
"""Rule code to the function that states it."""


def states(rule: PlanRule) -> Callable[[Constraint], Constraint]:
    """Register a function as what states a rule; two for one rule refuse to load."""

    def register(constraint: Constraint) -> Constraint:
        if rule.code in CONSTRAINTS:
            raise ValueError(f"the rule {rule.code} is stated twice")
        CONSTRAINTS[rule.code] = constraint
        return constraint

    return register
