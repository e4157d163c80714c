"""The optimiser: `AllocationProblem -> AllocationResult`, in reading order.

`scaling` · `variables` · `constraints/` (a rule becomes a constraint) · `objective` (the levels) · `solve` · `result` ·
`verify` (without the solver) · `explain`. The problem and its rules are in `domain/allocation`.
"""

from allocation_engine.optimiser.explain import explain_choices, explain_unallocated
from allocation_engine.optimiser.objective import Fairness
from allocation_engine.optimiser.result import AllocationResult, Level, SolveStatus
from allocation_engine.optimiser.solve import solve
from allocation_engine.optimiser.verify import Verdict, verify

__all__ = [
    "AllocationResult",
    "Fairness",
    "Level",
    "SolveStatus",
    "Verdict",
    "explain_choices",
    "explain_unallocated",
    "solve",
    "verify",
]
