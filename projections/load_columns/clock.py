"""The recovery clocks of many workers at once, read back from one moment (`domain.load.recovery.RecoveryClock`).

Each compartment's clock is read as what it has still to run, ``D_k(t) = R_k(now) - R_k(t)``, so that of an impulse
``a · exp(-D_k)`` is left, and of a rate held the difference of ``V_k(t) = ∫ h(s) · exp(-D_k(s)) ds`` at its end and start.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from domain.load.parameters import LoadParameters
from projections.load_columns.arrays import Floats, Ints, SmallInts, last_so_far
from projections.load_columns.away import Away
from projections.load_columns.reliefs import MICROSECONDS_PER_DAY, Reliefs
from projections.load_columns.weights import multiplier_table


@dataclass(frozen=True, slots=True)
class Span:
    """The workers from `first` to before `last`, and the time from `start` to `now` [µs] that a clock is wound over."""

    first: int
    last: int
    start: int
    now: int

    def keys(self, worker: Ints | SmallInts, at: Ints) -> Ints:
        """Put worker and moment in one number that sorts by both, to the microsecond."""
        return (worker.astype(np.int64) - self.first) * (self.now - self.start + 1) + (at - self.start)

    def anchors(self) -> Ints:
        """Give the key of each worker's start, and at last one that is above all keys."""
        return np.arange(self.last - self.first + 1) * (self.now - self.start + 1)


class Clocks:
    """Both clocks of the workers of a span, as they are read at its end.

    A knot is a moment at which a worker's clocks turn: the start of the span, a beginning or an end of absence, a
    session. From there to the next one multiplier m [1] and one share h [1] hold.
    """

    def __init__(self, span: Span, away: Away, reliefs: Reliefs, parameters: LoadParameters) -> None:
        """Wind the clocks of these workers; absences and reliefs must begin within the span."""
        self._span = span
        self._taus = np.array([parameters.acute_time_constant.value, parameters.cumulative_time_constant.value])
        turns = _turns(span, away, reliefs, parameters)
        keys = span.keys(turns.worker, turns.at)
        order = np.argsort(keys, kind="stable")
        self._keys, self._at = keys[order], turns.at[order]
        speed = order[last_so_far(~np.isnan(turns.multiplier[order]))]
        self._multiplier, self._share = turns.multiplier[speed], turns.share[speed]
        self._to_run = self._run_back(turns.advance[order])
        self._built_up = self._sum_on()

    def to_run(self, worker: Ints | SmallInts, at: Ints) -> Floats:
        """Read what the clocks have still to run, D_k [1], one line an entry; a relief at that very moment has run."""
        place, passed = self._since_knot(worker, at)
        to_run: Floats = self._to_run[place] - passed
        return to_run

    def built_up(self, worker: Ints, at: Ints) -> Floats:
        """Read V_k [day]: what is left now of a rate of 1 a day up to then, one line an entry."""
        place, passed = self._since_knot(worker, at)
        built_up: Floats = self._built_up[place] + self._gathered(place, passed)
        return built_up

    def _since_knot(self, worker: Ints | SmallInts, at: Ints) -> tuple[Ints, Floats]:
        place = np.searchsorted(self._keys, self._span.keys(worker, at), side="right") - 1
        return place, self._passed(place, at - self._at[place])

    def _passed(self, place: Ints, microseconds: Ints) -> Floats:
        """Say by how much the clocks run [1] in so long a time after a knot: ``m/τ_k · Δ``."""
        passed: Floats = (self._multiplier[place] * microseconds / MICROSECONDS_PER_DAY)[:, None] / self._taus
        return passed

    def _gathered(self, place: Ints, passed: Floats) -> Floats:
        """Integrate ``h · exp(-D_k)`` [day] from a knot to where the clocks have run so much further."""
        per_day: Floats = (self._share[place] / self._multiplier[place])[:, None] * self._taus
        gathered: Floats = per_day * np.exp(passed - self._to_run[place]) * -np.expm1(-passed)
        return gathered

    def _run_back(self, advance: Floats) -> Floats:
        """Sum up D_k at each knot, worker by worker back from now."""
        begins = self._begins()
        following = np.append(advance[1:], [[0.0, 0.0]], axis=0)
        following[begins[1:] - 1] = 0.0
        to_run: Floats = self._to_next() + following
        for first, last in pairwise(begins.tolist()):
            to_run[first:last] = to_run[first:last][::-1].cumsum(axis=0)[::-1]
        return to_run

    def _sum_on(self) -> Floats:
        """Sum up V_k at each knot, worker by worker on from the start."""
        pieces = self._gathered(np.arange(len(self._at)), self._to_next())
        built_up = np.zeros_like(pieces)
        for first, last in pairwise(self._begins().tolist()):
            built_up[first + 1 : last] = pieces[first : last - 1].cumsum(axis=0)
        return built_up

    def _begins(self) -> Ints:
        return np.searchsorted(self._keys, self._span.anchors()).astype(np.int64)

    def _to_next(self) -> Floats:
        """Say by how much the clocks run [1] from each knot to the worker's next, or to now."""
        until = np.append(self._at[1:], self._span.now)
        until[self._begins()[1:] - 1] = self._span.now
        return self._passed(np.arange(len(self._at)), until - self._at)


@dataclass(frozen=True, slots=True)
class _Turns:
    """Knots before they are in order. A multiplier [1] that is not a number goes on as it was, and the share with it."""

    worker: Ints
    at: Ints
    multiplier: Floats
    share: Floats
    advance: Floats


def _turns(span: Span, away: Away, reliefs: Reliefs, parameters: LoadParameters) -> _Turns:
    """Collect the knots. Of those of one moment a return stands before the next absence."""
    workers, absent = np.arange(span.first, span.last), multiplier_table(parameters)[away.kind]
    present, sessions = np.ones(len(workers) + len(away.end)), np.full(len(reliefs.at), np.nan)
    share = np.full(len(absent), parameters.held_share_when_absent.value)
    before = np.zeros((len(present) + len(absent), 2))
    return _Turns(
        worker=np.concatenate((workers, away.worker, away.worker, reliefs.worker)),
        at=np.concatenate((np.full(len(workers), span.start), away.end, away.start, reliefs.at)),
        multiplier=np.concatenate((present, absent, sessions)),
        share=np.concatenate((present, share, sessions)),
        advance=np.concatenate((before, reliefs.advance)),
    )
