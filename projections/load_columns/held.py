"""The cases that workers held, in pieces of time over which each weighed the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from domain.identifiers import WorkerId
from domain.load import facts
from domain.load.parameters import LoadParameters
from projections.fact_codes import KIND_CODE
from projections.fact_rows import NO_FACTS, FactRow
from projections.load_columns.arrays import Flags, Floats, Ints
from projections.load_columns.fact_columns import WorkerFacts, in_batches
from projections.load_columns.profiles import Profiles, cut, profiles
from projections.load_columns.standing_facts import Names
from projections.load_columns.told import Told, joined
from projections.load_columns.turns import Pairs, Stretches, Turns, case_turns, leavings, own_turns, stretches
from projections.load_columns.weights import held_rates, high_risk


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


def held(
    told: WorkerFacts,
    workers: Sequence[WorkerId],
    rows: Mapping[str, FactRow],
    parameters: LoadParameters,
    known_at: datetime | None,
) -> Held:
    """Work out who held what and what it weighed, from the workers' facts and the rows of the cases they name."""
    pairs, pair, cases = _pairs(told)
    names: list[Names] = []
    changes, turns = [], []
    for batch in in_batches((rows.get(f"case:{case}", NO_FACTS) for case in cases), known_at, names):
        changes.append(batch.of(facts.CaseOpened, facts.RiskReassessed))
        turns.append(batch.of(facts.PrimaryHeldBy, facts.CaseEnded))
    found = stretches(
        own_turns(told.turns, pair),
        leavings(told.leavings, pairs, len(workers)),
        _passings_and_ends(joined(turns), names, workers, pairs),
    )
    return _weighed(found, pairs, profiles(joined(changes)), len(cases), parameters)


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


def _passings_and_ends(turns: Told, names: Sequence[Names], workers: Sequence[WorkerId], pairs: Pairs) -> Turns:
    code = {worker: place for place, worker in enumerate(workers)}
    holders = np.array([code.get(WorkerId(name), -1) for listed in names for name in listed] or [-1])
    begins = np.cumsum([0, *map(len, names)])
    passed = turns.facts["kind"] == KIND_CODE[facts.PrimaryHeldBy]
    holder = holders[np.where(passed, begins[turns.subject] + turns.facts["name"], 0)]
    return case_turns(turns, holder, pairs, len(names))


def _weighed(found: Stretches, pairs: Pairs, known: Profiles, cases: int, parameters: LoadParameters) -> Held:
    """Cut stretches by the profile of their case and weigh the pieces; those of no length fall away."""
    pieces = cut(pairs.case[found.pair], found.start, found.end, known, cases)
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
