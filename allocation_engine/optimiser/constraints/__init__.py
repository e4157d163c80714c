"""Each rule of allocation, stated to the solver: `caseloads` for one worker, `plans` for the whole.

Rules about one pair are not here: `variables` makes no variable for a pair that `domain.allocation.blocked` refuses.
"""

from allocation_engine.optimiser.constraints import caseloads, plans
from allocation_engine.optimiser.constraints.registry import CONSTRAINTS

__all__ = ["CONSTRAINTS", "caseloads", "plans"]
