"""A week of a run as a public allocation problem, put together apart from the compiled code, to hold the one against the other."""

from collections import Counter

import numpy as np

from allocation_engine.optimiser.forward import NO_ONE, Chances
from allocation_engine.optimiser.forward.load import Loads
from allocation_engine.optimiser.forward.standing_cases import Standing
from allocation_engine.planning.what_if.prepare import Future
from domain.allocation import AllocationProblem, Candidate, Caps, CaseNeed, Factors, Plan
from domain.identifiers import CaseId, GroupId, TeamId, WorkerId
from domain.vocabulary import HarmType, Priority, RiskLevel, Role

HARMS = list(HarmType)


def names_of_bits(bits: int, prefix: str) -> frozenset[str]:
    """Give the names that bits stand for."""
    return frozenset(f"{prefix}{place}" for place in range(62) if bits >> place & 1)


def harms_of(case: np.void) -> tuple[HarmType, ...]:
    """Give the harm types of a case."""
    return tuple(harm for place, harm in enumerate(HARMS) if int(case["harms"]) >> place & 1)


def case_id(place: int) -> CaseId:
    """Give a case an id by its place."""
    return CaseId(f"c-{place:05}")


def week_as_problem(future: Future, chances: Chances, standing: Standing, loads: Loads, week: int) -> AllocationProblem:
    """Put the cases that wait at the beginning of a week, and everybody as they stand, into a problem."""
    at = 7.0 * week
    cases = chances.cases
    waiting = [
        c
        for c in range(len(cases))
        if cases[c]["arrives"] <= at and not standing.closed[c] and standing.holder[c] == NO_ONE
    ]
    policy, rows = future.policy, future.service.weeks[week]
    co_share = policy.load.co_worker_share.value
    limits = policy.limits
    rates = tuple((float(cases[c]["mean_acute"]), float(cases[c]["mean_cumulative"])) for c in waiting)
    return AllocationProblem(
        workers=tuple(_candidate(future, chances, standing, loads, week, w) for w in range(len(rows))),
        cases=tuple(_need(future, chances, standing, c, at, week) for c in waiting),
        added_load=Factors(rates, _given(rows)),
        added_load_co=Factors(tuple((co_share * a, co_share * b) for a, b in rates), _given(rows)),
        caps=Caps(
            harm_type_share=limits.harm_type_share.value,
            harm_type_share_from=int(limits.harm_type_share_from.value),
            co_worker_hours_share=limits.co_worker_hours_share.value,
            primary_roles=frozenset({Role.SOCIAL_WORKER}),
            co_worker_roles=frozenset({Role.SOCIAL_WORKER, Role.FAMILY_SUPPORT_WORKER}),
        ),
    )


def _given(rows: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple((float(row["given_acute"]), float(row["given_cumulative"])) for row in rows)


def _need(future: Future, chances: Chances, standing: Standing, c: int, at: float, week: int) -> CaseNeed:
    case = chances.cases[c]
    beside = [int(w) for w in standing.co_workers[c] if w != NO_ONE]
    team = NO_ONE if case["area"] == NO_ONE else future.service.team_of_area[week, case["area"]]
    return CaseNeed(
        case_id=case_id(c),
        priority=list(Priority)[int(case["priority"])],
        waiting_days=float(at - standing.waits_since[c]),
        harm_types=harms_of(case),
        risk=RiskLevel.HIGH if case["high"] else RiskLevel.LOW,
        hours=float(case["hours"]),
        needs=names_of_bits(int(case["needs"]), "skill-"),
        sibling_group=None if case["siblings"] == NO_ONE else GroupId(f"s-{case['siblings']}"),
        peer_group=None if case["peers"] == NO_ONE else GroupId(f"p-{case['peers']}"),
        conflicts=frozenset(future.workers[w] for w in np.flatnonzero(chances.barred[c])),
        co_workers=frozenset(future.workers[w] for w in beside),
        needs_co_worker=bool(case["co_needed"]) and not beside,
        teams=frozenset() if team == NO_ONE else frozenset({TeamId(f"t-{team}")}),
    )


def _candidate(future: Future, chances: Chances, standing: Standing, loads: Loads, week: int, w: int) -> Candidate:
    now, policy = future.service.weeks[week, w], future.policy
    open_cases = [c for c in range(len(standing.holder)) if not standing.closed[c]]
    mine = [chances.cases[c] for c in open_cases if standing.holder[c] == w]
    beside = [chances.cases[c] for c in open_cases if w in standing.co_workers[c]]
    share, hours_share = policy.load.co_worker_share.value, policy.limits.co_worker_hours_share.value
    rate = [
        sum(float(one[k]) for one in mine) + share * sum(float(one[k]) for one in beside)
        for k in ("mean_acute", "mean_cumulative")
    ]
    predicted = (
        now["state_acute"] * loads.load[w, 0]
        + now["given_acute"] * rate[0]
        + now["state_cumulative"] * loads.load[w, 1]
        + now["given_cumulative"] * rate[1]
    )
    role = Role.SOCIAL_WORKER if now["primary"] else Role.FAMILY_SUPPORT_WORKER if now["co_worker"] else Role.SUPERVISOR
    return Candidate(
        worker_id=WorkerId(future.workers[w]),
        predicted_load=float(predicted),
        capacity=None if np.isnan(now["capacity"]) else float(now["capacity"]),
        caseload_cap=int(now["cases"]),
        high_risk_cap=int(now["high"]),
        harm_type_cap=int(now["harm"]),
        hours_available=float(now["hours"]),
        new_cases_cap=int(now["new"]),
        hours_taken=sum(float(one["hours"]) for one in mine) + hours_share * sum(float(one["hours"]) for one in beside),
        caseload=len(mine),
        high_risk=sum(int(one["high"]) for one in mine),
        by_harm=dict(Counter(harm for one in mine for harm in harms_of(one))),
        away=bool(now["away"]),
        role=role,
        team_id=None if now["team"] == NO_ONE else TeamId(f"t-{now['team']}"),
        skills=names_of_bits(int(now["skills"]), "skill-"),
        peer_groups=frozenset(GroupId(f"p-{one['peers']}") for one in mine if one["peers"] != NO_ONE),
    )


def placed_since(before: Standing, after: Standing, future: Future) -> Plan:
    """Read the plan off the cases as they stood before and after an allocation."""
    primary: dict[CaseId, WorkerId] = {}
    co_worker: dict[CaseId, WorkerId] = {}
    for c in range(len(before.holder)):
        if before.holder[c] == NO_ONE and after.holder[c] != NO_ONE:
            primary[case_id(c)] = future.workers[after.holder[c]]
            new = {int(w) for w in after.co_workers[c]} - {int(w) for w in before.co_workers[c]} - {NO_ONE}
            co_worker |= {case_id(c): future.workers[w] for w in new}
    return Plan(primary=primary, co_worker=co_worker)
