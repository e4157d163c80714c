"""The allocation engine: an honest account of exposure, and proposals that share it fairly. A person decides.

`planning` proposes and decides, `optimiser` searches, `persistence` keeps, `interfaces` are how others reach it.
"""

from allocation_engine.bootstrap import open_engine, read_policy
from allocation_engine.engine import Engine
from allocation_engine.planning import Question

__all__ = ["Engine", "Question", "open_engine", "read_policy"]
