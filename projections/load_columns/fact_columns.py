"""Rows of packed facts laid out in columns: one subject after the other, each in order of time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from domain.load import facts
from projections.fact_codes import INCIDENTS, KIND_CODE, ROUTES, SEVERITIES, Facts
from projections.fact_rows import FactRow
from projections.load_columns.arrays import Ints, SmallInts
from projections.load_columns.standing_facts import Names, standing_facts
from projections.load_columns.told import Told, joined

BATCH = 30_000
"""Facts laid out at a time: few enough to stay in the processor's cache, and what is not needed is let go early."""

EXPOSURES = len(INCIDENTS) * len(SEVERITIES) * len(ROUTES)
"""How many kinds of exposure there are; `impulse_code` counts on from there."""

POSTS = (facts.Hours, facts.Stage, facts.Left)
ABSENCES = (facts.AbsenceStarted, facts.AbsenceEnded, facts.Left)
TURNS = (facts.CaseTaken, facts.CaseGivenUp)


@dataclass(frozen=True, slots=True)
class Dated:
    """What happened to a worker when [µs], as a small number: all that is kept of the most frequent facts."""

    worker: SmallInts
    at: Ints
    code: SmallInts


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """The facts of many workers, by what they bear on; some bear on two things.

    Attributes
    ----------
    names
        What the names in each worker's facts point at.
    impulses
        Incidents and supervision given; the code is `impulse_code`.
    reliefs
        Sessions; the code is the place of their kind in `fact_codes.RELIEFS`.
    earliest
        The first moment of all [µs]; None if there is no fact.
    """

    names: list[Names]
    impulses: Dated
    reliefs: Dated
    posts: Told
    absences: Told
    turns: Told
    leavings: Told
    erased: Told
    earliest: int | None


def worker_facts(rows: Sequence[FactRow], known_at: datetime | None) -> WorkerFacts:
    """Lay out the rows of workers, as known at a moment; a worker's number is their place among the rows."""
    names: list[Names] = []
    batches = [_parted(batch) for batch in in_batches(rows, known_at, names)]
    absences = joined(batch.absences for batch in batches)
    firsts = [batch.earliest for batch in batches if batch.earliest is not None]
    return WorkerFacts(
        names=names,
        impulses=_joined_dated([batch.impulses for batch in batches]),
        reliefs=_joined_dated([batch.reliefs for batch in batches]),
        posts=joined(batch.posts for batch in batches),
        absences=absences,
        turns=joined(batch.turns for batch in batches),
        leavings=absences.of(facts.Left),
        erased=joined(batch.erased for batch in batches),
        earliest=min(firsts, default=None),
    )


def in_batches(rows: Iterable[FactRow], known_at: datetime | None, names: list[Names]) -> Iterator[Told]:
    """Lay out rows some hundred thousand facts at a time; what their names point at is added to `names`."""
    pending: list[FactRow] = []
    waiting = 0
    for row in rows:
        pending.append(row)
        waiting += len(row.facts)
        if waiting >= BATCH:
            yield _batch(pending, known_at, names)
            pending, waiting = [], 0
    if pending:
        yield _batch(pending, known_at, names)


def _batch(rows: Sequence[FactRow], known_at: datetime | None, names: list[Names]) -> Told:
    told, pointed_at = standing_facts(rows, known_at)
    first = len(names)
    names.extend(pointed_at)
    return Told(told.subject + first, told.facts)


def impulse_code(told: Facts) -> SmallInts:
    """Give impulses numbers by all that their weight depends on.

    Exposures come first, by kind, severity and route; then supervision given, by the number of supervisees.
    """
    code: SmallInts = told["code"].astype(np.int32)
    code = (code * len(SEVERITIES) + told["severity"]) * len(ROUTES) + told["route"]
    given = told["kind"] == KIND_CODE[facts.SupervisionGiven]
    code[given] = EXPOSURES + told["number"][given].astype(np.int32)
    return code


def _parted(batch: Told) -> WorkerFacts:
    impulses, reliefs = batch.of(facts.Exposed, facts.SupervisionGiven), batch.of(facts.Relieved)
    at = batch.facts["at"]
    return WorkerFacts(
        names=[],
        impulses=_dated(impulses, impulse_code(impulses.facts)),
        reliefs=_dated(reliefs, reliefs.facts["code"].astype(np.int32)),
        posts=batch.of(*POSTS),
        absences=batch.of(*ABSENCES),
        turns=batch.of(*TURNS),
        leavings=batch.of(facts.Left),
        erased=batch.of(facts.PartErased),
        earliest=int(at.min()) if len(at) else None,
    )


def _dated(told: Told, code: SmallInts) -> Dated:
    return Dated(told.subject.astype(np.int32), told.facts["at"].astype(np.int64), code)


def _joined_dated(parts: Sequence[Dated]) -> Dated:
    nothing = Dated(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int32))
    listed = [nothing, *parts]
    return Dated(
        np.concatenate([one.worker for one in listed]),
        np.concatenate([one.at for one in listed]),
        np.concatenate([one.code for one in listed]),
    )
