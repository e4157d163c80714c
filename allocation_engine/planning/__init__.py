"""The service layer: read, decide, append. `propose` and `decide` for allocations, `record` for reported events.

`situation` and `build_problem` lead from the views to an `AllocationProblem`; `staleness` says what a proposal relied on.
"""

from allocation_engine.planning.build_problem import Question, build_problem
from allocation_engine.planning.decide import Amendment, Approval, amend, approve, read_proposal, reject
from allocation_engine.planning.policy_in_force import PolicyInForce, policy_in_force
from allocation_engine.planning.propose import Proposal, propose
from allocation_engine.planning.record import record_event
from allocation_engine.planning.situation import Situation, read_situation
from allocation_engine.planning.stamp import Stamp

__all__ = [
    "Amendment",
    "Approval",
    "PolicyInForce",
    "Proposal",
    "Question",
    "Situation",
    "Stamp",
    "amend",
    "approve",
    "build_problem",
    "policy_in_force",
    "propose",
    "read_proposal",
    "read_situation",
    "record_event",
    "reject",
]
