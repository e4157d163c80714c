"""Every unit to one worker within their hours at the least cost: generalised assignment, on plain arrays.

In reading order: `problem` · `pairs` · `pricing` (one worker's knapsack) · `core` (the same, faster) · `bound` (prices) ·
`certify` · `fixing` · `branch` (trying everything) · `beam` (many partial plans) · `start` · `pushing` · `neighbours` ·
`together` (threads) · `solve`.
"""

from allocation_engine.optimiser.knapsacks.certify import certified_bound
from allocation_engine.optimiser.knapsacks.problem import KnapsackAnswer, KnapsackProblem
from allocation_engine.optimiser.knapsacks.solve import least_cost

__all__ = ["KnapsackAnswer", "KnapsackProblem", "certified_bound", "least_cost"]
