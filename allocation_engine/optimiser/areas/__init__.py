"""Teams alike that each serve one area: the squares of the workers' loads are least, and proven so.

`problem` · `spreading` (a first bound) · `evening` (a first plan) · `caseloads` · `relaxation` · `partition` (the exact
step) · `team` (so many workers in one area) · `counts` (how many to which area) · `share` (the whole).
"""

from allocation_engine.optimiser.areas.problem import AreaAnswer, AreaProblem
from allocation_engine.optimiser.areas.share import share_by_area

__all__ = ["AreaAnswer", "AreaProblem", "share_by_area"]
