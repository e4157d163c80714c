"""A service and its chances as arrays, and the course that running it forward takes. Times are days from the beginning."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.vocabulary import HarmType

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.uint8]
Records = NDArray[Any]

NO_ONE = -1
NO_LIMIT = 1e18
"""A load ratio [1] that nobody reaches."""

HARMS = len(HarmType)

CASES = np.dtype(
    [
        (name, "i8")
        for name in (
            "priority",
            "high",
            "co_needed",
            "harms",
            "needs",
            "languages",
            "area",
            "siblings",
            "peers",
            "holder",
        )
    ]
    + [
        (name, "f8")
        for name in (
            "arrives",
            "waits_since",
            "work",
            "hours",
            "rate_acute",
            "rate_cumulative",
            "mean_acute",
            "mean_cumulative",
        )
    ]
)
"""A case: its priority (0 is urgent), whether it is of high risk and needs a co-worker, bits of its harm types, needs and
languages, places of its area, siblings and peers (`NO_ONE`: none), and who holds it at first.

When it comes and since when it waits [day]; how long it will be worked before it closes [day at work]; hours [h/week]; the
rate at which holding it adds to the load [lp/day], and that rate with the incidents to be expected."""

WEEKS = np.dtype(
    [
        (name, "i8")
        for name in (
            "away",
            "primary",
            "co_worker",
            "skills",
            "languages",
            "area",
            "team",
            "cases",
            "high",
            "harm",
            "new",
            "release",
        )
    ]
    + [
        (name, "f8")
        for name in ("capacity", "hours", "state_acute", "state_cumulative", "given_acute", "given_cumulative")
    ]
)
"""A worker at the beginning of a week: whether away, may be primary and may co-work; bits of skills and languages; places of area
and team; caps [case]; which of their cases are passed on (`RELEASE_ALL`, `RELEASE_HIGH` or 0); capacity over the
horizon [lp] (NaN: not known, and so nothing is given); hours free of protected time [h/week]; and the outlook
(`domain.load.Outlook`): what a point now, and a rate of 1 a day, comes to over the horizon."""

RELEASE_ALL, RELEASE_HIGH = 1, 2

PIECES = np.dtype([(name, "f8") for name in ("end", "speed", "share")])
"""A stretch of one worker's time: its end [day], the recovery speed m [1], and the share h [1] of what comes that reaches them."""

IMPULSE, SESSION = 0, 1
PLANNED = np.dtype([("worker", "i8"), ("kind", "i8"), ("at", "f8"), ("acute", "f8"), ("cumulative", "f8")])
"""What is known to come: an impulse [lp], or a session with the advance of the recovery clock of its kind [1]; in order of time."""

STARTS = np.dtype([(name, "f8") for name in ("acute", "cumulative", "eased_at", "eased_acute", "eased_cumulative")])
"""A worker at the beginning: load [lp], and the relief still at work since when [day] (`domain.load.recovery.ReliefAtWork`)."""


class Service(NamedTuple):
    """A service to be run forward, the same in every run.

    Attributes
    ----------
    weeks
        Each worker in each week: `WEEKS`, weeks by workers.
    starts
        Each worker at the beginning.
    pieces, pieces_at
        Each worker's time in pieces, and where their pieces begin.
    planned
        What is known to come.
    team_of_area
        By week and area the team that alone takes its cases; `NO_ONE` where any team may.
    taus, eased_for, incident_acute
        Time constants τ_k and the spacing of reliefs σ [day]; the acute share of an incident [1].
    co_worker_share, co_worker_hours
        What of a case's load and hours reaches a co-worker [1].
    harm_share, harm_share_from, load_limit
        Caps of `domain.allocation.Caps`.
    tries
        How hard each week's allocation searches: changes tried for each row that is placed.
    """

    weeks: Records
    starts: Records
    pieces: Records
    pieces_at: Ints
    planned: Records
    team_of_area: Ints
    taus: Floats
    eased_for: float
    incident_acute: float
    co_worker_share: float
    co_worker_hours: float
    harm_share: float
    harm_share_from: int
    load_limit: float
    tries: int


class Chances(NamedTuple):
    """What one run meets: the cases there are and come, and the incidents of each whoever holds it.

    Attributes
    ----------
    cases
        All cases of the run; those still to come have no holder.
    co_workers
        Who co-works each case, `NO_ONE` where nobody does; a last column is free.
    barred
        By case and worker: who may not take it, for a conflict of interest.
    incident_case, incident_at, incident_points, incident_marks
        Incidents in order of time: of which case, when [day], how heavy [lp], and two draws from 0 to 1 that say whether
        it reaches a co-worker and somebody who is away, whom only a share reaches.
    seed
        Of the searches.
    """

    cases: Records
    co_workers: Ints
    barred: Flags
    incident_case: Ints
    incident_at: Floats
    incident_points: Floats
    incident_marks: Floats
    seed: int


SUMS = np.dtype(
    [
        (name, "i8")
        for name in (
            "waiting",
            "urgent",
            "placed",
            "moved",
            "closed",
            "uncovered",
            "uncovered_high",
            "left",
            "left_high",
        )
    ]
    + [(name, "f8") for name in ("longest_wait", "demand")]
)
"""A week of one run as a whole.

Cases that wait after the allocation, and the urgent ones among them; cases placed, those of them that had another worker
before, and cases closed; cases held by somebody who is away, and cases passed on that wait for another worker, each with
those of high risk among them; the longest wait [day]; and what all open cases come to if they are held for long,
incidents included [lp]."""


class Course(NamedTuple):
    """What comes of a run: each week as a whole, and each worker's load and cases at its end."""

    weeks: Records
    acute: Floats
    cumulative: Floats
    cases: Ints


def new_course(weeks: int, workers: int) -> Course:
    """Give an empty course to be filled."""
    shape = (weeks, workers)
    return Course(np.zeros(weeks, SUMS), np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int64))
