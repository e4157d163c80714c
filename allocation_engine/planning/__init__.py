"""The service layer: read, decide, append. `propose` and `decide` for allocations, `record` for reported events.

`situation` and `build_problem` lead from the views to an `AllocationProblem`; `staleness` says what a proposal relied on.
`policy_*` adopt a policy set, replay a past period under another, and vary its numbers one at a time.
"""

from allocation_engine.planning.build_problem import Question, build_problem
from allocation_engine.planning.consider import Considered, consider
from allocation_engine.planning.consider_proposal import consider_proposal
from allocation_engine.planning.decide import Amendment, Approval, amend, approve, reject
from allocation_engine.planning.erase import Erasure, erase
from allocation_engine.planning.load_figures import LoadFigures, load_figures, read_account
from allocation_engine.planning.policy_adoption import adoption
from allocation_engine.planning.policy_differences import Difference, differences
from allocation_engine.planning.policy_in_force import Adoption, PolicyInForce, adoptions, policy_in_force
from allocation_engine.planning.policy_replay import PolicyComparison, compare_policies
from allocation_engine.planning.policy_sensitivity import PolicySensitivity, policy_sensitivity
from allocation_engine.planning.proposal_states import read_proposal
from allocation_engine.planning.propose import Proposal, propose
from allocation_engine.planning.record import record_event
from allocation_engine.planning.requests import Job, JobBoard, make_requested, request_proposal, withdraw_request
from allocation_engine.planning.retract import retract
from allocation_engine.planning.search import Search
from allocation_engine.planning.situation import Situation, read_situation
from allocation_engine.planning.stamp import Stamp
from allocation_engine.planning.undo import undo

__all__ = [
    "Adoption",
    "Amendment",
    "Approval",
    "Considered",
    "Difference",
    "Erasure",
    "Job",
    "JobBoard",
    "LoadFigures",
    "PolicyComparison",
    "PolicyInForce",
    "PolicySensitivity",
    "Proposal",
    "Question",
    "Search",
    "Situation",
    "Stamp",
    "adoption",
    "adoptions",
    "amend",
    "approve",
    "build_problem",
    "compare_policies",
    "consider",
    "consider_proposal",
    "differences",
    "erase",
    "load_figures",
    "make_requested",
    "policy_in_force",
    "policy_sensitivity",
    "propose",
    "read_account",
    "read_proposal",
    "read_situation",
    "record_event",
    "reject",
    "request_proposal",
    "retract",
    "undo",
    "withdraw_request",
]
