"""Explanation as data plus a sentence: why this worker, why not that one, why a case waits, what a rule costs.

`levels_changed` · `plan_in_hand` (a change judged from the workers it touches) · `choices` · `repairs`, `regret` and
`why_not` · `rules_left_out`, `conflict` and `rule_costs` · `what_would_change` and `sentences` in plain words.
"""

from allocation_engine.optimiser.explain.choices import (
    Alternative,
    ChoiceExplained,
    UnallocatedExplained,
    explain_choices,
    explain_unallocated,
)
from allocation_engine.optimiser.explain.conflict import Conflict, RuleInConflict, conflict_of
from allocation_engine.optimiser.explain.levels_changed import LevelChange
from allocation_engine.optimiser.explain.moved import Moved
from allocation_engine.optimiser.explain.regret import Regret, fairness_of
from allocation_engine.optimiser.explain.rule_costs import RuleCost, rule_costs
from allocation_engine.optimiser.explain.what_would_change import Hurdle
from allocation_engine.optimiser.explain.why_not import WhyNot, why_not

__all__ = [
    "Alternative",
    "ChoiceExplained",
    "Conflict",
    "Hurdle",
    "LevelChange",
    "Moved",
    "Regret",
    "RuleCost",
    "RuleInConflict",
    "UnallocatedExplained",
    "WhyNot",
    "conflict_of",
    "explain_choices",
    "explain_unallocated",
    "fairness_of",
    "rule_costs",
    "why_not",
]
