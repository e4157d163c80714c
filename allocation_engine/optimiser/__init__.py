"""The optimiser: `AllocationProblem -> AllocationResult`, in reading order.

`scaling` · `variables` · `constraints/` (a rule becomes a constraint) · `objective` (the levels) · `solve` · `result` ·
`verify` (without the solver) · `explain`. The problem and its rules are in `domain/allocation`.
"""

from allocation_engine.optimiser.aims import Aim, Fairness
from allocation_engine.optimiser.explain import explain_choices, explain_unallocated
from allocation_engine.optimiser.result import AllocationResult, Level, SolveStatus
from allocation_engine.optimiser.solve import solve
from allocation_engine.optimiser.verify import Verdict, verify
from allocation_engine.optimiser.watch import Limits, Progress, Stopped

__all__ = [
    "Aim",
    "AllocationResult",
    "Fairness",
    "Level",
    "Limits",
    "Progress",
    "SolveStatus",
    "Stopped",
    "Verdict",
    "explain_choices",
    "explain_unallocated",
    "solve",
    "verify",
]
