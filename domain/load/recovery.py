"""The recovery clock: how far recovery has come between two moments, leave and relief included."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import exp, expm1, inf

from domain.load.facts import AbsenceEnded, AbsenceStarted, Left, Relieved, WorkerHistory
from domain.load.parameters import LoadParameters, ReliefKind

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
SECONDS_PER_DAY = 86_400.0


def days(moment: datetime) -> float:
    """Count days [day] from a fixed epoch: the model's time axis."""
    return (moment - EPOCH).total_seconds() / SECONDS_PER_DAY


def moment_of(day: float) -> datetime:
    """Give the moment of a day counted from the epoch: `days` the other way, exact to the microsecond."""
    return EPOCH + timedelta(days=day)


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
    day, when another absence begins or when they leave; with none of these it stays open. Who is recorded as back
    while not away came back from an absence that begins in the very same moment: it has no length.
    """
    found: list[Absence] = []
    away: AbsenceStarted | None = None
    back_at: datetime | None = None
    for fact in history:
        match fact:
            case AbsenceStarted():
                found.extend(_until(away, fact.at, parameters))
                away, back_at = (None, None) if back_at == fact.at else (fact, back_at)
            case AbsenceEnded() if away is None:
                back_at = fact.at
            case AbsenceEnded():
                found.extend(_until(away, fact.at, parameters, is_back=True))
                away = None
            case Left():
                found.extend(_until(away, fact.at, parameters))
                away = None
            case _:
                pass
    return (*found, *_until(away, None, parameters))


def _until(
    away: AbsenceStarted | None, turn: datetime | None, parameters: LoadParameters, *, is_back: bool = False
) -> Iterator[Absence]:
    """Close an absence at the next turn of the history, or before it on the day it was expected to end."""
    if away is None:
        return
    start, end = days(away.at), inf if turn is None else days(turn)
    if away.expected_until is not None and not is_back:
        end = min(end, days(away.expected_until))
    if end > start:
        yield Absence(start, end, parameters.recovery_multiplier[away.kind].value)


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


@dataclass(frozen=True, slots=True)
class ReliefAtWork:
    """Relief x_k [1] at work just after the last session that gave any, held at `at` [day]; it fades from there."""

    at: float = -inf
    acute: float = 0.0
    cumulative: float = 0.0


NO_RELIEF = ReliefAtWork()
"""What is at work before the first session."""


def ease(before: ReliefAtWork, kind: ReliefKind, at: float, parameters: LoadParameters) -> ReliefStep:
    """Give the advance ρ_k [1] of each compartment's clock that one session brings.

    ``ρ_k = max(0, ρ_kind,k - x_k · exp(-Δ/σ))``

    Parameters
    ----------
    before
        Relief x_k [1] still at work after the session before.
    kind
        The kind of session, which says ρ_kind,k [1]: `relief` in the parameters.
    at
        The moment of the session [day]; Δ [day] is the time since `before.at`.
    parameters
        `relief`, and `relief_spacing` σ [day].

    Notes
    -----
    The saturation is this project's own assumption: no dose and response of supervision is published. The sources of
    the coefficients are in the policy set.
    """
    relief, faded = parameters.relief[kind], exp(-(at - before.at) / parameters.relief_spacing.value)
    return ReliefStep(
        at,
        max(0.0, relief.acute.value - before.acute * faded),
        max(0.0, relief.cumulative.value - before.cumulative * faded),
    )


def at_work_after(before: ReliefAtWork, step: ReliefStep, parameters: LoadParameters) -> ReliefAtWork:
    """Give the relief at work x_k [1] after a session: ``x_k · exp(-Δ/σ) + ρ_k``, what was left and the advance."""
    if step.acute == step.cumulative == 0:
        return before
    faded = exp(-(step.at - before.at) / parameters.relief_spacing.value)
    return ReliefAtWork(step.at, before.acute * faded + step.acute, before.cumulative * faded + step.cumulative)


def relief_steps(history: WorkerHistory, parameters: LoadParameters) -> tuple[ReliefStep, ...]:
    """Give the clock's advance at each session that brings any, in order (`ease`).

    Of one kind a session is worth ``ρ_kind · (1 - exp(-Δ/σ))``, and the first counts whole. So sessions close together
    add little, a stretch of T days is never worth more than ``ρ_strongest · (1 + T/σ)``, and a further session,
    however weak, never sets the clock back.
    """
    steps: list[ReliefStep] = []
    at_work = NO_RELIEF
    for fact in history:
        if isinstance(fact, Relieved):
            step = ease(at_work, fact.kind, days(fact.at), parameters)
            after = at_work_after(at_work, step, parameters)
            if after is not at_work:
                steps.append(step)
            at_work = after
    return tuple(steps)


class RecoveryClock:
    """The clock R_k of one compartment: ``R_k(t) = ∫ m(s)/τ_k ds + sum of reliefs up to t``.

    It is right-continuous: a relief at t counts at t, so it eases what was there before and not what comes then.

    Beside the clock runs ``U_k(t) = ∫ h(s) · exp(-(R_k(t) - R_k(s))) ds`` [day], with h the share of a held case that
    reaches the worker: what a rate of 1 a day since the start amounts to. By it, any holding is a difference of two
    readings, however many turns the clock took meanwhile.

    Parameters
    ----------
    time_constant
        τ_k [day].
    held_share_when_absent
        What h [1] is while the worker is away; it is 1 while they are present.
    away
        When recovery runs at another speed m [1].
    reliefs
        Moments [day] with the advance ρ [1] that each brings.
    start, end
        From when to when the clock runs [day].

    References
    ----------
    .. [1] E. W. Banister and T. W. Calvert (1980), Can J Appl Sport Sci 5(3):170-176, for the exponential recovery. That
       leave speeds it up and a session sets it forward is this project's own form, and by how much an assumption.
    """

    def __init__(
        self,
        time_constant: float,
        held_share_when_absent: float,
        away: Sequence[Absence],
        reliefs: Sequence[tuple[float, float]],
        start: float,
        end: float,
    ) -> None:
        self._tau = time_constant
        self._absent_share = held_share_when_absent
        jumps: dict[float, float] = {}
        for t, advance in reliefs:
            jumps[t] = jumps.get(t, 0.0) + advance
        self._spans = list(_cut(pieces(away, start, end), sorted(jumps)))
        self._starts = [span.start for span in self._spans]
        reading, built_up = jumps.get(start, 0.0), 0.0
        self._knots = [(reading, built_up)]
        for span in self._spans:
            jump = jumps.get(span.end, 0.0)
            reading, built_up = self._run(span, span.end, reading, built_up)
            reading, built_up = reading + jump, built_up * exp(-jump)
            self._knots.append((reading, built_up))

    def at(self, t: float) -> tuple[float, float]:
        """Read the clock R [1] and the built-up U [day] at t, reliefs at t included; at the end at the latest."""
        if not self._spans or t >= self._spans[-1].end:
            return self._knots[-1]
        index = bisect_right(self._starts, t) - 1
        return self._run(self._spans[index], t, *self._knots[index])

    def _run(self, span: Piece, t: float, reading: float, built_up: float) -> tuple[float, float]:
        """Run both from the start of a piece to a moment in it: ``dR/dt = m/τ``, ``dU/dt = h - m·U/τ``."""
        x = span.multiplier * (t - span.start) / self._tau
        share = self._absent_share if span.absent else 1.0
        return reading + x, built_up * exp(-x) + share * self._tau / span.multiplier * -expm1(-x)


def _cut(spans: Iterable[Piece], moments: Sequence[float]) -> Iterator[Piece]:
    """Cut pieces further at moments [day], which are in order."""
    for span in spans:
        first, last = bisect_right(moments, span.start), bisect_left(moments, span.end)
        for start, end in pairwise((span.start, *moments[first:last], span.end)):
            yield Piece(start, end, span.multiplier, span.absent)
