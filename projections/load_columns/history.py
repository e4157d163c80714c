"""Loads of all workers as at any moment: what is laid out once, and the sums that each moment asks for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from domain.identifiers import WorkerId
from domain.load import facts
from domain.load.parameters import LoadParameters
from projections.fact_codes import KIND_CODE, NO_CODE, microseconds
from projections.fact_rows import NO_FACTS, FactRow
from projections.load_columns.arrays import Flags, Floats, Ints, SmallInts, of_workers, where
from projections.load_columns.away import Away, absences
from projections.load_columns.clock import Clocks, Span
from projections.load_columns.fact_columns import EXPOSURES, worker_facts
from projections.load_columns.held import Held, held
from projections.load_columns.reliefs import reliefs
from projections.load_columns.told import Told
from projections.load_columns.turns import CO_WORKER, PRIMARY
from projections.load_columns.weights import capacities, impulse_table

BLOCK = 256
"""Workers reckoned at a time, so that what is worked out on the way stays small."""

LONGEST = 1 << 62
"""A worker and a moment must fit in one number: with more time between first and last, fewer workers at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadColumns:
    """The load of every worker at one moment, a column a figure: an accounting index, not a measure of stress.

    Attributes
    ----------
    workers
        In order of id; nobody is ranked.
    acute, cumulative
        Load [lp].
    capacity
        What is sustainable [lp]; not a number where hours are not known, which is no room.
    capacity_known
        Whether there is a capacity.
    primary, co_worker
        Cases held in each role [case].
    primary_high_risk, co_worker_high_risk
        Those of them that are known to be of high risk [case].
    part_erased
        Whether something in the worker's record was erased: then the load is of what is left, and no more is known.
    """

    workers: tuple[WorkerId, ...]
    acute: Floats
    cumulative: Floats
    capacity: Floats
    capacity_known: Flags
    primary: Ints
    co_worker: Ints
    primary_high_risk: Ints
    co_worker_high_risk: Ints
    part_erased: Flags


class LoadHistory:
    """The dated facts of many workers in columns, from which their loads follow as at any moment.

    It serves a series of moments, as a team by week plot asks for: what does not depend on the moment is done once.
    """

    def __init__(
        self,
        rows: Mapping[str, FactRow],
        parameters: LoadParameters,
        known_at: datetime | None = None,
        workers: Sequence[WorkerId] | None = None,
    ) -> None:
        """Lay out the rows of `projections.worker_load`, as they were known at a moment (None: all we know).

        Without `workers` these are all that have a row; who is asked for and has none carries nothing.
        """
        self.workers = _in_order(rows, workers)
        self._parameters = parameters
        told = worker_facts([rows.get(f"worker:{worker}", NO_FACTS) for worker in self.workers], known_at)
        self._earliest = told.earliest
        self._posts = told.posts
        self._impulses = told.impulses
        self._points = impulse_table(int(told.impulses.code.max(initial=EXPOSURES)) - EXPOSURES, parameters)
        self._absences = absences(told.absences)
        self._reliefs = reliefs(told.reliefs, len(self.workers), parameters)
        self._erased = told.erased
        self._held = held(told, self.workers, rows, parameters, known_at)

    def at(self, moment: datetime) -> LoadColumns:
        """Work out the loads at a moment; what happened after it does not count."""
        now = microseconds(moment)
        away = self._absences.as_at(now)
        loads_ = [self._load_of(span, of_workers(away, span.first, span.last)) for span in self._spans(now)]
        load = np.concatenate([np.empty((0, 2)), *loads_])
        capacity = _capacity(self._posts, len(self.workers), now, self._parameters)
        present = where(self._held, (self._held.start <= now) & (self._held.end > now))
        return LoadColumns(
            workers=self.workers,
            acute=load[:, 0],
            cumulative=load[:, 1],
            capacity=capacity,
            capacity_known=~np.isnan(capacity),
            primary=self._count(present, present.role == PRIMARY),
            co_worker=self._count(present, present.role == CO_WORKER),
            primary_high_risk=self._count(present, (present.role == PRIMARY) & present.is_high_risk),
            co_worker_high_risk=self._count(present, (present.role == CO_WORKER) & present.is_high_risk),
            part_erased=self._part_erased(now),
        )

    def _spans(self, now: int) -> Iterator[Span]:
        start = now if self._earliest is None else min(self._earliest, now)
        block = max(1, min(BLOCK, LONGEST // (now - start + 1)))
        for first in range(0, len(self.workers), block):
            yield Span(first, min(first + block, len(self.workers)), start, now)

    def _load_of(self, span: Span, away: Away) -> Floats:
        """Add up what impulses and cases held have left with the workers of a span, one line a worker [lp]."""
        eased = of_workers(self._reliefs, span.first, span.last)
        clocks = Clocks(span, away, where(eased, eased.at <= span.now), self._parameters)
        impulses = of_workers(self._impulses, span.first, span.last)
        impulses = where(impulses, impulses.at <= span.now)
        left = self._points[impulses.code] * np.exp(-clocks.to_run(impulses.worker, impulses.at))
        pieces = of_workers(self._held, span.first, span.last)
        pieces = where(pieces, pieces.start <= span.now)
        built_up = clocks.built_up(pieces.worker, np.minimum(pieces.end, span.now))
        built_up -= clocks.built_up(pieces.worker, pieces.start)
        return _sums(impulses.worker, left, span) + _sums(pieces.worker, pieces.rate * built_up, span)

    def _part_erased(self, now: int) -> Flags:
        told = self._erased.subject[self._erased.facts["at"] <= now]
        return np.bincount(told, minlength=len(self.workers)) > 0

    def _count(self, held: Held, wanted: Flags) -> Ints:
        return np.bincount(held.worker[wanted], minlength=len(self.workers)).astype(np.int64)


def loads(
    rows: Mapping[str, FactRow],
    parameters: LoadParameters,
    as_at: datetime,
    known_at: datetime | None = None,
    workers: Sequence[WorkerId] | None = None,
) -> LoadColumns:
    """Give the load of every worker at once: the figures of `projections.worker_load.account`, in columns.

    Parameters
    ----------
    rows
        The rows of `projections.worker_load`, by key.
    parameters
        The numbers of the policy set in force.
    as_at
        The moment asked about: what happened after it does not count.
    known_at
        Leaves out what was learned after it; None: nothing is left out.
    workers
        Whom to reckon; None: everybody who has a row. Who has none carries nothing, and their capacity is not known.
    """
    return LoadHistory(rows, parameters, known_at, workers).at(as_at)


def _in_order(rows: Mapping[str, FactRow], workers: Sequence[WorkerId] | None) -> tuple[WorkerId, ...]:
    if workers is not None:
        return tuple(sorted(set(workers)))
    return tuple(sorted(WorkerId(key.removeprefix("worker:")) for key in rows if key.startswith("worker:")))


def _sums(worker: Ints | SmallInts, values: Floats, span: Span) -> Floats:
    places, most = worker - span.first, span.last - span.first
    return np.stack([np.bincount(places, values[:, compartment], most) for compartment in (0, 1)], axis=1)


def _capacity(posts: Told, workers: int, now: int, parameters: LoadParameters) -> Floats:
    """Work out capacities [lp] from the hours and stages last recorded; what was agreed ends when a worker leaves."""
    so_far = posts.where(posts.facts["at"] <= now)
    left = _last_place(so_far, facts.Left, workers)
    hours, stage = _last_place(so_far, facts.Hours, workers), _last_place(so_far, facts.Stage, workers)
    fte = np.where(hours > left, np.append(so_far.facts["number"], np.nan)[hours], np.nan)
    stages = np.where(stage > left, np.append(so_far.facts["code"], NO_CODE)[stage], NO_CODE)
    return capacities(fte, stages.astype(np.int64), parameters)


def _last_place(told: Told, kind: type[facts.Fact], workers: int) -> Ints:
    """Find each worker's last fact of a kind; -1 where there is none."""
    places = np.flatnonzero(told.facts["kind"] == KIND_CODE[kind])
    last = np.full(workers, -1)
    np.maximum.at(last, told.subject[places], places)
    return last
