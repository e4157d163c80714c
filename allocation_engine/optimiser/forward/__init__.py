"""A service run forward week by week in compiled code: the load model's steps, and a weekly allocation by `caseloads`.

In reading order: `arrays` (what is run, and what comes out) · `standing_cases` (who holds what in a week) · `load` (a week's exact
steps) · `sheet` (the week's problem as arrays) · `allocate` (its plan) · `run` (the weeks, one after another) · `warm_up`.

`run.run_weeks` is imported where it is needed: compiled code takes a while to load. The planning layer draws the arrays up with the domain's own functions and reads the answer; nothing here knows a policy.
"""

from allocation_engine.optimiser.forward.arrays import (
    CASES,
    HARMS,
    IMPULSE,
    NO_LIMIT,
    NO_ONE,
    PIECES,
    PLANNED,
    RELEASE_ALL,
    RELEASE_HIGH,
    SESSION,
    STARTS,
    SUMS,
    WEEKS,
    Chances,
    Course,
    Service,
    new_course,
)

__all__ = [
    "CASES",
    "HARMS",
    "IMPULSE",
    "NO_LIMIT",
    "NO_ONE",
    "PIECES",
    "PLANNED",
    "RELEASE_ALL",
    "RELEASE_HIGH",
    "SESSION",
    "STARTS",
    "SUMS",
    "WEEKS",
    "Chances",
    "Course",
    "Service",
    "new_course",
]
