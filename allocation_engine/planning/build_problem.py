"""From a situation to an allocation problem: every figure from the load model, every cap from the policy set."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from allocation_engine.planning.situation import Situation
from domain.allocation import AllocationProblem, Candidate, Caps, CaseNeed, Factors
from domain.evolve.case import CaseState
from domain.evolve.worker import WorkerState
from domain.identifiers import CaseId, TeamId, WorkerId
from domain.load import (
    CaseProfile,
    Outlook,
    added_load,
    added_variance,
    capacity_ahead,
    capacity_at,
    load_ahead,
    outlook,
)
from domain.load.exposure import TwoCompartments
from domain.load.forecast import added_rate, added_variance_per_day
from domain.load.parameters import KnownOr, LoadParameters
from domain.policy.limits import Limits
from domain.vocabulary import AssignmentRole, RiskLevel
from projections.caseload import HeldCase

CAP_TOLERANCE = 1e-9
"""Slack when a cap is scaled by hours, so that 0.6 of 15 is 9 and not 8."""


@dataclass(frozen=True)
class Question:
    """What a manager asks of a proposal.

    Attributes
    ----------
    team_id
        Propose only workers of this team; everybody if unset.
    only
        Propose for these of the waiting cases; for all of them if empty.
    may_move
        Held cases that may change worker. None by default: relationships come first.
    assumed_fte
        Plan with these hours where none are recorded; unset, such workers are not proposed.
    pinned, forbidden
        Pairs that must be, or must not be, in the plan.
    load_limit, deviations_above
        Bring nobody past this load over capacity [1], with so many standard deviations of the load ahead added to its
        mean; without a limit nothing is held against it.
    one_area
        Let all cases of whoever receives one lie in one area.
    """

    team_id: TeamId | None = None
    only: frozenset[CaseId] = frozenset()
    may_move: frozenset[CaseId] = frozenset()
    assumed_fte: float | None = None
    pinned: frozenset[tuple[CaseId, WorkerId]] = frozenset()
    forbidden: frozenset[tuple[CaseId, WorkerId]] = frozenset()
    load_limit: float | None = None
    deviations_above: float = 0.0
    one_area: bool = False


def build_problem(situation: Situation, question: Question) -> AllocationProblem:
    """Build the problem whose answer is the proposal."""
    policy, horizon = situation.policy, situation.policy.limits.horizon.value
    workers = [worker for worker in situation.workers.values() if question.team_id in {None, worker.team_id}]
    ahead = {
        worker.worker_id: outlook(situation.histories[worker.worker_id], policy.load, situation.as_at, horizon)
        for worker in workers
    }
    cases = _cases(situation, question, {worker.worker_id for worker in workers})
    profiles = [CaseProfile(case.harm_types, case.risk) for case in cases]
    outlooks = [ahead[worker.worker_id] for worker in workers]

    return AllocationProblem(
        workers=tuple(_candidate(situation, question, worker, ahead[worker.worker_id]) for worker in workers),
        cases=tuple(cases),
        added_load=_mean(profiles, AssignmentRole.PRIMARY, outlooks, policy.load),
        added_load_co=_mean(profiles, AssignmentRole.CO_WORKER, outlooks, policy.load),
        caps=_caps(policy.limits, question),
        pinned=question.pinned,
        forbidden=question.forbidden,
        added_variance=_variance(profiles, AssignmentRole.PRIMARY, outlooks, policy.load),
        added_variance_co=_variance(profiles, AssignmentRole.CO_WORKER, outlooks, policy.load),
    )


def _mean(
    profiles: Sequence[CaseProfile], role: AssignmentRole, outlooks: Sequence[Outlook], parameters: LoadParameters
) -> Factors:
    """Give `added_load` for every case and worker: the case's rates by the worker's integrals, both compartments."""
    rates = [added_rate(profile, role, parameters) for profile in profiles]
    return Factors(
        by_case=tuple((rate.acute, rate.cumulative) for rate in rates),
        by_worker=tuple((ahead.from_rate.acute, ahead.from_rate.cumulative) for ahead in outlooks),
    )


def _variance(
    profiles: Sequence[CaseProfile], role: AssignmentRole, outlooks: Sequence[Outlook], parameters: LoadParameters
) -> Factors:
    """Give `added_variance` for every case and worker: incidents to be expected by how far each spreads."""
    share = parameters.incident_acute_share.value
    return Factors(
        by_case=tuple((added_variance_per_day(profile, role, parameters),) for profile in profiles),
        by_worker=tuple((ahead.spread(share),) for ahead in outlooks),
    )


def _caps(limits: Limits, question: Question) -> Caps:
    return Caps(
        harm_type_share=limits.harm_type_share.value,
        harm_type_share_from=int(limits.harm_type_share_from.value),
        co_worker_hours_share=limits.co_worker_hours_share.value,
        moves_allowed=max(int(limits.moves_allowed.value), len(question.may_move)),
        primary_roles=frozenset(limits.primary_roles),
        co_worker_roles=frozenset(limits.co_worker_roles),
        load_limit=question.load_limit,
        deviations_above=question.deviations_above,
        one_area=question.one_area,
    )


def _cases(situation: Situation, question: Question, workers: set[WorkerId]) -> list[CaseNeed]:
    limits = situation.policy.limits
    found = [
        case_need(one.case, limits, one.waiting_days, None)
        for one in situation.waiting
        if not question.only or one.case.case_id in question.only
    ]
    for worker_id, held in situation.caseloads.items():
        found += [
            case_need(one.case, limits, 0.0, worker_id) for one in _movable(held, question) if worker_id in workers
        ]
    return found


def _movable(held: Sequence[HeldCase], question: Question) -> list[HeldCase]:
    return [one for one in held if one.role is AssignmentRole.PRIMARY and one.case.case_id in question.may_move]


def case_need(case: CaseState, limits: Limits, waiting_days: float, current: WorkerId | None) -> CaseNeed:
    """Say what a case needs of whoever takes it; `current` holds it now, where it may move."""
    levels = list(RiskLevel)
    threshold = limits.co_worker_from
    heavy = case.risk is not None and threshold is not None and levels.index(case.risk) >= levels.index(threshold)
    return CaseNeed(
        case_id=case.case_id,
        priority=case.priority,
        waiting_days=waiting_days,
        harm_types=case.harm_types,
        risk=case.risk,
        hours=limits.case_hours[case.risk or KnownOr.UNKNOWN].value,
        needs=frozenset(case.needs),
        languages=frozenset(case.languages),
        area=case.area,
        sibling_group=case.sibling_group,
        peer_group=case.peer_group,
        conflicts=case.conflicts,
        co_workers=frozenset(holder.worker_id for holder in case.co_workers),
        past_primaries=case.past_primaries,
        needs_co_worker=heavy and not case.co_workers,
        current_worker_id=current,
    )


@dataclass(frozen=True, slots=True)
class _Carried:
    """What a forecast needs of a worker's account: without the reasons, which take ten times as long to work out."""

    load: TwoCompartments
    held: tuple[HeldCase, ...]


def _candidate(situation: Situation, question: Question, worker: WorkerState, ahead: Outlook) -> Candidate:
    policy = situation.policy
    known = tuple(fact for fact in situation.histories[worker.worker_id] if fact.at <= situation.as_at)
    capacity = capacity_at(known, policy.load, assumed_fte=question.assumed_fte)
    held = situation.caseloads.get(worker.worker_id, ())
    movable = _movable(held, question)
    staying = [one for one in held if one not in movable]
    primary = [one.case for one in staying if one.role is AssignmentRole.PRIMARY]
    forecast = load_ahead(_Carried(situation.loads[worker.worker_id].load, held), ahead, policy.load)
    moving = [(one.profile, one.role, ahead, policy.load) for one in movable]
    fte, stage = capacity.fte or 0.0, capacity.stage or KnownOr.UNKNOWN
    limits = policy.limits
    return Candidate(
        worker_id=worker.worker_id,
        predicted_load=forecast.mean - sum(added_load(*one) for one in moving),
        predicted_variance=max(0.0, forecast.standard_deviation**2 - sum(added_variance(*one) for one in moving)),
        capacity=capacity_ahead(capacity, ahead),
        caseload_cap=scaled_cap(limits.caseload_cap[stage].value, fte),
        high_risk_cap=scaled_cap(limits.high_risk_cap[stage].value, fte),
        harm_type_cap=scaled_cap(limits.harm_type_cap.value, fte),
        new_cases_cap=max(1, scaled_cap(limits.new_cases_cap.value, fte)),
        hours_available=fte * (limits.full_time_hours.value - limits.protected_hours.value),
        hours_taken=sum(_hours(one, limits) for one in staying),
        caseload=len(primary),
        high_risk=sum(case.risk is not None and case.risk.is_high for case in primary),
        by_harm=dict(Counter(harm for case in primary for harm in set(case.harm_types or ()))),
        away=worker.is_away(situation.as_at),
        role=worker.role,
        stage=capacity.stage,
        team_id=worker.team_id,
        area=worker.area,
        skills=worker.skills,
        languages=worker.languages,
        sibling_groups=frozenset(case.sibling_group for case in primary if case.sibling_group is not None),
        peer_groups=frozenset(case.peer_group for case in primary if case.peer_group is not None),
        areas_held=frozenset(case.area for case in primary if case.area is not None),
        hours_assumed=worker.fte is None and capacity.fte is not None,
    )


def _hours(held: HeldCase, limits: Limits) -> float:
    share = 1.0 if held.role is AssignmentRole.PRIMARY else limits.co_worker_hours_share.value
    return share * limits.case_hours[held.case.risk or KnownOr.UNKNOWN].value


def scaled_cap(cap: float, fte: float) -> int:
    """Scale a cap by hours, rounded down."""
    return floor(cap * fte + CAP_TOLERANCE)
