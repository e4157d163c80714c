"""What each case was like from when on, as numbers: its risk and kinds of harm."""

from dataclasses import dataclass

import numpy as np

from domain.load import facts
from projections.fact_codes import KIND_CODE, NOT_ASSESSED
from projections.load_columns.arrays import Ints, bounds, last_so_far, runs
from projections.load_columns.told import Told
from projections.load_columns.weights import RISK_STEP, UNKNOWN_PROFILE


@dataclass(frozen=True, slots=True)
class Profiles:
    """Changes of cases' profiles: the case, when [µs] and the profile from then on; in order, the last of a moment holds."""

    case: Ints
    at: Ints
    profile: Ints


@dataclass(frozen=True, slots=True)
class Cut:
    """Pieces of stretches with one profile each: the stretch, the piece's start [µs] and the profile; in order.

    Of changes in one moment all but the last make pieces of no length.
    """

    stretch: Ints
    start: Ints
    profile: Ints


def profiles(told: Told) -> Profiles:
    """Read the profiles off the cases' openings and reassessments of risk.

    A reassessment that says nothing of harms leaves them as they were.
    """
    case, opened = told.subject, told.facts["kind"] == KIND_CODE[facts.CaseOpened]
    harms = told.facts["harms"].astype(np.int64)
    source = last_so_far(opened | (harms != NOT_ASSESSED))
    said = source >= np.searchsorted(case, case)  # and not of the case before
    harms = np.where(said, harms[source], NOT_ASSESSED)
    at = told.facts["at"].astype(np.int64)
    profile = told.facts["code"].astype(np.int64) * RISK_STEP + harms
    return Profiles(case, at, profile)


def cut(case: Ints, start: Ints, end: Ints, known: Profiles, cases: int) -> Cut:
    """Cut stretches of holding a case, from start to end [µs], where its profile changes."""
    begins = bounds(known.case, cases)
    first, count = begins[case], np.diff(begins)[case]
    stretch, change = np.repeat(np.arange(len(case)), count), runs(first, count)
    before = known.at[change] <= start[stretch]
    so_far = np.bincount(stretch[before], minlength=len(case))
    at_first = np.where(so_far > 0, _or_unknown(known, first + so_far - 1), UNKNOWN_PROFILE)
    within = ~before & (known.at[change] < end[stretch])
    return _in_order(
        Cut(np.arange(len(case)), start, at_first),
        Cut(stretch[within], known.at[change[within]], known.profile[change[within]]),
    )


def _or_unknown(known: Profiles, place: Ints) -> Ints:
    return np.append(known.profile, UNKNOWN_PROFILE)[place]


def _in_order(whole: Cut, further: Cut) -> Cut:
    """Put the further pieces of each stretch behind its first; both are in order already."""
    order = np.argsort(np.concatenate((whole.stretch, further.stretch)), kind="stable")
    return Cut(
        np.concatenate((whole.stretch, further.stretch))[order],
        np.concatenate((whole.start, further.start))[order],
        np.concatenate((whole.profile, further.profile))[order],
    )
