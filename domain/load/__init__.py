"""The load model: an accounting index of exposure and recovery, in load points [lp]; 100 is one full-time capacity.

For worker w and compartment k (acute, cumulative)::

    L_k(t) = sum over impulses i   a_i,k · exp(-(R_k(t) - R_k(t_i)))
           + sum over cases c held  ∫ r_c,k(s) · exp(-(R_k(t) - R_k(s))) ds
    R_k(t) = ∫ m(s)/τ_k ds + sum of reliefs up to t

`facts` what it reads · `exposure` the terms a and r · `recovery` the clock R · `holdings` who held what · `capacity` ·
`account` L with every contribution · `running` L as it runs, by `affine` steps · `over_time` L at many moments ·
`looking_ahead` and `forecast` mean and variance ahead · `changes`, `groups` and `explain` what is told of it.
"""

from domain.load.account import Contribution, LoadAccount, SourceOfLoad, load_account
from domain.load.affine import AffineStep
from domain.load.capacity import Capacity, capacity_at
from domain.load.changes import Change, Changes, KindOfChange, SessionsSince, changes_between, sessions_since
from domain.load.exposure import CaseProfile, TwoCompartments, case_points
from domain.load.forecast import (
    Forecast,
    added_load,
    added_variance,
    capacity_ahead,
    load_ahead,
    predicted_load,
)
from domain.load.groups import Group, Grouping, grouped
from domain.load.looking_ahead import Outlook, outlook, outlook_at
from domain.load.over_time import PointInTime, timeline
from domain.load.parameters import Coefficient, CoefficientKind, LoadParameters
from domain.load.running import RunningLoad, advance, apply, apply_to_case

__all__ = [
    "AffineStep",
    "Capacity",
    "CaseProfile",
    "Change",
    "Changes",
    "Coefficient",
    "CoefficientKind",
    "Contribution",
    "Forecast",
    "Group",
    "Grouping",
    "KindOfChange",
    "LoadAccount",
    "LoadParameters",
    "Outlook",
    "PointInTime",
    "RunningLoad",
    "SessionsSince",
    "SourceOfLoad",
    "TwoCompartments",
    "added_load",
    "added_variance",
    "advance",
    "apply",
    "apply_to_case",
    "capacity_ahead",
    "capacity_at",
    "case_points",
    "changes_between",
    "grouped",
    "load_account",
    "load_ahead",
    "outlook",
    "outlook_at",
    "predicted_load",
    "sessions_since",
    "timeline",
]
