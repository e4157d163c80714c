"""The recovery clock: how far recovery has come between two moments, leave and relief included."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise, zip_longest
from math import exp, inf

from domain.load.facts import AbsenceEnded, AbsenceStarted, Left, Relieved, WorkerHistory
from domain.load.parameters import LoadParameters

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
SECONDS_PER_DAY = 86_400.0


def days(moment: datetime) -> float:
    """Count days [day] from a fixed epoch: the model's time axis."""
    return (moment - EPOCH).total_seconds() / SECONDS_PER_DAY


@dataclass(frozen=True, slots=True)
class Absence:
    """A worker is away from `start` to `end` [day]; an open end is infinity. `multiplier` is m(s) meanwhile [1]."""

    start: float
    end: float
    multiplier: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time [day] with one recovery speed [1], in which the worker is present or absent throughout."""

    start: float
    end: float
    multiplier: float
    absent: bool


def absences(history: WorkerHistory, parameters: LoadParameters) -> tuple[Absence, ...]:
    """Read the absences off a history, in order and without overlap.

    An absence ends when the worker is recorded as back, whatever was expected. Until then it ends on the expected
    day, when another absence begins or when they leave; with none of these it stays open.
    """
    turns = [fact for fact in history if isinstance(fact, AbsenceStarted | AbsenceEnded | Left)]
    found: list[Absence] = []
    for turn, after in zip_longest(turns, turns[1:]):
        if not isinstance(turn, AbsenceStarted):
            continue
        start, end = days(turn.at), inf if after is None else days(after.at)
        if turn.expected_until is not None and not isinstance(after, AbsenceEnded):
            end = min(end, days(turn.expected_until))
        if end > start:
            found.append(Absence(start, end, parameters.recovery_multiplier[turn.kind].value))
    return tuple(found)


def pieces(between: Sequence[Absence], start: float, end: float) -> Iterator[Piece]:
    """Cut a stretch of time where the worker goes away or comes back."""
    at = start
    for absence in between:
        if absence.end <= at or absence.start >= end:
            continue
        if absence.start > at:
            yield Piece(at, absence.start, 1.0, absent=False)
            at = absence.start
        until = min(absence.end, end)
        yield Piece(at, until, absence.multiplier, absent=True)
        at = until
    if at < end:
        yield Piece(at, end, 1.0, absent=False)


@dataclass(frozen=True, slots=True)
class ReliefStep:
    """A session at one moment [day] and the advance of each compartment's clock that it brings [1]."""

    at: float
    acute: float
    cumulative: float


def relief_steps(history: WorkerHistory, parameters: LoadParameters) -> tuple[ReliefStep, ...]:
    """Give the clock's advance at each session.

    ``ρ = ρ_kind · (1 - exp(-Δ/σ))`` with Δ the days since the session before and σ the spacing, so that sessions
    close together add little and no run of them is worth more than its spacing allows. The first counts whole.
    Kinds that relieve nothing neither advance the clock nor use up the spacing.
    """
    steps: list[ReliefStep] = []
    last: float | None = None
    spacing = parameters.relief_spacing.value
    for fact in history:
        if not isinstance(fact, Relieved):
            continue
        relief = parameters.relief[fact.kind]
        if relief.acute.value == 0 and relief.cumulative.value == 0:
            continue
        at = days(fact.at)
        regrown = 1.0 if last is None else 1.0 - exp(-(at - last) / spacing)
        steps.append(ReliefStep(at, relief.acute.value * regrown, relief.cumulative.value * regrown))
        last = at
    return tuple(steps)


class RecoveryClock:
    """The clock R_k of one compartment: ``R_k(t) = ∫ m(s)/τ_k ds + sum of reliefs up to t``.

    It is right-continuous: a relief at t counts at t, so it eases what was there before and not what comes then.
    """

    def __init__(
        self,
        time_constant: float,
        away: Sequence[Absence],
        reliefs: Sequence[tuple[float, float]],
        start: float,
        end: float,
    ) -> None:
        """Wind the clock from `start` to `end` [day]; reliefs are pairs of moment [day] and advance [1]."""
        self._tau = time_constant
        cuts = {start, end}
        cuts.update(t for piece in pieces(away, start, end) for t in (piece.start, piece.end))
        cuts.update(t for t, _ in reliefs if start <= t <= end)
        self._knots = sorted(cuts)
        self._spans = [next(pieces(away, a, b)) for a, b in pairwise(self._knots)]
        jumps: dict[float, float] = {}
        for t, advance in reliefs:
            jumps[t] = jumps.get(t, 0.0) + advance
        reading = jumps.get(start, 0.0)
        self._readings = [reading]
        for span in self._spans:
            reading += span.multiplier * (span.end - span.start) / time_constant + jumps.get(span.end, 0.0)
            self._readings.append(reading)

    def at(self, t: float) -> float:
        """Read the clock at t [1], reliefs at t included."""
        index = bisect_right(self._knots, t) - 1
        if index >= len(self._spans):
            return self._readings[-1]
        return self._readings[index] + self._spans[index].multiplier * (t - self._knots[index]) / self._tau

    def stretches(self, start: float, end: float) -> Iterator[tuple[Piece, float]]:
        """Cut a stretch at every knot; with each piece, the clock's reading just before its end."""
        index = max(bisect_right(self._knots, start) - 1, 0)
        last = bisect_left(self._knots, end)
        for position in range(index, min(last, len(self._spans))):
            span = self._spans[position]
            a, b = max(start, span.start), min(end, span.end)
            if b > a:
                reading = self._readings[position] + span.multiplier * (b - span.start) / self._tau
                yield Piece(a, b, span.multiplier, span.absent), reading
