"""Cases as arrays: those that are there, and the kinds from which new ones are drawn."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from allocation_engine.optimiser.forward import CASES, NO_ONE
from allocation_engine.optimiser.forward.arrays import Flags, Floats, Ints, Records
from allocation_engine.planning.build_problem import case_need
from allocation_engine.planning.what_if.changes import Change, Referrals
from allocation_engine.planning.what_if.places import Places
from allocation_engine.planning.what_if.record import ServiceRecord
from domain.evolve.case import CaseState
from domain.identifiers import CaseId, WorkerId
from domain.load import CaseProfile
from domain.load.exposure import expected_incident_frequency, held_rate
from domain.load.forecast import added_rate
from domain.policy.policy_set import PolicySet
from domain.vocabulary import AssignmentRole, HarmType, Priority

DAY = 86_400.0


@dataclass
class Names:
    """The places of everything that has a name in a run."""

    workers: dict[WorkerId, int]
    areas: Places
    needs: Places
    languages: Places
    siblings: Places
    peers: Places
    teams: Places

    @classmethod
    def of(cls, workers: Iterable[WorkerId]) -> "Names":
        """Begin with the workers."""
        whats = ("areas", "needs", "languages", "sibling groups", "peer groups", "teams")
        return cls({one: place for place, one in enumerate(workers)}, *(Places(what) for what in whats))


@dataclass(frozen=True)
class CaseArrays:
    """The cases at the beginning, and the kinds of new ones.

    `incidents` and `kind_incidents` are how often each has an incident [1/day]; `left_out` counts the cases that are held
    by somebody who is no worker here: nothing can be said of them.
    """

    ids: tuple[CaseId, ...]
    cases: Records
    co_workers: Ints
    barred: Flags
    incidents: Floats
    kinds: Records
    kind_incidents: Floats
    left_out: int


def case_arrays(record: ServiceRecord, policy: PolicySet, names: Names) -> CaseArrays:
    """Lay out the cases of a service as it stands, and the kinds from which new ones are drawn."""
    there = _open_cases(record)
    known = [one for one in there if one.primary is None or one.primary.worker_id in names.workers]
    cases = rows_of(known, policy, names, own_groups=True)
    begins = record.begins
    for row, one in zip(cases, known, strict=True):
        row["holder"] = NO_ONE if one.primary is None else names.workers[one.primary.worker_id]
        row["waits_since"] = ((one.waiting_since or begins) - begins).total_seconds() / DAY
    beside = [[names.workers[h.worker_id] for h in one.co_workers if h.worker_id in names.workers] for one in known]
    co_workers = np.full((len(known), max(map(len, beside), default=0) + 1), NO_ONE, np.int64)
    barred = np.zeros((len(known), len(names.workers)), np.uint8)
    for place, one in enumerate(known):
        co_workers[place, : len(beside[place])] = beside[place]
        barred[place, [names.workers[who] for who in one.conflicts if who in names.workers]] = 1
    return CaseArrays(
        ids=tuple(one.case_id for one in known),
        cases=cases,
        co_workers=co_workers,
        barred=barred,
        incidents=incidents_of(known, policy),
        kinds=rows_of(record.kinds, policy, names, own_groups=False),
        kind_incidents=incidents_of(record.kinds, policy),
        left_out=len(there) - len(known),
    )


def _open_cases(record: ServiceRecord) -> list[CaseState]:
    found = {one.case.case_id: one.case for held in record.situation.caseloads.values() for one in held}
    found |= {one.case.case_id: one.case for one in record.situation.waiting}
    return [found[case_id] for case_id in sorted(found)]


def given_cases(changes: Iterable[Change], policy: PolicySet, names: Names) -> tuple[Records, Floats]:
    """Lay out the cases that a scenario says are referred, each at the beginning of its week; and their incidents [1/day]."""
    cases: list[CaseState] = []
    arrives: list[float] = []
    for change in changes:
        if isinstance(change, Referrals):
            cases += [_given(change)] * change.number
            arrives += [7.0 * (change.week - 1)] * change.number
    rows = rows_of(cases, policy, names, own_groups=False)
    rows["arrives"] = rows["waits_since"] = arrives
    return rows, incidents_of(cases, policy)


def _given(change: Referrals) -> CaseState:
    return CaseState(
        case_id=CaseId("given"),
        harm_types=change.harm_types,
        risk=change.risk,
        priority=change.priority,
        needs=change.needs,
        languages=change.languages,
        area=change.area,
    )


def rows_of(cases: Iterable[CaseState], policy: PolicySet, names: Names, *, own_groups: bool) -> Records:
    """Lay cases out as rows; whoever is drawn from a kind has no siblings or peers of its own."""
    listed = list(cases)
    rows = np.zeros(len(listed), CASES)
    priorities, harms = list(Priority), list(HarmType)
    for row, one in zip(rows, listed, strict=True):
        need, profile = case_need(one, policy.limits, 0.0, None), CaseProfile(one.harm_types, one.risk)
        held = held_rate(profile, AssignmentRole.PRIMARY, policy.load)
        mean = added_rate(profile, AssignmentRole.PRIMARY, policy.load)
        row["priority"], row["high"] = priorities.index(need.priority), need.is_high_risk
        row["co_needed"] = case_need(_alone(one), policy.limits, 0.0, None).needs_co_worker
        row["harms"] = sum(1 << harms.index(harm) for harm in set(need.harm_types or ()))
        row["needs"], row["languages"] = names.needs.bits(need.needs), names.languages.bits(need.languages)
        row["area"] = names.areas.of(need.area)
        row["siblings"] = names.siblings.of(need.sibling_group) if own_groups else NO_ONE
        row["peers"] = names.peers.of(need.peer_group) if own_groups else NO_ONE
        row["holder"], row["work"], row["hours"] = NO_ONE, np.inf, need.hours
        row["rate_acute"], row["rate_cumulative"] = held.acute, held.cumulative
        row["mean_acute"], row["mean_cumulative"] = mean.acute, mean.cumulative
    return rows


def _alone(case: CaseState) -> CaseState:
    """Give the case without its co-workers: whether it needs one does not depend on whether it has."""
    return CaseState(case_id=case.case_id, harm_types=case.harm_types, risk=case.risk)


def incidents_of(cases: Iterable[CaseState], policy: PolicySet) -> Floats:
    """Give how often each case has an incident [1/day]."""
    profiles = (CaseProfile(one.harm_types, one.risk) for one in cases)
    return np.array([expected_incident_frequency(one, AssignmentRole.PRIMARY, policy.load) for one in profiles])
