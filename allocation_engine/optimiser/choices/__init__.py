"""Choices for whoever decides: other plans nearly as good, what balance costs, and solving again around a decision.

`alternatives` (`within`, `limited_model`, `passing_on`) · `frontier` (`sweep`) · `amend`.
"""

from allocation_engine.optimiser.choices.alternatives import AlternativePlan, Alternatives, alternatives
from allocation_engine.optimiser.choices.amend import SolvedAgain, solve_again
from allocation_engine.optimiser.choices.frontier import Frontier, FrontierPoint, frontier

__all__ = [
    "AlternativePlan",
    "Alternatives",
    "Frontier",
    "FrontierPoint",
    "SolvedAgain",
    "alternatives",
    "frontier",
    "solve_again",
]
