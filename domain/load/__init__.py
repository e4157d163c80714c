"""The load model: an accounting index of exposure and recovery, in load points [lp]; 100 is one full-time capacity.

For worker w and compartment k (acute, cumulative)::

    L_k(t) = sum over impulses i   a_i,k · exp(-(R_k(t) - R_k(t_i)))
           + sum over cases c held  ∫ r_c,k(s) · exp(-(R_k(t) - R_k(s))) ds
    R_k(t) = ∫ m(s)/τ_k ds + sum of reliefs up to t

`facts` what it reads · `exposure` the terms a and r · `recovery` the clock R · `holdings` who held what ·
`account` L with every contribution · `capacity` · `forecast` the mean ahead and what a case would add · `explain`.
"""

from domain.load.account import Contribution, LoadAccount, SourceOfLoad, load_account
from domain.load.capacity import Capacity, capacity_at
from domain.load.exposure import CaseProfile, TwoCompartments, case_points
from domain.load.forecast import Outlook, added_load, capacity_ahead, outlook, predicted_load
from domain.load.parameters import Coefficient, CoefficientKind, LoadParameters

__all__ = [
    "Capacity",
    "CaseProfile",
    "Coefficient",
    "CoefficientKind",
    "Contribution",
    "LoadAccount",
    "LoadParameters",
    "Outlook",
    "SourceOfLoad",
    "TwoCompartments",
    "added_load",
    "capacity_ahead",
    "capacity_at",
    "case_points",
    "load_account",
    "outlook",
    "predicted_load",
]
