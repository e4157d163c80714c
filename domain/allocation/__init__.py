"""Allocation, without a solver: the problem, every rule, and what a plan is worth.

`problem` the data (`figures` by case and worker), `rules` what must hold, `score` what is better. The optimiser searches; these judge.
"""

from domain.allocation.figures import Factors, Figures, figure
from domain.allocation.problem import AllocationProblem, Candidate, Caps, CaseNeed, Plan
from domain.allocation.rules import RULES, SHORT, blocked, violations
from domain.allocation.score import Score, score

__all__ = [
    "RULES",
    "SHORT",
    "AllocationProblem",
    "Candidate",
    "Caps",
    "CaseNeed",
    "Factors",
    "Figures",
    "Plan",
    "Score",
    "blocked",
    "figure",
    "score",
    "violations",
]
