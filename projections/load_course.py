"""A worker's load through all time, folded once: at any moments it then follows in columns, without folding again.

For whoever asks about one worker at many moments, again and again; `load_columns` is for many workers at one moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf, isnan, nan

import numpy as np
import numpy.typing as npt

from domain.identifiers import CaseId, WorkerId
from domain.load.capacity import capacity_of
from domain.load.exposure import TwoCompartments
from domain.load.facts import CaseHistory, WorkerHistory
from domain.load.over_time import OneCasesFact, OwnFact, PointInTime, in_order, take
from domain.load.parameters import LoadParameters
from domain.load.recovery import days
from domain.load.running import RunningLoad
from projections.fact_rows import FactRow
from projections.worker_load import case_histories, cases_in, history_of

Floats = npt.NDArray[np.float64]

MOST_COURSES = 3
"""Courses kept with one worker's row: by what is known now, and by what was known at the moments last asked about."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """How things stand right after the facts of one moment. The absence of who is not away is over since ever."""

    at: float
    load: TwoCompartments
    rate: TwoCompartments
    absent_speed: float
    absent_until: float
    capacity: float | None
    held: int


@dataclass(frozen=True, slots=True)
class Folded:
    """The facts of a course as they were folded, in order of time, and what came of them."""

    facts: list[OwnFact | OneCasesFact]
    state: RunningLoad
    turns: list[_Turn]


def fold(
    worker_id: WorkerId,
    history: WorkerHistory,
    cases: Mapping[CaseId, CaseHistory],
    parameters: LoadParameters,
    before: Folded | None = None,
) -> Folded:
    """Fold a worker's facts and those of the cases they ever took.

    `before` was folded with the same parameters: if only later facts have come since, this goes on from there.
    """
    facts = list(in_order(history, cases))
    if before is None or facts[: len(before.facts)] != before.facts:
        state = RunningLoad(worker_id)
        before = Folded([], state, [_turn(state, parameters)])
    state, turns = before.state, before.turns.copy()
    for fact in facts[len(before.facts) :]:
        state = take(state, fact, parameters)
        if turns[-1].at == state.at:
            turns.pop()
        turns.append(_turn(state, parameters))
    return Folded(facts, state, turns)


class LoadCourse:
    """One worker's course under one set of parameters."""

    def __init__(self, folded: Folded, parameters: LoadParameters) -> None:
        """Put the turns in columns."""
        self.folded, turns = folded, folded.turns
        self._at = np.array([one.at for one in turns])
        self._load = np.array([(one.load.acute, one.load.cumulative) for one in turns])
        self._rate = np.array([(one.rate.acute, one.rate.cumulative) for one in turns])
        self._absent_speed = np.array([one.absent_speed for one in turns])
        self._absent_until = np.array([one.absent_until for one in turns])
        self._capacity = [one.capacity for one in turns]
        self._held = [one.held for one in turns]
        self._taus = np.array([parameters.acute_time_constant.value, parameters.cumulative_time_constant.value])
        self._absent_share = parameters.held_share_when_absent.value

    def points(self, moments: Iterable[datetime]) -> list[PointInTime]:
        """Give the load at each moment, as `domain.load.over_time.timeline` does, in the order asked for."""
        asked = list(moments)
        to = on_days(asked)
        turn = self._turns_at(to)
        load, away = self._advanced(turn, to).tolist(), (self._absent_until[turn] > to).tolist()
        return [
            PointInTime(moment, TwoCompartments(*both), self._capacity[last], self._held[last], is_away)
            for moment, both, last, is_away in zip(asked, load, turn.tolist(), away, strict=True)
        ]

    def shares(self, to: Floats) -> list[float | None]:
        """Give the load as a share of capacity [1] on days (`on_days`); None where capacity is not known."""
        turn = self._turns_at(to)
        known = np.array([nan if one is None else one for one in self._capacity])[turn]
        shares = (self._advanced(turn, to).sum(axis=1) / known).tolist()
        return [None if isnan(one) else one for one in shares]

    def _turns_at(self, to: Floats) -> npt.NDArray[np.intp]:
        return np.searchsorted(self._at, to, side="right") - 1

    def _advanced(self, turn: npt.NDArray[np.intp], to: Floats) -> Floats:
        """Let time pass from each turn: away as far as the absence lasts, then at work (`domain.load.running.advance`)."""
        start = np.where(self._at[turn] == -inf, to, self._at[turn])
        back = np.minimum(np.maximum(self._absent_until[turn], start), to)
        reaching = self._rate[turn] * self._absent_share
        load = self._passed(self._load[turn], reaching, back - start, self._absent_speed[turn])
        return self._passed(load, self._rate[turn], to - back, np.ones(len(to)))

    def _passed(self, load: Floats, rate: Floats, length: Floats, speed: Floats) -> Floats:
        """Solve ``dL_k/dt = r_k - m · L_k / τ_k`` over so many days each (`domain.load.affine.passing_of_time`)."""
        x = (speed * length)[:, None] / self._taus
        passed: Floats = load * np.exp(-x) + rate * (self._taus / speed[:, None]) * -np.expm1(-x)
        return passed


def on_days(moments: Iterable[datetime]) -> Floats:
    """Put moments on the model's axis of time [day], for whoever asks many courses about the same moments."""
    return np.array([days(moment) for moment in moments])


def _turn(state: RunningLoad, parameters: LoadParameters) -> _Turn:
    return _Turn(
        at=state.at,
        load=state.load,
        rate=state.rate,
        absent_speed=1.0 if state.away is None else state.away.multiplier,
        absent_until=-inf if state.away is None else state.away.expected_end,
        capacity=capacity_of(state.fte, state.stage, parameters).points,
        held=len(state.held),
    )


@dataclass(frozen=True)
class _Kept:
    """A course with the rows and numbers that it rests on."""

    course: LoadCourse
    cases: tuple[FactRow | None, ...]
    parameters: LoadParameters

    def rests_on(self, cases: tuple[FactRow | None, ...], parameters: LoadParameters) -> bool:
        """Tell whether it would come out the same: from the very same rows of cases, and the same numbers."""
        same = len(cases) == len(self.cases) and all(map(lambda one, other: one is other, cases, self.cases))
        return same and (parameters is self.parameters or parameters == self.parameters)


def course_of(
    worker_id: WorkerId, rows: Mapping[str, FactRow], parameters: LoadParameters, known_at: datetime | None = None
) -> LoadCourse:
    """Give a worker's course; it stays the same object as long as the worker's row and those of their cases do."""
    key = f"worker:{worker_id}"
    row = rows.get(key)
    if row is None:
        return LoadCourse(fold(worker_id, (), {}, parameters), parameters)
    cases = tuple(map(rows.get, row.worked_out.get("cases", lambda: sorted(cases_in(row)))))
    kept: dict[datetime | None, _Kept] = row.worked_out.get("courses", dict)
    found = kept.get(known_at)
    if found is None or not found.rests_on(cases, parameters):
        before = found.course.folded if found is not None and found.parameters == parameters else None
        history = history_of(key, rows, known_at)
        folded = fold(worker_id, history, case_histories(history, rows, known_at), parameters, before)
        course = LoadCourse(folded, parameters)
        found = _Kept(course, cases, parameters)
        if len(kept) >= MOST_COURSES:
            kept.clear()
        kept[known_at] = found
    return found.course
