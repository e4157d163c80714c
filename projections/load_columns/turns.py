"""Who held which case in which role, from when to when: every pair of a worker and a case moved on turn by turn."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from domain.identifiers import CaseId, WorkerId
from domain.load import facts
from domain.load.facts import CaseFact, WorkerFact
from domain.load.holdings import role_after
from domain.vocabulary import AssignmentRole
from projections.fact_codes import KIND_CODE, ROLES
from projections.load_columns.arrays import NEVER, Ints, bounds, by_depth, runs
from projections.load_columns.told import Told, id_halves
from projections.load_columns.weights import ANY_KNOWN

NOT_HELD = len(ROLES)
"""The state of a case that the worker does not hold; the others are the places of roles in `ROLES`."""

PRIMARY, CO_WORKER = ROLES.index(AssignmentRole.PRIMARY), ROLES.index(AssignmentRole.CO_WORKER)

TAKEN, GIVEN_UP = 0, len(ROLES)
PASSED_ON, OVER = 2 * len(ROLES), 2 * len(ROLES) + 1
"""Kinds of turn; to taking and giving up the place of the role is added."""

_BITS = 63
"""Those of a number above zero."""

Ids = npt.NDArray[np.void]


def _role_table() -> Ints:
    """Tabulate the rule of `domain.load.holdings.role_after`: the state after each kind of turn from each state."""
    case, worker, other = CaseId("case"), WorkerId("worker"), WorkerId("other")
    turns: tuple[WorkerFact | CaseFact, ...] = (
        *(facts.CaseTaken(**ANY_KNOWN, case_id=case, role=role) for role in ROLES),
        *(facts.CaseGivenUp(**ANY_KNOWN, case_id=case, role=role) for role in ROLES),
        facts.PrimaryHeldBy(**ANY_KNOWN, worker_id=other),
        facts.CaseEnded(**ANY_KNOWN),
    )
    after = [[role_after(before, turn, worker) for before in (*ROLES, None)] for turn in turns]
    return np.array([[NOT_HELD if role is None else ROLES.index(role) for role in line] for line in after])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each worker with each case that they ever took or gave up, in order of worker."""

    worker: Ints
    case: Ints


@dataclass(frozen=True, slots=True)
class Turns:
    """What bears on who holds a case: the pair, when [µs], the place within the moment, the event and the kind."""

    pair: Ints
    at: Ints
    rank: Ints
    event_id: Ids
    kind: Ints


@dataclass(frozen=True, slots=True)
class Stretches:
    """Times in which a pair's worker held its case in one role, from start to end [µs]; `NEVER` is an open end."""

    pair: Ints
    role: Ints
    start: Ints
    end: Ints


def own_turns(told: Told, pair: Ints) -> Turns:
    """Read a worker's takings and givings up of cases."""
    taken = told.facts["kind"] == KIND_CODE[facts.CaseTaken]
    return _turns(told, pair, np.where(taken, TAKEN, GIVEN_UP) + told.facts["code"])


def leavings(told: Told, pairs: Pairs, workers: int) -> Turns:
    """Read the leaving of a worker as a turn of every case that they ever had."""
    begins = bounds(pairs.worker, workers)
    count = np.diff(begins)[told.subject]
    repeated = told.at(np.repeat(np.arange(len(told.subject)), count))
    return _turns(repeated, runs(begins[told.subject], count), np.full(len(repeated.subject), OVER))


def case_turns(told: Told, holder: Ints, pairs: Pairs, cases: int) -> Turns:
    """Read a case's end, and its passing on to another primary worker, as turns of everybody who ever had it.

    `told` holds the cases' own facts of these two kinds, and `holder` the number of the primary worker in each.
    """
    begins = bounds(told.subject, cases)
    count = np.diff(begins)[pairs.case]
    place, pair = runs(begins[pairs.case], count), np.repeat(np.arange(len(pairs.case)), count)
    ended = told.facts["kind"][place] == KIND_CODE[facts.CaseEnded]
    matters = ended | (holder[place] != pairs.worker[pair])
    place, pair = place[matters], pair[matters]
    return _turns(told.at(place), pair, np.where(ended[matters], OVER, PASSED_ON))


def stretches(*parts: Turns) -> Stretches:
    """Move every pair on through its turns in order of time, and give the times of holding."""
    turns = Turns(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Turns)))
    order = _in_time(turns)
    pair, at = turns.pair[order], turns.at[order]
    before, after = _states(pair, turns.kind[order])
    changed = before != after
    pair, at, role = pair[changed], at[changed], after[changed]
    end = np.full(len(pair), NEVER)
    same = pair[1:] == pair[:-1]
    end[:-1][same] = at[1:][same]
    held = role != NOT_HELD
    return Stretches(pair[held], role[held], at[held], end[held])


def _states(pair: Ints, kind: Ints) -> tuple[Ints, Ints]:
    """Give the state of the pair before and after each turn; turns are in order."""
    table = _role_table()
    before, after = np.empty(len(pair), np.int64), np.empty(len(pair), np.int64)
    state = np.full(int(pair[-1]) + 1 if len(pair) else 0, NOT_HELD)
    for places in by_depth(pair):
        whose = pair[places]
        before[places] = state[whose]
        state[whose] = after[places] = table[kind[places], state[whose]]
    return before, after


def _turns(told: Told, pair: Ints, kind: Ints) -> Turns:
    one = told.facts
    return Turns(pair, one["at"].astype(np.int64), one["rank"].astype(np.int64), one["event_id"], kind)


def _in_time(turns: Turns) -> Ints:
    """Find the order by pair and time; turns of one event stay as they stand.

    One rough number for pair and moment sorts nearly all of them. Only what it does not tell apart is looked at closely.
    """
    rough = _rough_keys(turns.pair, turns.at)
    order = np.argsort(rough, kind="stable")
    alike = np.diff(rough[order]) == 0
    tied = np.flatnonzero(np.append(alike, False) | np.append(False, alike))
    few = order[tied]
    high, low = id_halves(turns.event_id[few])
    order[tied] = few[np.lexsort((low, high, turns.rank[few], turns.at[few], turns.pair[few]))]
    return order


def _rough_keys(pair: Ints, at: Ints) -> Ints:
    """Put pair and moment in one number: the moment to the microsecond, or as finely as there is room for."""
    if not len(pair):
        return pair
    since = at - at.min()
    needed, room = int(since.max()).bit_length(), _BITS - int(pair.max()).bit_length()
    kept = min(needed, room)
    keys: Ints = (pair << kept) | (since >> (needed - kept))
    return keys
