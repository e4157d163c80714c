"""The cases that workers held, in pieces of time over which each weighed the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import numpy as np

from domain.identifiers import WorkerId
from domain.load import facts
from domain.load.parameters import LoadParameters
from projections.fact_codes import KIND_CODE
from projections.fact_rows import NO_FACTS, FactRow
from projections.load_columns.arrays import Flags, Floats, Ints, bounds
from projections.load_columns.fact_columns import WorkerFacts, in_batches
from projections.load_columns.profiles import Profiles, cut, profiles
from projections.load_columns.standing_facts import Names
from projections.load_columns.told import Told, joined
from projections.load_columns.turns import Pairs, Stretches, case_turns, leavings, own_turns, stretches
from projections.load_columns.weights import held_rates, high_risk

BLOCK = 4096
"""Workers whose holdings are worked out at a time: what it takes on the way is many times what is found."""


@dataclass(frozen=True, slots=True)
class Held:
    """Pieces of time, from start to end [µs], in which a worker held a case of one profile; in order of worker.

    Attributes
    ----------
    role
        Place in `fact_codes.ROLES`.
    rate
        What the case adds meanwhile to each compartment [lp/day], one line a piece.
    is_high_risk
        Whether it is known to be of high risk.
    """

    worker: Ints
    role: Ints
    start: Ints
    end: Ints
    rate: Floats
    is_high_risk: Flags


@dataclass(frozen=True, slots=True)
class _ToldOfCases:
    """What the rows of the cases say: their number, the changes of profile, and passings on and ends with the holder."""

    cases: int
    known: Profiles
    turns: Told
    holder: Ints


def held(
    told: WorkerFacts,
    workers: Sequence[WorkerId],
    rows: Mapping[str, FactRow],
    parameters: LoadParameters,
    known_at: datetime | None,
) -> Held:
    """Work out who held what and what it weighed, from the workers' facts and the rows of the cases they name."""
    pairs, pair, listed = _pairs(told)
    of_cases = _told_of_cases((rows.get(f"case:{case}", NO_FACTS) for case in listed), workers, known_at)
    pairs_from = bounds(pairs.worker, len(workers))
    parts, ended = [], 0
    for first in range(0, max(1, len(workers)), BLOCK):
        last = min(first + BLOCK, len(workers))
        own = slice(pairs_from[first], pairs_from[last])
        theirs, turns = Pairs(pairs.worker[own], pairs.case[own]), told.turns.between(first, last)
        begun = ended
        ended = begun + len(turns.subject)
        found = stretches(
            own_turns(turns, pair[begun:ended] - pairs_from[first]),
            leavings(told.leavings.between(first, last), theirs, len(workers)),
            case_turns(of_cases.turns, of_cases.holder, theirs, of_cases.cases),
        )
        parts.append(_weighed(found, theirs, of_cases, parameters))
    return Held(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Held)))


def _pairs(told: WorkerFacts) -> tuple[Pairs, Ints, list[str]]:
    """Give the pairs of worker and case numbers, say which each turn is about, and list the cases."""
    turns = told.turns
    keys, pair = np.unique(turns.subject << 32 | turns.facts["name"], return_inverse=True)
    worker, name = keys >> 32, keys & 0xFFFFFFFF
    codes: dict[str, int] = {}
    case = [
        codes.setdefault(told.names[of][place], len(codes))
        for of, place in zip(worker.tolist(), name.tolist(), strict=True)
    ]
    return Pairs(worker, np.array(case, np.int64)), pair, list(codes)


def _told_of_cases(rows: Iterable[FactRow], workers: Sequence[WorkerId], known_at: datetime | None) -> _ToldOfCases:
    names: list[Names] = []
    changes, passed_on = [], []
    for batch in in_batches(rows, known_at, names):
        changes.append(batch.of(facts.CaseOpened, facts.RiskReassessed))
        passed_on.append(batch.of(facts.PrimaryHeldBy, facts.CaseEnded))
    turns = joined(passed_on)
    code = {worker: place for place, worker in enumerate(workers)}
    holders = np.array([code.get(WorkerId(name), -1) for listed in names for name in listed] or [-1])
    begins = np.cumsum([0, *map(len, names)])
    passed = turns.facts["kind"] == KIND_CODE[facts.PrimaryHeldBy]
    holder = holders[np.where(passed, begins[turns.subject] + turns.facts["name"], 0)]
    return _ToldOfCases(len(names), profiles(joined(changes)), turns, holder)


def _weighed(found: Stretches, pairs: Pairs, of_cases: _ToldOfCases, parameters: LoadParameters) -> Held:
    """Cut stretches by the profile of their case and weigh the pieces; those of no length fall away."""
    pieces = cut(pairs.case[found.pair], found.start, found.end, of_cases.known, of_cases.cases)
    end = found.end[pieces.stretch]
    goes_on = pieces.stretch[1:] == pieces.stretch[:-1]
    end[:-1][goes_on] = pieces.start[1:][goes_on]
    some = end > pieces.start
    stretch, profile = pieces.stretch[some], pieces.profile[some]
    role = found.role[stretch]
    return Held(
        worker=pairs.worker[found.pair[stretch]],
        role=role,
        start=pieces.start[some],
        end=end[some],
        rate=held_rates(profile, role, parameters),
        is_high_risk=high_risk(profile),
    )
